import ErrorCodes
import StrictJSON
import Testing
import Trust

@Suite("Receipt")
struct ReceiptTests {
  @Test("a receipt survives its JSON form, spelled for machines or for people")
  func roundTrip() throws {
    let receipt = Fixture.receipt()
    #expect(try Receipt(parsing: receipt.json.canonicalBytes) == receipt)
    #expect(try Receipt(parsing: Array(receipt.json.indentedText.utf8)) == receipt)
  }

  @Test("a receipt tells of its last attempt whether it failed, as far as that is known")
  func failure() {
    var receipt = Fixture.receipt()
    #expect(receipt.failure == ErrorCode("node-busy"))
    receipt.hops.append(receipt.hops[0])
    receipt.hops[1].failure = nil
    #expect(receipt.failure == nil)
  }

  @Test("every truncation is refused")
  func truncations() {
    let bytes = Fixture.receipt().json.canonicalBytes
    for count in 0..<bytes.count {
      #expect(throws: TrustError(TrustError.malformed, "")) { try Receipt(parsing: Array(bytes.prefix(count))) }
    }
  }

  @Test("a called hop that calls others is refused")
  func calledCalls() {
    let called = Fixture.receipt().json.setting(["hops", "0", "called", "0", "called"], to: [[:]])
    #expect(throws: TrustError(TrustError.malformed, "")) { try Receipt(parsing: called.canonicalBytes) }
  }

  @Test("a member named twice is refused")
  func duplicate() {
    let text = Fixture.receipt().json.canonicalText
    let doubled = #"{"epoch":41,"# + text.dropFirst()
    #expect(throws: TrustError(TrustError.malformed, "")) { try Receipt(parsing: Array(doubled.utf8)) }
  }

  @Test("a receipt of another version is refused as that", arguments: [0, 1, 4, 6])
  func version(_ version: Int64) {
    let bytes = Fixture.receipt().json.setting(["version"], to: .integer(version)).canonicalBytes
    #expect(throws: TrustError(TrustError.receiptVersion, "")) { try Receipt(parsing: bytes) }
  }

  private static let shapes: [([String], JSONValue?)] = [
    (["type"], "receipt"), (["version"], "5"), (["version"], nil), (["id"], nil), (["token"], "x"), (["bundle"], "00"),
    (["note"], nil), (["epoch"], -1), (["simulated"], "yes"), (["answerClass"], nil),
    (["policy", "digest"], nil), (["policy", "x"], 1),
    (["hops", "0", "node"], "00"), (["hops", "0", "x"], 1), (["hops", "0", "skipped"], [1]), (["hops"], nil),
    (["hops", "0", "called"], nil), (["hops", "0", "called", "0", "node"], "00"),
    (["hops", "0", "calls"], nil), (["hops", "0", "calls"], "model"), (["hops", "0", "calledRefused"], nil),
    (["hops", "0", "calledRefused"], ["00"]), (["hops", "0", "called", "0", "calls"], ["model"]),
    (["hops", "0", "called", "0", "calledRefused"], [.string(String(repeating: "0", count: 64))]),
    (["hops", "0", "failure"], nil), (["hops", "0", "failure"], 1), (["hops", "0", "failure"], ""),
    (["hops", "0", "failure"], "node busy"), (["hops", "0", "failure"], "\u{1B}[31m"),
    (["hops", "0", "failure"], .string(String(repeating: "a", count: 65))),
    (["hops", "0", "called", "0", "failure"], "node-busy"),
  ]

  @Test("a receipt with a missing, added or misshapen member is refused", arguments: Self.shapes)
  func schema(path: [String], value: JSONValue?) {
    let bytes = Fixture.receipt().json.setting(path, to: value).canonicalBytes
    #expect(throws: TrustError(TrustError.malformed, "")) { try Receipt(parsing: bytes) }
  }
}
