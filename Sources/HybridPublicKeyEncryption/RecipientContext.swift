package import struct Crypto.SymmetricKey

/// The recipient's half of one HPKE context (RFC 9180, section 5.2): opens messages in the order they were sealed.
public struct RecipientContext: ~Copyable, Sendable {
  private let schedule: KeySchedule
  package let secrets: KeySchedule.Secrets
  private var sequenceNumber: UInt64 = 0

  /// Base mode: says nothing about who the sender is. `encapsulatedKey` is untrusted.
  ///
  /// - Throws: `HPKEError.kemMismatch`, `HPKEError.malformedKey`, `HPKEError.zeroSharedSecret`.
  public init(
    privateKey: KEMPrivateKey, encapsulatedKey: [UInt8], ciphersuite: Ciphersuite, info: [UInt8]
  ) throws(HPKEError) {
    try self.init(
      privateKey: privateKey, encapsulatedKey: encapsulatedKey,
      schedule: KeySchedule(ciphersuite: ciphersuite, info: info))
  }

  /// The same with what depends on ciphersuite and `info` alone already computed.
  public init(
    privateKey: KEMPrivateKey, encapsulatedKey: [UInt8], schedule: KeySchedule
  ) throws(HPKEError) {
    guard privateKey.kem == schedule.kem else {
      throw HPKEError(HPKEError.kemMismatch, "ciphersuite and private key are of different KEMs")
    }
    let sharedSecret = try privateKey.decapsulate(encapsulatedKey)
    self.schedule = schedule
    secrets = schedule.secrets(sharedSecret: sharedSecret)
  }

  /// The plaintext of the next message. A message that does not open leaves the context as it was.
  ///
  /// - Throws: `HPKEError.openFailed`, `HPKEError.messageLimitReached`.
  public mutating func open(
    _ ciphertext: [UInt8], authenticating aad: [UInt8] = []
  ) throws(HPKEError) -> [UInt8] {
    try open(ciphertext[...], authenticating: aad)
  }

  public mutating func open(
    _ ciphertext: ArraySlice<UInt8>, authenticating aad: [UInt8] = []
  ) throws(HPKEError) -> [UInt8] {
    let key = try secrets.messageKey(for: sequenceNumber)
    let plaintext = try key.open(ciphertext, sequenceNumber: sequenceNumber, authenticating: aad)
    sequenceNumber += 1
    return plaintext
  }

  /// A secret both halves can derive (RFC 9180, section 5.3).
  ///
  /// - Parameter outputByteCount: 0 to 8,160.
  public func exportSecret(context: [UInt8], outputByteCount: Int) -> [UInt8] {
    schedule.export(secrets.exporterSecret, context: context, outputByteCount: outputByteCount)
  }

  /// As `exportSecret`, of at most 32 bytes, in storage that is cleared when it is freed.
  package func exportKey(context: [UInt8], outputByteCount: Int) -> SymmetricKey {
    schedule.exportKey(secrets.exporterSecret, context: context, outputByteCount: outputByteCount)
  }
}
