import Crypto
import HybridPublicKeyEncryption
import TestSupport
import Testing
import WireFormat

// swift-format-ignore: AlwaysUseLowerCamelCase
private struct MLKEMFile: Decodable {
  struct Test: Decodable {
    let tcId: Int
    let seed: String?
    let ek: String?
    let m: String?
    let c: String
    let K: String
    let result: String
  }

  let tests: [Test]
}

/// ML-KEM-768 is the library's; what X-Wing takes from it is checked here.
@Suite("ML-KEM-768 vectors", .enabled(if: VectorFolder.isPresent))
struct MLKEMVectorTests {
  @Test("decapsulation from a seed gives the shared secret or refuses the lengths")
  func decapsulation() throws {
    let tests = try VectorFolder.json("ohttp/mlkem768-wycheproof.json", as: MLKEMFile.self).tests
    for test in tests {
      let result = try? MLKEM768.PrivateKey(seedRepresentation: bytes(#require(test.seed)), publicKey: nil)
        .decapsulate(bytes(test.c)).withUnsafeBytes { Array($0).hexadecimal }
      #expect(result == (test.result == "valid" ? test.K : nil), "tcId \(test.tcId)")
    }
    #expect(
      try tests.count == VectorFolder.caseCount("ohttp/mlkem768-wycheproof.json", published: 23, held: tests.count))
  }

  @Test("public keys of valid cases are accepted inside an X-Wing key, and all others refused")
  func publicKeys() throws {
    let tests = try VectorFolder.json("ohttp/mlkem768-encaps-wycheproof.json", as: MLKEMFile.self).tests
    let x25519 = Array(Curve25519.KeyAgreement.PrivateKey().publicKey.rawRepresentation)
    for test in tests {
      let key = try bytes(#require(test.ek)) + x25519
      if test.result == "valid" {
        #expect(throws: Never.self, "tcId \(test.tcId)") { try KEMPublicKey(kem: .xWing, rawRepresentation: key) }
      } else {
        #expect(throws: HPKEError(HPKEError.malformedKey, ""), "tcId \(test.tcId)") {
          try KEMPublicKey(kem: .xWing, rawRepresentation: key)
        }
      }
    }
    #expect(
      try tests.count
        == VectorFolder.caseCount("ohttp/mlkem768-encaps-wycheproof.json", published: 10, held: tests.count))
  }

  @Test("encapsulation with the stated randomness gives ciphertext and shared secret")
  func encapsulation() throws {
    let tests = try VectorFolder.json("ohttp/mlkem768-encaps-wycheproof.json", as: MLKEMFile.self).tests
      .filter { $0.result == "valid" }
    for test in tests {
      let result = try MLKEMOracle.encapsulate(to: bytes(#require(test.ek)), randomness: bytes(#require(test.m)))
      #expect(result.ciphertext.hexadecimal == test.c, "tcId \(test.tcId)")
      #expect(result.sharedSecret.hexadecimal == test.K, "tcId \(test.tcId)")
    }
    #expect(
      try tests.count
        == VectorFolder.caseCount("ohttp/mlkem768-encaps-wycheproof.json", published: 7, held: tests.count))
  }

  private typealias KEMPublicKey = HybridPublicKeyEncryption.KEMPublicKey
}
