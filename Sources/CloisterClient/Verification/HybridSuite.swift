import HybridPublicKeyEncryption
import ObliviousHTTP

/// The one suite of both layers: X-Wing, HKDF-SHA256, AES-256-GCM. Nothing weaker is ever chosen.
enum HybridSuite {
  static let kem = KEMIdentifier.xWing
  static let algorithm = SymmetricAlgorithm(kdf: .hkdfSHA256, aead: .aes256GCM)

  /// - Throws: `ohttp-suite-refused`, `ohttp-malformed`, `ohttp-no-usable-key`.
  static func keyConfiguration(_ encoded: [UInt8]) throws(ClientError) -> KeyConfiguration {
    let configuration = try coded { try KeyConfiguration(decoding: encoded) }
    guard configuration.publicKey.kem == kem, configuration.symmetricAlgorithms.contains(algorithm) else {
      throw ClientError(OHTTPError.suiteRefused, "key configuration does not offer X-Wing with AES-256-GCM")
    }
    return configuration
  }

  /// - Throws: `ohttp-suite-refused`, `ohttp-malformed`.
  static func seal(_ request: [UInt8], to configuration: KeyConfiguration) throws(ClientError) -> SealedRequest {
    do {
      return try RequestSealer.seal(request, to: configuration, using: algorithm, requiring: kem)
    } catch {
      throw ClientError(error)
    }
  }
}
