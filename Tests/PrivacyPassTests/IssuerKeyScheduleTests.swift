import PrivacyPass
import Testing

@Suite("Rotation of issuer keys")
struct IssuerKeyScheduleTests {
  /// A key, no real one, whose truncated identifier is the given byte.
  private static func key(truncated: UInt8, from start: UInt16 = 0) -> [UInt8] {
    (start...UInt16.max).lazy.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }.first {
      IssuerDirectory.TokenKey(tokenType: .blindRSA2048, encodedKey: $0).truncatedTokenKeyID == truncated
    } ?? []
  }

  private func entry(_ key: [UInt8], _ validity: Range<UInt64>, type: TokenType = .blindRSA2048)
    -> IssuerKeySchedule.Entry
  {
    IssuerKeySchedule.Entry(tokenType: type, encodedKey: key, validity: validity)
  }

  @Test("a client takes the first key of its type that may be used, as in the RFC's example")
  func preferred() throws {
    let directory = IssuerDirectory(
      issuerRequestURI: "/r",
      tokenKeys: [
        .init(tokenType: TokenType(rawValue: 0xDA42), encodedKey: [9]),
        .init(tokenType: .blindRSA2048, encodedKey: [1], notBefore: 1_686_913_811),
        .init(tokenType: .blindRSA2048, encodedKey: [2]),
        .init(tokenType: .voprfP384, encodedKey: [3], notBefore: 5),
      ])
    #expect(directory.preferredKey(ofType: .blindRSA2048, at: 1_686_913_810)?.encodedKey == [2])
    #expect(directory.preferredKey(ofType: .blindRSA2048, at: 1_686_913_811)?.encodedKey == [1])
    #expect(directory.preferredKey(ofType: .voprfP384, at: 4) == nil)
    #expect(directory.preferredKey(ofType: .voprfP384, at: 5)?.encodedKey == [3])
    #expect(directory.preferredKey(ofType: TokenType(rawValue: 5), at: 5) == nil)
    #expect(directory.keys(ofType: .blindRSA2048).map(\.encodedKey) == [[1], [2]])
  }

  @Test("keys are published before they begin and not after they end, and clients move over at the border")
  func rotation() throws {
    let schedule = try IssuerKeySchedule([
      entry([1], 0..<100), entry([2], 100..<200), entry([3], 200..<300), entry([4], 100..<200, type: .voprfP384),
    ])
    func published(_ time: UInt64) -> [[UInt8]] {
      schedule.directory(issuerRequestURI: "/r", at: time).tokenKeys.map(\.encodedKey)
    }
    func taken(_ time: UInt64) -> [UInt8]? {
      schedule.directory(issuerRequestURI: "/r", at: time).preferredKey(ofType: .blindRSA2048, at: time)?.encodedKey
    }
    #expect(published(0) == [[3], [2], [4], [1]])
    #expect(published(100) == [[3], [2], [4]])
    #expect(published(299) == [[3]])
    #expect(published(300).isEmpty)
    #expect([99, 100, 199, 200, 299, 300].map(taken) == [[1], [2], [2], [3], [3], nil])
    #expect(schedule.issuing(at: 100).map(\.encodedKey) == [[2], [4]])
    let directory = schedule.directory(issuerRequestURI: "/r", at: 0)
    #expect(try IssuerDirectory(decoding: directory.json.canonicalBytes) == directory)
  }

  @Test("keys that are valid together must differ in their truncated identifier, others need not")
  func collisions() throws {
    let first = Self.key(truncated: 7)
    let second = Self.key(truncated: 7, from: UInt16(first[0]) << 8 + UInt16(first[1]) + 1)
    #expect(first != second)
    #expect(
      refusal { _ = try IssuerKeySchedule([entry(first, 0..<10), entry(second, 9..<20)]) } == "token-key-collision")
    #expect(refusal { _ = try IssuerKeySchedule([entry(first, 0..<10), entry(second, 10..<20)]) } == nil)
    #expect(
      refusal { _ = try IssuerKeySchedule([entry(first, 0..<10), entry(second, 0..<10, type: .voprfP384)]) } == nil)
    func directory(_ type: TokenType) -> IssuerDirectory {
      IssuerDirectory(
        issuerRequestURI: "/r",
        tokenKeys: [
          .init(tokenType: .blindRSA2048, encodedKey: first), .init(tokenType: type, encodedKey: second),
        ])
    }
    #expect(refusal { try directory(.blindRSA2048).requireDistinctTruncatedKeyIDs() } == "token-key-collision")
    #expect(refusal { try directory(.voprfP384).requireDistinctTruncatedKeyIDs() } == nil)
  }

  @Test("the identifiers of a directory's keys are those of the keys")
  func identifiers() throws {
    let key = try Fixtures.rfcIssuer().publicKey
    #expect(IssuerDirectory.TokenKey(key).tokenKeyID == key.tokenKeyID)
    let voprf = try VOPRFTests.issuerResult.get().publicKey
    #expect(IssuerDirectory.TokenKey(voprf).tokenKeyID == voprf.tokenKeyID)
    #expect(IssuerDirectory.TokenKey(voprf).tokenType == .voprfP384)
  }
}
