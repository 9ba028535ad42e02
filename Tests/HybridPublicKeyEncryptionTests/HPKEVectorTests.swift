import HybridPublicKeyEncryption
import TestSupport
import Testing
import WireFormat

// swift-format-ignore: AlwaysUseLowerCamelCase
/// One case of `hpke-rfc9180.json` or `hpke-pq-xwing.json`, by the names the files use.
private struct HPKEVector: Decodable {
  struct Encryption: Decodable {
    let seq: UInt64?
    let aad: String
    let ct: String
    let nonce: String
    let pt: String
  }

  struct Export: Decodable {
    let exporter_context: String
    let L: Int
    let exported_value: String
  }

  let mode: Int
  let kem_id: UInt16
  let aead_id: UInt16
  let info: String
  let skRm: String
  let skEm: String?
  let pkRm: String
  let ikmE: String
  let psk: String?
  let psk_id: String?
  let enc: String
  let shared_secret: String
  let key_schedule_context: String?
  let key: String
  let base_nonce: String
  let exporter_secret: String
  let encryptions: [Encryption]
  let exports: [Export]

  func schedule() throws -> KeySchedule {
    let mode: KeySchedule.Mode =
      self.mode == 0
      ? .base : .psk(key: try bytes(#require(psk)), identifier: try bytes(#require(psk_id)))
    return KeySchedule(
      kem: try #require(KEMIdentifier(rawValue: kem_id)), aead: AEADIdentifier(rawValue: aead_id),
      info: try bytes(info), mode: mode)
  }

  func privateKey(_ text: String) throws -> KEMPrivateKey {
    try KEMPrivateKey(kem: #require(KEMIdentifier(rawValue: kem_id)), rawRepresentation: bytes(text))
  }

  func recipientContext() throws -> RecipientContext {
    try RecipientContext(privateKey: privateKey(skRm), encapsulatedKey: bytes(enc), schedule: schedule())
  }

  /// Nil where the KEM hides its randomness.
  func senderContext() throws -> SenderContext? {
    guard let skEm else { return nil }
    return try SenderContext(
      recipient: privateKey(skRm).publicKey, schedule: schedule(), ephemeral: privateKey(skEm))
  }
}

private struct HPKEFile: Decodable {
  let vectors: [HPKEVector]
}

@Suite("HPKE vectors", .enabled(if: VectorFolder.isPresent))
struct HPKEVectorTests {
  private static let files: [(path: String, vectors: Int, encryptions: Int, exports: Int)] = [
    ("ohttp/hpke-rfc9180.json", 8, 63, 24), ("ohttp/hpke-pq-xwing.json", 1, 10, 5),
  ]

  @Test("every vector's secrets, encryptions and exports are reproduced", arguments: files)
  func vectors(file: (path: String, vectors: Int, encryptions: Int, exports: Int)) throws {
    let vectors = try VectorFolder.json(file.path, as: HPKEFile.self).vectors
    var encryptionCount = 0
    var exportCount = 0
    for vector in vectors {
      try checkSecrets(vector)
      encryptionCount += try checkRecipient(vector)
      try checkSender(vector)
      exportCount += try checkExports(vector)
    }
    #expect(try vectors.count == VectorFolder.caseCount(file.path, published: file.vectors, held: vectors.count))
    #expect(encryptionCount > 0 && exportCount > 0)
    if try VectorFolder.isPublished(file.path) {
      #expect(encryptionCount == file.encryptions)
      #expect(exportCount == file.exports)
    }
  }

  private func checkSecrets(_ vector: HPKEVector) throws {
    let privateKey = try vector.privateKey(vector.skRm)
    #expect(privateKey.publicKey.rawRepresentation.hexadecimal == vector.pkRm)
    let schedule = try vector.schedule()
    if let context = vector.key_schedule_context {
      #expect(schedule.keyScheduleContext.hexadecimal == context)
    }
    let sharedSecret = try privateKey.decapsulate(bytes(vector.enc))
    #expect(sharedSecret.withUnsafeBytes { Array($0).hexadecimal } == vector.shared_secret)
    let secrets = schedule.secrets(sharedSecret: sharedSecret)
    #expect(secrets.exporterSecret.withUnsafeBytes { Array($0).hexadecimal } == vector.exporter_secret)
    guard let messageKey = secrets.messageKey else {
      #expect(vector.aead_id == 0xFFFF)
      return
    }
    #expect(messageKey.key.withUnsafeBytes { Array($0).hexadecimal } == vector.key)
    #expect(messageKey.nonce(0).hexadecimal == vector.base_nonce)
  }

  /// Opens message after message, so that the context itself counts to each vector's sequence number.
  private func checkRecipient(_ vector: HPKEVector) throws -> Int {
    let schedule = try vector.schedule()
    let sharedSecret = try vector.privateKey(vector.skRm).decapsulate(bytes(vector.enc))
    guard let messageKey = schedule.secrets(sharedSecret: sharedSecret).messageKey else {
      var recipient = try vector.recipientContext()
      #expect(throws: HPKEError(HPKEError.messageLimitReached, "")) {
        try recipient.open([UInt8](repeating: 0, count: 16))
      }
      return 0
    }
    var recipient = try vector.recipientContext()
    var sequenceNumber: UInt64 = 0
    for (index, encryption) in vector.encryptions.enumerated() {
      let wanted = encryption.seq ?? UInt64(index)
      while sequenceNumber < wanted {
        var filler: [UInt8] = []
        try messageKey.seal([], sequenceNumber: sequenceNumber, authenticating: [], into: &filler)
        #expect(try recipient.open(filler) == [])
        sequenceNumber += 1
      }
      #expect(messageKey.nonce(wanted).hexadecimal == encryption.nonce)
      let plaintext = try recipient.open(bytes(encryption.ct), authenticating: bytes(encryption.aad))
      #expect(plaintext.hexadecimal == encryption.pt)
      var ciphertext: [UInt8] = []
      try messageKey.seal(
        bytes(encryption.pt)[...], sequenceNumber: wanted, authenticating: bytes(encryption.aad), into: &ciphertext)
      #expect(ciphertext.hexadecimal == encryption.ct)
      sequenceNumber += 1
    }
    return vector.encryptions.count
  }

  private func checkSender(_ vector: HPKEVector) throws {
    guard vector.skEm != nil, vector.aead_id != 0xFFFF else { return }
    guard var sender = try vector.senderContext() else { return }
    #expect(sender.encapsulatedKey.hexadecimal == vector.enc)
    var sequenceNumber: UInt64 = 0
    for encryption in vector.encryptions {
      while sequenceNumber < encryption.seq ?? 0 {
        _ = try sender.seal([])
        sequenceNumber += 1
      }
      let ciphertext = try sender.seal(bytes(encryption.pt), authenticating: bytes(encryption.aad))
      #expect(ciphertext.hexadecimal == encryption.ct)
      sequenceNumber += 1
    }
  }

  private func checkExports(_ vector: HPKEVector) throws -> Int {
    let recipient = try vector.recipientContext()
    for export in vector.exports {
      let value = try recipient.exportSecret(context: bytes(export.exporter_context), outputByteCount: export.L)
      #expect(value.hexadecimal == export.exported_value)
    }
    return vector.exports.count
  }

  @Test("the X-Wing vector's encapsulated key follows from its randomness")
  func hiddenRandomness() throws {
    let vectors = try VectorFolder.json("ohttp/hpke-pq-xwing.json", as: HPKEFile.self).vectors
    for vector in vectors {
      let result = try XWingOracle.encapsulate(to: bytes(vector.pkRm), randomness: bytes(vector.ikmE))
      #expect(result.encapsulatedKey.hexadecimal == vector.enc)
      #expect(result.sharedSecret.hexadecimal == vector.shared_secret)
    }
    #expect(try vectors.count == VectorFolder.caseCount("ohttp/hpke-pq-xwing.json", published: 1, held: vectors.count))
  }
}
