import Crypto
import HybridPublicKeyEncryption
import WireFormat

/// The gateway's side of single-shot Oblivious HTTP (RFC 9458, section 4.3).
public struct RequestOpener: Sendable {
  private let ring: GatewayKeyRing

  /// Of two keys with one identifier and algorithms in common, the first is used.
  public init(keys: [GatewayKey]) { ring = GatewayKeyRing(keys: keys) }

  /// Opens an encapsulated request, which is untrusted. Replay is the caller's to refuse, by `encapsulatedKey`.
  ///
  /// - Throws: `OHTTPError.malformed` when the bytes end before the ciphertext; `OHTTPError.keyUnknown`;
  ///   `OHTTPError.decryptionFailed` for everything else.
  public func open(_ encapsulatedRequest: [UInt8]) throws(OHTTPError) -> OpenedRequest {
    var cursor = WireCursor(encapsulatedRequest)
    let header = try RequestHeader(parsing: &cursor)
    let (key, schedule) = try ring.keySchedule(for: header, .singleShot)
    let encapsulatedKey: [UInt8]
    do {
      encapsulatedKey = Array(
        try cursor.readBytes(header.ciphersuite.kem.encapsulatedKeyByteCount, field: "encapsulated key"))
    } catch {
      throw OHTTPError(OHTTPError.malformed, "encapsulated request: \(error.message)")
    }
    var context = try RecipientContext.decapsulating(encapsulatedKey, key.privateKey, schedule)
    let request: [UInt8]
    do {
      request = try context.open(cursor.remainder)
    } catch {
      throw OHTTPError.notDecrypted
    }
    let secret = ResponseSecret(
      context, encapsulatedKey: encapsulatedKey, .singleShot, header.ciphersuite.aead)
    return OpenedRequest(
      keyIdentifier: header.keyIdentifier, request: request, encapsulatedKey: encapsulatedKey,
      sealer: ResponseSealer(secret: secret))
  }
}

/// A decrypted request, and the means to seal the one response to it.
public struct OpenedRequest: ~Copyable, Sendable {
  public let keyIdentifier: UInt8
  /// The plaintext, normally Binary HTTP; says nothing about who sent it.
  public let request: [UInt8]
  /// Unique per request, so its digest is what replay is found by.
  public let encapsulatedKey: [UInt8]
  private let sealer: ResponseSealer

  init(keyIdentifier: UInt8, request: [UInt8], encapsulatedKey: [UInt8], sealer: consuming ResponseSealer) {
    self.keyIdentifier = keyIdentifier
    self.request = request
    self.encapsulatedKey = encapsulatedKey
    self.sealer = sealer
  }

  /// SHA-256 of the encapsulated key, 32 bytes.
  public var encapsulatedKeyDigest: [UInt8] { Array(SHA256.hash(data: encapsulatedKey)) }

  /// Gives the sealer away; read the other members before.
  public consuming func takeSealer() -> ResponseSealer { sealer }
}

/// Seals the response to one request, once.
public struct ResponseSealer: ~Copyable, Sendable {
  private let secret: ResponseSecret

  init(secret: ResponseSecret) { self.secret = secret }

  /// `message/ohttp-res`: response nonce and ciphertext of a Binary HTTP response.
  ///
  /// - Throws: `OHTTPError.malformed` for a response too long for the AEAD (2^36 bytes).
  public consuming func seal(_ response: [UInt8]) throws(OHTTPError) -> [UInt8] {
    let nonce = secret.randomNonce()
    return try seal(response, responseNonce: nonce)
  }

  /// `responseNonce` replaces the random one, for test vectors alone.
  package consuming func seal(_ response: [UInt8], responseNonce: [UInt8]) throws(OHTTPError) -> [UInt8] {
    var message = responseNonce
    message.reserveCapacity(responseNonce.count + response.count + secret.aead.tagByteCount)
    do {
      try secret.messageKey(responseNonce: responseNonce)
        .seal(response[...], sequenceNumber: 0, authenticating: [], into: &message)
    } catch {
      throw OHTTPError(OHTTPError.malformed, error.message)
    }
    return message
  }
}
