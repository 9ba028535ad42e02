import HybridPublicKeyEncryption
import Testing
import WireFormat

func bytes(_ text: String) throws -> [UInt8] { try #require([UInt8](hexadecimal: text)) }

/// The first message of RFC 9180, appendix A.1.1, in the tree so that it always runs.
private enum RFC9180Example {
  static let info = "4f6465206f6e2061204772656369616e2055726e"
  static let recipientPrivateKey = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"
  static let recipientPublicKey = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"
  static let ephemeralPrivateKey = "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"
  static let encapsulatedKey = "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
  static let plaintext = "4265617574792069732074727574682c20747275746820626561757479"
  static let aad = "436f756e742d30"
  static let ciphertext =
    "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"
  static let exportContext = "54657374436f6e74657874"
  static let exportedValue = "e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931"
}

@Suite("RFC 9180, appendix A.1.1")
struct RFC9180ExampleTests {
  private let suite = Ciphersuite(kem: .x25519, kdf: .hkdfSHA256, aead: .aes128GCM)

  @Test("the sender's bytes are reproduced")
  func sender() throws {
    var sender = try SenderContext(
      recipient: KEMPublicKey(kem: .x25519, rawRepresentation: bytes(RFC9180Example.recipientPublicKey)),
      schedule: KeySchedule(ciphersuite: suite, info: bytes(RFC9180Example.info)),
      ephemeral: KEMPrivateKey(kem: .x25519, rawRepresentation: bytes(RFC9180Example.ephemeralPrivateKey)))
    #expect(sender.encapsulatedKey.hexadecimal == RFC9180Example.encapsulatedKey)
    let ciphertext = try sender.seal(
      bytes(RFC9180Example.plaintext), authenticating: bytes(RFC9180Example.aad))
    #expect(ciphertext.hexadecimal == RFC9180Example.ciphertext)
    let exported = try sender.exportSecret(context: bytes(RFC9180Example.exportContext), outputByteCount: 32)
    #expect(exported.hexadecimal == RFC9180Example.exportedValue)
  }

  @Test("the recipient opens the message and exports the same secret")
  func recipient() throws {
    var recipient = try RecipientContext(
      privateKey: KEMPrivateKey(kem: .x25519, rawRepresentation: bytes(RFC9180Example.recipientPrivateKey)),
      encapsulatedKey: bytes(RFC9180Example.encapsulatedKey), ciphersuite: suite,
      info: bytes(RFC9180Example.info))
    let plaintext = try recipient.open(
      bytes(RFC9180Example.ciphertext), authenticating: bytes(RFC9180Example.aad))
    #expect(plaintext.hexadecimal == RFC9180Example.plaintext)
    let exported = try recipient.exportSecret(context: bytes(RFC9180Example.exportContext), outputByteCount: 32)
    #expect(exported.hexadecimal == RFC9180Example.exportedValue)
  }
}
