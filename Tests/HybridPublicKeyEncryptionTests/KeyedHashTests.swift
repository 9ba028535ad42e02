import Crypto
import HybridPublicKeyEncryption
import Testing

@Suite("Keyed hash")
struct KeyedHashTests {
  private static let message = Array("message".utf8)

  @Test("a value that is used again gives the library's HMAC each time", arguments: [0, 1, 32, 64, 65, 200])
  func usedAgain(keyByteCount: Int) {
    let key = [UInt8](repeating: 7, count: keyByteCount)
    let expected = Array(HMAC<SHA256>.authenticationCode(for: Self.message, using: SymmetricKey(data: key)))
    let hash = KeyedHash(key: key)
    for _ in 0..<2 {
      #expect(Array(hash.code(of: Self.message)) == expected)
      #expect(Array(hash.code(of: Array(Self.message.prefix(3)), Array(Self.message.dropFirst(3)))) == expected)
      #expect(Array(hash.code(ofBytesOf: Self.message)) == expected)
      var started = hash.messageStart
      started.absorb(Self.message)
      #expect(Array(hash.code(finishing: started)) == expected)
      #expect(hash.expandKey(Self.message, outputByteCount: 32) == SymmetricKey(data: expected))
    }
  }
}
