import EndorsementFetch
import Testing

/// The form of one file of the cache.
@Suite struct CacheEntryTests {
  private static let head = #"{"address":"https://vendor.test/a","fetched":1790000000,"fields":{"x-chain":"%0A"}}"#

  @Test(
    "an entry is written and read again, whatever its body is", arguments: [[], [0x0A], [1, 0x0A, 0xFF]] as [[UInt8]])
  func roundTrip(body: [UInt8]) throws {
    let bytes = Array(Self.head.utf8) + [0x0A] + body
    let entry = try #require(CacheEntry(parsing: bytes))
    #expect(entry.address == "https://vendor.test/a" && entry.fetched == 1_790_000_000)
    #expect(entry.answer.body == body && entry.answer.fields == ["x-chain": "%0A"])
    #expect(CacheEntry(parsing: entry.encoded) == entry)
  }

  @Test("refused: a first line cut anywhere, or not ended")
  func truncated() {
    let bytes = Array(Self.head.utf8)
    for count in bytes.indices { #expect(CacheEntry(parsing: Array(bytes[..<count]) + [0x0A, 1]) == nil) }
    #expect(CacheEntry(parsing: bytes) == nil)
  }

  @Test(
    "refused: a first line with a byte too many, another member, or a field that is no text",
    arguments: [
      head + "0", head + " {}", head.replacing(#""fetched""#, with: #""more":1,"fetched""#),
      head.replacing(#""%0A""#, with: "1"), head.replacing("1790000000", with: "1.5"), "[]",
    ])
  func otherLines(line: String) {
    #expect(CacheEntry(parsing: Array(line.utf8) + [0x0A, 1]) == nil)
  }
}
