package import Crypto

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension KEMPublicKey {
  /// A new shared secret and its encapsulation for the holder of the private key.
  ///
  /// - Parameter ephemeral: fixes the randomness of a Diffie-Hellman KEM, for test vectors alone.
  /// - Throws: `HPKEError.zeroSharedSecret`, `HPKEError.malformedKey`.
  package func encapsulate(
    ephemeral: KEMPrivateKey? = nil
  ) throws(HPKEError) -> (sharedSecret: SymmetricKey, encapsulatedKey: [UInt8]) {
    switch storage {
    case .xWing(let key):
      do {
        let result = try key.encapsulate()
        return (result.sharedSecret, Array(result.encapsulated))
      } catch {
        throw HPKEError(HPKEError.malformedKey, "X-Wing public key has a coefficient that is not below q")
      }
    case .p256, .x25519:
      let sender: KEMPrivateKey
      if let ephemeral { sender = ephemeral } else { sender = try .generate(kem) }
      let encapsulatedKey = sender.publicKey.rawRepresentation
      let agreement = try sender.agreement(with: storage)
      let sharedSecret = DiffieHellmanKEM.of(kem).sharedSecret(
        agreement, encapsulatedKey: encapsulatedKey, recipient: rawRepresentation)
      return (sharedSecret, encapsulatedKey)
    }
  }
}

extension KEMPrivateKey {
  /// The shared secret of a received encapsulated key. An X-Wing encapsulation that was damaged gives another secret
  /// and no error (implicit rejection).
  ///
  /// - Throws: `HPKEError.malformedKey`, `HPKEError.zeroSharedSecret`.
  package func decapsulate(_ encapsulatedKey: [UInt8]) throws(HPKEError) -> SymmetricKey {
    if case .xWing(let key) = storage {
      do {
        return try encapsulatedKey.withUnsafeBytes { try key.decapsulate(Data($0)) }
      } catch {
        throw HPKEError(
          HPKEError.malformedKey,
          "encapsulated key has \(encapsulatedKey.count) bytes, expected \(kem.encapsulatedKeyByteCount)")
      }
    }
    let agreement = try agreement(with: KEMPublicKey.parse(kem, encapsulatedKey, name: "encapsulated key"))
    return DiffieHellmanKEM.of(kem).sharedSecret(
      agreement, encapsulatedKey: encapsulatedKey, recipient: publicKey.rawRepresentation)
  }

  /// - Throws: `HPKEError.zeroSharedSecret` when the other key is of low order.
  package func agreement(with other: KEMPublicKey) throws(HPKEError) -> SharedSecret {
    try agreement(with: other.storage)
  }

  func agreement(with other: KEMPublicKey.Storage) throws(HPKEError) -> SharedSecret {
    let secret: SharedSecret
    do {
      switch (storage, other) {
      case (.p256(let own), .p256(let other)): secret = try own.sharedSecretFromKeyAgreement(with: other)
      case (.x25519(let own), .x25519(let other)): secret = try own.sharedSecretFromKeyAgreement(with: other)
      default: throw HPKEError(HPKEError.kemMismatch, "keys of two groups have no Diffie-Hellman result")
      }
    } catch let error as HPKEError {
      throw error
    } catch {
      throw HPKEError(HPKEError.malformedKey, "Diffie-Hellman of two keys failed")
    }
    // RFC 9180, section 7.1.4; the library leaves this check to its callers.
    guard secret.withUnsafeBytes({ $0.reduce(0, |) }) != 0 else {
      throw HPKEError(HPKEError.zeroSharedSecret, "Diffie-Hellman result is all zero")
    }
    return secret
  }
}

/// ExtractAndExpand of RFC 9180, section 4.1, with all that is constant absorbed once.
private struct DiffieHellmanKEM: Sendable {
  private static let p256 = DiffieHellmanKEM(.p256)
  private static let x25519 = DiffieHellmanKEM(.x25519)

  private let extractStart: SHA256
  private let expandPrefix: [UInt8]

  static func of(_ kem: KEMIdentifier) -> DiffieHellmanKEM { kem == .p256 ? p256 : x25519 }

  private init(_ kem: KEMIdentifier) {
    let labels = Labels(
      suite: Array("KEM".utf8) + [UInt8(kem.rawValue >> 8), UInt8(truncatingIfNeeded: kem.rawValue)])
    var extractStart = KeyedHash.unkeyed.messageStart
    extractStart.absorb(labels.extractPrefix("eae_prk"))
    self.extractStart = extractStart
    expandPrefix = labels.expandInfo("shared_secret", [], outputByteCount: SHA256.byteCount)
  }

  func sharedSecret(_ agreement: SharedSecret, encapsulatedKey: [UInt8], recipient: [UInt8]) -> SymmetricKey {
    var extract = extractStart
    agreement.withUnsafeBytes { extract.update(bufferPointer: $0) }
    let keyed = KeyedHash(key: KeyedHash.unkeyed.code(finishing: extract))
    return SymmetricKey(data: keyed.code(of: expandPrefix, encapsulatedKey, recipient, [1]))
  }
}
