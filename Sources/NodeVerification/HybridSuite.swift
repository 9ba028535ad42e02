import HybridPublicKeyEncryption
package import ObliviousHTTP

/// The one suite of both layers: X-Wing, HKDF-SHA256, AES-256-GCM. Nothing weaker is ever chosen.
package enum HybridSuite {
  static let kem = KEMIdentifier.xWing
  static let algorithm = SymmetricAlgorithm(kdf: .hkdfSHA256, aead: .aes256GCM)

  /// - Throws: `ohttp-suite-refused`, `ohttp-malformed`, `ohttp-no-usable-key`.
  static func keyConfiguration(_ encoded: [UInt8]) throws(VerificationError) -> KeyConfiguration {
    let configuration = try coded { try KeyConfiguration(decoding: encoded) }
    guard configuration.publicKey.kem == kem, configuration.symmetricAlgorithms.contains(algorithm) else {
      throw VerificationError(OHTTPError.suiteRefused, "key configuration does not offer X-Wing with AES-256-GCM")
    }
    return configuration
  }

  /// Seals a whole request, in chunks of the size that every implementation takes.
  /// - Throws: `ohttp-suite-refused`, `ohttp-malformed`.
  package static func seal(_ request: [UInt8], to configuration: KeyConfiguration) throws(VerificationError)
    -> SealedMessage
  {
    try MessageSealer(to: configuration).seal(request)
  }
}

/// A fresh encapsulation to a key, for one message: it can be made before there is anything to seal.
package struct MessageSealer: ~Copyable, Sendable {
  private var sealer: ChunkedRequestSealer

  /// - Throws: `ohttp-suite-refused`, `ohttp-malformed`.
  package init(to configuration: KeyConfiguration) throws(VerificationError) {
    do {
      sealer = try ChunkedRequestSealer(to: configuration, using: HybridSuite.algorithm, requiring: HybridSuite.kem)
    } catch {
      throw VerificationError(error)
    }
  }

  /// Seals a whole request, in chunks of the size that every implementation takes.
  package consuming func seal(_ request: [UInt8]) throws(VerificationError) -> SealedMessage {
    do {
      let message = try sealer.sealWhole(request)
      return SealedMessage(message: message, opener: try sealer.takeOpener())
    } catch {
      throw VerificationError(error)
    }
  }
}

/// An encapsulated request, and the means to open the one answer to it.
package struct SealedMessage: ~Copyable {
  package let message: [UInt8]
  private let opener: ChunkedResponseOpener

  init(message: [UInt8], opener: consuming ChunkedResponseOpener) {
    self.message = message
    self.opener = opener
  }

  /// Gives the opener away; read `message` before.
  package consuming func takeOpener() -> ChunkedResponseOpener { opener }
}
