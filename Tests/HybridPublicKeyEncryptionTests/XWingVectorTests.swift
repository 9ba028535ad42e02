import HybridPublicKeyEncryption
import TestSupport
import Testing
import WireFormat

private struct XWingFile: Decodable {
  struct Vector: Decodable {
    let seed: String
    let eseed: String
    let ss: String
    let pk: String
    let ct: String
  }

  let vectors: [Vector]
}

@Suite("X-Wing vectors", .enabled(if: VectorFolder.isPresent))
struct XWingVectorTests {
  @Test("every vector's public key, decapsulation and encapsulation are reproduced")
  func vectors() throws {
    let vectors = try VectorFolder.json("ohttp/xwing-kem.json", as: XWingFile.self).vectors
    for vector in vectors {
      let key = try KEMPrivateKey(kem: .xWing, rawRepresentation: bytes(vector.seed))
      #expect(key.publicKey.rawRepresentation.hexadecimal == vector.pk)
      #expect(try KEMPublicKey(kem: .xWing, rawRepresentation: bytes(vector.pk)) == key.publicKey)
      let sharedSecret = try key.decapsulate(bytes(vector.ct))
      #expect(sharedSecret.withUnsafeBytes { Array($0).hexadecimal } == vector.ss)
      let recomputed = try XWingOracle.encapsulate(to: bytes(vector.pk), randomness: bytes(vector.eseed))
      #expect(recomputed.encapsulatedKey.hexadecimal == vector.ct)
      #expect(recomputed.sharedSecret.hexadecimal == vector.ss)
    }
    #expect(try vectors.count == VectorFolder.caseCount("ohttp/xwing-kem.json", published: 2, held: vectors.count))
  }

  @Test("a damaged encapsulated key gives another secret and no error")
  func implicitRejection() throws {
    let vector = try #require(VectorFolder.json("ohttp/xwing-kem.json", as: XWingFile.self).vectors.first)
    let key = try KEMPrivateKey(kem: .xWing, rawRepresentation: bytes(vector.seed))
    var damaged = try bytes(vector.ct)
    damaged[100] ^= 1
    let sharedSecret = try key.decapsulate(damaged)
    #expect(sharedSecret.withUnsafeBytes { Array($0).hexadecimal } != vector.ss)
  }
}
