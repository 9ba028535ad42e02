import HybridPublicKeyEncryption
import Testing

private let info = Array("info".utf8)

private func refuses<Value: ~Copyable>(
  _ code: HPKEError, _ body: () throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(throws: code, sourceLocation: sourceLocation) { _ = try body() }
}

private let openFailed = HPKEError(HPKEError.openFailed, "")
private let malformedKey = HPKEError(HPKEError.malformedKey, "")
private let kemMismatch = HPKEError(HPKEError.kemMismatch, "")
private let zeroSharedSecret = HPKEError(HPKEError.zeroSharedSecret, "")

@Suite("HPKE contexts")
struct ContextTests {
  static let suites = KEMIdentifier.allCases.flatMap { kem in
    AEADIdentifier.allCases.map { Ciphersuite(kem: kem, kdf: .hkdfSHA256, aead: $0) }
  }

  @Test("messages and exported secrets agree in every suite", arguments: suites)
  func roundTrip(suite: Ciphersuite) throws {
    let key = try KEMPrivateKey.generate(suite.kem)
    var sender = try SenderContext(recipient: key.publicKey, ciphersuite: suite, info: info)
    var recipient = try RecipientContext(
      privateKey: key, encapsulatedKey: sender.encapsulatedKey, ciphersuite: suite, info: info)
    #expect(sender.encapsulatedKey.count == suite.kem.encapsulatedKeyByteCount)
    for message in [[], [1], [UInt8](repeating: 7, count: 5000)] {
      for aad in [[9], []] as [[UInt8]] {
        let ciphertext = try sender.seal(message, authenticating: aad)
        #expect(ciphertext.count == message.count + 16)
        #expect(try recipient.open(ciphertext, authenticating: aad) == message)
      }
    }
    for byteCount in [0, 1, 32, 33, 8160] {
      let exported = sender.exportSecret(context: [3], outputByteCount: byteCount)
      #expect(exported.count == byteCount)
      #expect(exported == recipient.exportSecret(context: [3], outputByteCount: byteCount))
    }
  }

  @Test("a single flipped bit of the ciphertext is rejected", arguments: AEADIdentifier.allCases)
  func flippedBit(aead: AEADIdentifier) throws {
    let suite = Ciphersuite(kem: .x25519, kdf: .hkdfSHA256, aead: aead)
    let key = try KEMPrivateKey.generate(.x25519)
    var sender = try SenderContext(recipient: key.publicKey, ciphersuite: suite, info: info)
    let ciphertext = try sender.seal([1, 2, 3])
    var recipient = try RecipientContext(
      privateKey: key, encapsulatedKey: sender.encapsulatedKey, ciphersuite: suite, info: info)
    for bit in 0..<ciphertext.count * 8 {
      var damaged = ciphertext
      damaged[bit / 8] ^= 1 << (bit % 8)
      refuses(openFailed) { try recipient.open(damaged) }
    }
    for byteCount in 0..<ciphertext.count { refuses(openFailed) { try recipient.open(ciphertext.prefix(byteCount)) } }
    refuses(openFailed) { try recipient.open(ciphertext + [0]) }
    refuses(openFailed) { try recipient.open(ciphertext, authenticating: [0]) }
    // What did not open has not moved the sequence number.
    #expect(try recipient.open(ciphertext) == [1, 2, 3])
    refuses(openFailed) { try recipient.open(ciphertext) }
  }

  @Test("another info, another key or another order does not open")
  func otherContext() throws {
    let suite = Ciphersuite(kem: .xWing, kdf: .hkdfSHA256, aead: .aes256GCM)
    let key = try KEMPrivateKey.generate(.xWing)
    var sender = try SenderContext(recipient: key.publicKey, ciphersuite: suite, info: info)
    _ = try sender.seal([1])
    let second = try sender.seal([2])
    for (key, info) in [(key, info), (key, [0]), (try .generate(.xWing), info)] {
      var recipient = try RecipientContext(
        privateKey: key, encapsulatedKey: sender.encapsulatedKey, ciphersuite: suite, info: info)
      refuses(openFailed) { try recipient.open(second) }
    }
  }

  @Test("a key of another KEM than the suite's is refused")
  func mismatch() throws {
    let suite = Ciphersuite(kem: .xWing, kdf: .hkdfSHA256, aead: .aes256GCM)
    let key = try KEMPrivateKey.generate(.x25519)
    refuses(kemMismatch) { try SenderContext(recipient: key.publicKey, ciphersuite: suite, info: []) }
    refuses(kemMismatch) {
      try RecipientContext(privateKey: key, encapsulatedKey: [], ciphersuite: suite, info: [])
    }
  }
}

@Suite("KEM keys")
struct KEMKeyTests {
  /// The points of order 1, 2, 4 and 8 of Curve25519 and its twist, in canonical form (RFC 7748, section 6.1).
  static let lowOrderPoints: [[UInt8]] = [
    [UInt8](repeating: 0, count: 32),
    [1] + [UInt8](repeating: 0, count: 31),
    [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
  ]

  @Test("a low-order X25519 point is refused as recipient's and as encapsulated key", arguments: lowOrderPoints)
  func lowOrder(point: [UInt8]) throws {
    let suite = Ciphersuite(kem: .x25519, kdf: .hkdfSHA256, aead: .aes128GCM)
    let publicKey = try KEMPublicKey(kem: .x25519, rawRepresentation: point)
    refuses(zeroSharedSecret) { try SenderContext(recipient: publicKey, ciphersuite: suite, info: []) }
    let privateKey = try KEMPrivateKey.generate(.x25519)
    refuses(zeroSharedSecret) {
      try RecipientContext(privateKey: privateKey, encapsulatedKey: point, ciphersuite: suite, info: [])
    }
  }

  @Test("an X-Wing public key with one coefficient of q is refused, with q - 1 accepted")
  func unreducedCoefficient() throws {
    var key = try KEMPrivateKey.generate(.xWing).publicKey.rawRepresentation
    key[0] = 0x00
    key[1] = key[1] & 0xF0 | 0x0D
    #expect(throws: Never.self) { try KEMPublicKey(kem: .xWing, rawRepresentation: key) }
    key[0] = 0x01
    refuses(malformedKey) { try KEMPublicKey(kem: .xWing, rawRepresentation: key) }
  }

  @Test("keys of every other length are refused", arguments: KEMIdentifier.allCases)
  func lengths(kem: KEMIdentifier) throws {
    let key = try KEMPrivateKey.generate(kem)
    let suite = Ciphersuite(kem: kem, kdf: .hkdfSHA256, aead: .aes128GCM)
    for byteCount in [0, 1, kem.publicKeyByteCount - 1, kem.publicKeyByteCount + 1] {
      let bytes = Array((key.publicKey.rawRepresentation + [0]).prefix(byteCount))
      refuses(malformedKey) { try KEMPublicKey(kem: kem, rawRepresentation: bytes) }
    }
    let sender = try SenderContext(recipient: key.publicKey, ciphersuite: suite, info: [])
    for byteCount in [0, 1, kem.encapsulatedKeyByteCount - 1, kem.encapsulatedKeyByteCount + 1] {
      let bytes = Array((sender.encapsulatedKey + [0]).prefix(byteCount))
      refuses(malformedKey) {
        try RecipientContext(privateKey: key, encapsulatedKey: bytes, ciphersuite: suite, info: [])
      }
    }
    for byteCount in [0, 31, 33] {
      refuses(malformedKey) {
        try KEMPrivateKey(kem: kem, rawRepresentation: [UInt8](repeating: 1, count: byteCount))
      }
    }
  }

  @Test("a private key comes back from its 32 bytes", arguments: KEMIdentifier.allCases)
  func rawRepresentation(kem: KEMIdentifier) throws {
    let key = try KEMPrivateKey.generate(kem)
    let bytes = key.withUnsafeRawRepresentation { Array($0) }
    let again = try KEMPrivateKey(kem: kem, rawRepresentation: bytes)
    #expect(again.publicKey == key.publicKey)
    #expect(try KEMPublicKey(kem: kem, rawRepresentation: key.publicKey.rawRepresentation) == key.publicKey)
  }

  @Test("a P-256 scalar of zero or of the group's order is refused")
  func scalars() {
    refuses(malformedKey) { try KEMPrivateKey(kem: .p256, rawRepresentation: [UInt8](repeating: 0, count: 32)) }
    refuses(malformedKey) { try KEMPrivateKey(kem: .p256, rawRepresentation: [UInt8](repeating: 0xFF, count: 32)) }
  }
}
