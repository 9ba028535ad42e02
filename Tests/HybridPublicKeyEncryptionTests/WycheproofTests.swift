import HybridPublicKeyEncryption
import TestSupport
import Testing
import WireFormat

import struct Crypto.SymmetricKey

private struct WycheproofFile<Test: Decodable>: Decodable {
  struct Group: Decodable {
    let tests: [Test]
  }

  let testGroups: [Group]

  static func tests(_ name: String) throws -> [Test] {
    try VectorFolder.json("wycheproof/\(name).json", as: Self.self).testGroups.flatMap(\.tests)
  }
}

private struct AgreementTest: Decodable {
  let tcId: Int
  let `public`: String
  let `private`: String
  let shared: String
  let result: String
}

private struct AEADTest: Decodable {
  let tcId: Int
  let key: String
  let iv: String
  let aad: String
  let msg: String
  let ct: String
  let tag: String
  let result: String
}

private struct HKDFTest: Decodable {
  let tcId: Int
  let ikm: String
  let salt: String
  let info: String
  let size: Int
  let okm: String
  let result: String
}

@Suite("Wycheproof vectors of HPKE's primitives", .enabled(if: VectorFolder.isPresent))
struct WycheproofTests {
  private func agreement(_ kem: KEMIdentifier, _ privateKey: [UInt8], _ publicKey: [UInt8]) throws -> String {
    try KEMPrivateKey(kem: kem, rawRepresentation: privateKey)
      .agreement(with: KEMPublicKey(kem: kem, rawRepresentation: publicKey))
      .withUnsafeBytes { Array($0).hexadecimal }
  }

  @Test("X25519 gives the shared secret, and an all-zero one is refused")
  func x25519() throws {
    let tests = try WycheproofFile<AgreementTest>.tests("x25519")
    var refusedCount = 0
    for test in tests {
      if test.shared.allSatisfy({ $0 == "0" }) {
        refusedCount += 1
        #expect(throws: HPKEError(HPKEError.zeroSharedSecret, ""), "tcId \(test.tcId)") {
          try agreement(.x25519, bytes(test.private), bytes(test.public))
        }
      } else {
        let shared = try agreement(.x25519, bytes(test.private), bytes(test.public))
        #expect(shared == test.shared, "tcId \(test.tcId)")
      }
    }
    #expect(try tests.count == VectorFolder.caseCount("wycheproof/x25519.json", published: 58, held: tests.count))
    if try VectorFolder.isPublished("wycheproof/x25519.json") { #expect(refusedCount == 16) }
  }

  @Test("P-256 gives the shared secret; other curves, other points and compressed points are refused")
  func p256() throws {
    let tests = try WycheproofFile<AgreementTest>.tests("ecdh_secp256r1_ecpoint")
    for test in tests {
      let number = try bytes(test.private)
      let scalar = [UInt8](repeating: 0, count: max(0, 32 - number.count)) + number.suffix(32)
      if test.result == "valid" {
        #expect(try agreement(.p256, scalar, bytes(test.public)) == test.shared, "tcId \(test.tcId)")
      } else {
        #expect(throws: HPKEError(HPKEError.malformedKey, ""), "tcId \(test.tcId)") {
          try KEMPublicKey(kem: .p256, rawRepresentation: bytes(test.public))
        }
      }
    }
    #expect(
      try tests.count
        == VectorFolder.caseCount("wycheproof/ecdh_secp256r1_ecpoint.json", published: 25, held: tests.count))
  }

  @Test(
    "each AEAD seals and opens what is valid and refuses the rest",
    arguments: [("aes_gcm", 42), ("chacha20_poly1305", 25)])
  func aead(file: (name: String, count: Int)) throws {
    let tests = try WycheproofFile<AEADTest>.tests(file.name)
    for test in tests {
      let key = try bytes(test.key)
      let aead: AEADIdentifier =
        file.name == "chacha20_poly1305" ? .chaCha20Poly1305 : key.count == 16 ? .aes128GCM : .aes256GCM
      let nonce = try bytes(test.iv)
      guard nonce.count == aead.nonceByteCount else {
        // A key with a nonce of another length cannot be expressed here.
        #expect(test.result == "invalid", "tcId \(test.tcId)")
        continue
      }
      let messageKey = nonce.withUnsafeBytes {
        MessageKey(aead: aead, key: SymmetricKey(data: key), baseNonce: $0)
      }
      let sealed = try bytes(test.ct + test.tag)
      let aad = try bytes(test.aad)
      if test.result == "valid" {
        let message = try bytes(test.msg)
        #expect(
          try messageKey.open(sealed[...], sequenceNumber: 0, authenticating: aad) == message, "tcId \(test.tcId)")
        var output: [UInt8] = []
        try messageKey.seal(message[...], sequenceNumber: 0, authenticating: aad, into: &output)
        #expect(output == sealed, "tcId \(test.tcId)")
      } else {
        #expect(throws: HPKEError(HPKEError.openFailed, ""), "tcId \(test.tcId)") {
          try messageKey.open(sealed[...], sequenceNumber: 0, authenticating: aad)
        }
      }
    }
    #expect(
      try tests.count
        == VectorFolder.caseCount("wycheproof/\(file.name).json", published: file.count, held: tests.count))
  }

  @Test("HKDF-SHA256 gives the output, and more than 255 blocks are refused")
  func hkdf() throws {
    let tests = try WycheproofFile<HKDFTest>.tests("hkdf_sha256")
    for test in tests {
      let randomKey = try KeyedHash(key: bytes(test.salt)).code(of: bytes(test.ikm))
      let output = try KeyedHash(key: randomKey).expand(info: bytes(test.info), outputByteCount: test.size)
      #expect(output?.hexadecimal == (test.result == "valid" ? test.okm : nil), "tcId \(test.tcId)")
    }
    #expect(try tests.count == VectorFolder.caseCount("wycheproof/hkdf_sha256.json", published: 16, held: tests.count))
  }
}
