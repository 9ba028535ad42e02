import HybridPublicKeyEncryption
import ObliviousHTTP
import Testing
import WireFormat

let malformed = OHTTPError(OHTTPError.malformed, "")
let noUsableKey = OHTTPError(OHTTPError.noUsableKey, "")

@Suite("key configurations")
struct KeyConfigurationTests {
  @Test("a key configuration comes back from its bytes", arguments: KEMIdentifier.allCases)
  func roundTrip(kem: KEMIdentifier) throws {
    let configuration = try KeyConfiguration(
      keyIdentifier: 255, publicKey: KEMPrivateKey.generate(kem).publicKey,
      symmetricAlgorithms: AEADIdentifier.allCases.map { SymmetricAlgorithm(aead: $0) })
    #expect(configuration.encoded.count == 1 + 2 + kem.publicKeyByteCount + 2 + 3 * 4)
    #expect(try KeyConfiguration(decoding: configuration.encoded) == configuration)
    let list = KeyConfiguration.encodeList([configuration, configuration])
    #expect(try KeyConfiguration.decodeList(list) == [configuration, configuration])
  }

  @Test("parsing reads one key configuration and leaves what follows")
  func parsing() throws {
    let encoded = try bytes(RFC9458Example.keyConfiguration)
    var cursor = WireCursor(encoded + [1, 2, 3])
    #expect(try KeyConfiguration(parsing: &cursor).encoded == encoded)
    #expect(cursor.remainingByteCount == 3)
  }

  @Test("every truncation and one byte too many are refused")
  func lengths() throws {
    let encoded = try bytes(RFC9458Example.keyConfiguration)
    for byteCount in encoded.indices {
      #expect(throws: malformed, "\(byteCount) bytes") {
        try KeyConfiguration(decoding: Array(encoded.prefix(byteCount)))
      }
    }
    #expect(throws: malformed) { try KeyConfiguration(decoding: encoded + [0]) }
    let list = try KeyConfiguration.encodeList([KeyConfiguration(decoding: encoded)])
    for byteCount in 1..<list.count {
      #expect(throws: malformed, "\(byteCount) bytes") {
        try KeyConfiguration.decodeList(Array(list.prefix(byteCount)))
      }
    }
    #expect(throws: malformed) { try KeyConfiguration.decodeList(list + [0]) }
    #expect(throws: noUsableKey) { try KeyConfiguration.decodeList([]) }
  }

  @Test("unknown algorithms stay in the encoded bytes and are not offered")
  func unknownAlgorithms() throws {
    let known = try bytes(RFC9458Example.keyConfiguration)
    let encoded = known.prefix(35) + [0, 8, 0xBE, 0xEF, 0, 1, 0, 1, 0, 3]
    let configuration = try KeyConfiguration(decoding: Array(encoded))
    #expect(configuration.symmetricAlgorithms == [SymmetricAlgorithm(aead: .chaCha20Poly1305)])
    #expect(configuration.encoded == Array(encoded))
    #expect(KeyConfiguration.encodeList([configuration]) == [0, 45] + encoded)
  }

  @Test("an X-Wing key with a coefficient that is not reduced is refused")
  func unreducedCoefficient() throws {
    var encoded = try Suite(kem: .xWing, aead: .aes256GCM).gatewayKey().keyConfiguration.encoded
    encoded[3] = 0xFF
    encoded[4] |= 0x0F
    #expect(throws: malformed) { try KeyConfiguration(decoding: encoded) }
  }

  @Test("a list is read up to its limit and refused above it")
  func listLimit() throws {
    let entry = try KeyConfiguration.encodeList([KeyConfiguration(decoding: bytes(RFC9458Example.keyConfiguration))])
    var list: [UInt8] = []
    while list.count + entry.count <= KeyConfiguration.maximumListByteCount { list += entry }
    // An entry of an unknown KEM fills the list to its limit.
    let rest = KeyConfiguration.maximumListByteCount - list.count
    try #require(rest > 5)
    list += [0, UInt8(rest - 2), 9, 0x99, 0x99] + [UInt8](repeating: 0, count: rest - 5)
    #expect(list.count == KeyConfiguration.maximumListByteCount)
    #expect(try KeyConfiguration.decodeList(list).count == 1394)
    #expect(throws: malformed) { try KeyConfiguration.decodeList(list + [0]) }
  }

  @Test("a key configuration needs an algorithm, and no more than its format can count")
  func algorithmCounts() throws {
    let publicKey = try KEMPrivateKey.generate(.x25519).publicKey
    let algorithm = SymmetricAlgorithm(aead: .aes128GCM)
    let limit = KeyConfiguration.maximumAlgorithmCount
    #expect(throws: noUsableKey) {
      try KeyConfiguration(keyIdentifier: 1, publicKey: publicKey, symmetricAlgorithms: [])
    }
    let largest = try KeyConfiguration(
      keyIdentifier: 1, publicKey: publicKey, symmetricAlgorithms: Array(repeating: algorithm, count: limit))
    #expect(try KeyConfiguration(decoding: largest.encoded).symmetricAlgorithms.count == limit)
    #expect(throws: malformed) {
      try KeyConfiguration(
        keyIdentifier: 1, publicKey: publicKey, symmetricAlgorithms: Array(repeating: algorithm, count: limit + 1))
    }
  }
}
