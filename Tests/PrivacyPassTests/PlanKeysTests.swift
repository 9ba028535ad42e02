import PrivacyPass
import StrictJSON
import Testing

@Suite("Keys of an issuer day, one per plan")
struct PlanKeysTests {
  private func keys() throws -> PlanKeys {
    try PlanKeys([
      .init(plan: "standard", key: try Fixtures.rfcIssuer().publicKey),
      .init(plan: "plus", key: try Fixtures.otherIssuer().publicKey),
    ])
  }

  @Test("the list is sorted by plan and read back as it was written")
  func roundTrip() throws {
    let keys = try keys()
    #expect(keys.keys.map(\.plan) == ["plus", "standard"])
    #expect(try PlanKeys(decoding: keys.json.canonicalBytes) == keys)
  }

  @Test("a plan or a key that stands twice is refused")
  func twice() throws {
    let rfc = try Fixtures.rfcIssuer().publicKey
    let other = try Fixtures.otherIssuer().publicKey
    #expect(
      refusal { _ = try PlanKeys([.init(plan: "a", key: rfc), .init(plan: "a", key: other)]) }
        == "token-directory-malformed")
    #expect(
      refusal { _ = try PlanKeys([.init(plan: "a", key: rfc), .init(plan: "b", key: rfc)]) }
        == "token-directory-malformed")
  }

  @Test("lists of another shape are refused, and keys by their own codes")
  func refused() throws {
    for text in ["", "{}", "[1]", #"[{"plan":"a"}]"#, #"[{"plan":"a","key":"!"}]"#, #"[{"plan":"a","key":"","x":1}]"#] {
      #expect(refusal { _ = try PlanKeys(decoding: Array(text.utf8)) } == "token-directory-malformed")
    }
    #expect(
      refusal { _ = try PlanKeys(decoding: Array(#"[{"plan":"a","key":"AAAA"}]"#.utf8)) }
        == "token-issuer-key-malformed")
    let many = JSONValue.array(Array(repeating: .object(["plan": "a", "key": "AAAA"]), count: 65))
    #expect(refusal { _ = try PlanKeys(decoding: many.canonicalBytes) } == "token-directory-malformed")
  }
}
