package import struct Crypto.SymmetricKey

/// The sender's half of one HPKE context (RFC 9180, section 5.2): seals messages in order, once each.
public struct SenderContext: ~Copyable, Sendable {
  /// What the recipient needs to make its half; public.
  public let encapsulatedKey: [UInt8]
  private let schedule: KeySchedule
  package let secrets: KeySchedule.Secrets
  private var sequenceNumber: UInt64 = 0

  /// Base mode (RFC 9180, section 5.1.1): anyone can be the sender.
  ///
  /// - Throws: `HPKEError.kemMismatch`, `HPKEError.zeroSharedSecret`.
  public init(recipient: KEMPublicKey, ciphersuite: Ciphersuite, info: [UInt8]) throws(HPKEError) {
    try self.init(recipient: recipient, schedule: KeySchedule(ciphersuite: ciphersuite, info: info))
  }

  /// The same with what depends on ciphersuite and `info` alone already computed.
  public init(recipient: KEMPublicKey, schedule: KeySchedule) throws(HPKEError) {
    try self.init(recipient: recipient, schedule: schedule, ephemeral: nil)
  }

  /// `ephemeral` fixes the randomness of a Diffie-Hellman KEM, for test vectors alone.
  package init(recipient: KEMPublicKey, schedule: KeySchedule, ephemeral: KEMPrivateKey?) throws(HPKEError) {
    guard recipient.kem == schedule.kem else {
      throw HPKEError(HPKEError.kemMismatch, "ciphersuite and public key are of different KEMs")
    }
    let (sharedSecret, encapsulatedKey) = try recipient.encapsulate(ephemeral: ephemeral)
    self.encapsulatedKey = encapsulatedKey
    self.schedule = schedule
    secrets = schedule.secrets(sharedSecret: sharedSecret)
  }

  /// The ciphertext, tag included, of the next message.
  ///
  /// - Throws: `HPKEError.messageLimitReached`.
  public mutating func seal(
    _ plaintext: [UInt8], authenticating aad: [UInt8] = []
  ) throws(HPKEError) -> [UInt8] {
    var ciphertext: [UInt8] = []
    ciphertext.reserveCapacity(plaintext.count + 16)
    try seal(plaintext[...], authenticating: aad, into: &ciphertext)
    return ciphertext
  }

  package mutating func seal(
    _ plaintext: ArraySlice<UInt8>, authenticating aad: [UInt8], into output: inout [UInt8]
  ) throws(HPKEError) {
    let key = try secrets.messageKey(for: sequenceNumber)
    try key.seal(plaintext, sequenceNumber: sequenceNumber, authenticating: aad, into: &output)
    sequenceNumber += 1
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

extension KeySchedule.Secrets {
  /// The key for one message, as long as the suite has one and its sequence numbers last.
  package func messageKey(for sequenceNumber: UInt64) throws(HPKEError) -> MessageKey {
    guard let messageKey else {
      throw HPKEError(HPKEError.messageLimitReached, "an export-only ciphersuite seals and opens nothing")
    }
    guard sequenceNumber < .max else {
      throw HPKEError(HPKEError.messageLimitReached, "sequence number reached its limit of 2^64 - 1")
    }
    return messageKey
  }
}
