public import HybridPublicKeyEncryption

/// A key configuration with its private key, and everything of the key schedule that all its requests share.
///
/// Secret by its private key: not printable, encodable or comparable.
public struct GatewayKey: Sendable {
  public let keyConfiguration: KeyConfiguration
  let privateKey: KEMPrivateKey
  private let schedules: [RequestHeader: Schedules]

  private struct Schedules: Sendable {
    let singleShot: KeySchedule
    let chunked: KeySchedule
  }

  /// - Throws: as `KeyConfiguration.init(keyIdentifier:publicKey:symmetricAlgorithms:)`.
  public init(
    keyIdentifier: UInt8, privateKey: KEMPrivateKey, symmetricAlgorithms: [SymmetricAlgorithm]
  ) throws(OHTTPError) {
    keyConfiguration = try KeyConfiguration(
      keyIdentifier: keyIdentifier, publicKey: privateKey.publicKey, symmetricAlgorithms: symmetricAlgorithms)
    self.privateKey = privateKey
    var schedules: [RequestHeader: Schedules] = [:]
    for algorithm in symmetricAlgorithms {
      let header = RequestHeader(
        keyIdentifier: keyIdentifier,
        ciphersuite: Ciphersuite(kem: privateKey.kem, kdf: algorithm.kdf, aead: algorithm.aead))
      schedules[header] = Schedules(
        singleShot: header.keySchedule(.singleShot), chunked: header.keySchedule(.chunked))
    }
    self.schedules = schedules
  }

  /// Nil when this key does not answer to `header`.
  func keySchedule(for header: RequestHeader, _ form: OHTTPForm) -> KeySchedule? {
    guard let schedules = schedules[header] else { return nil }
    return form == .singleShot ? schedules.singleShot : schedules.chunked
  }
}

/// Finds the key of a request and makes its HPKE context; shared by both forms.
struct GatewayKeyRing: Sendable {
  let keys: [GatewayKey]

  /// - Throws: `OHTTPError.keyUnknown`, `OHTTPError.decryptionFailed`.
  func keySchedule(
    for header: RequestHeader, _ form: OHTTPForm
  ) throws(OHTTPError) -> (key: GatewayKey, schedule: KeySchedule) {
    for key in keys {
      if let schedule = key.keySchedule(for: header, form) { return (key, schedule) }
    }
    throw OHTTPError(OHTTPError.keyUnknown, "no key has the request's key identifier and algorithms")
  }
}
