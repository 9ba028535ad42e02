import Issuer
import Testing

@Suite("Configuration of the issuer")
struct ConfigurationTests {
  private static let digest = AccountKey().digest
  private static let invalid = IssuerError(IssuerError.configurationInvalid, "")

  @Test("an accounts file is read back as it was written, and holds no key")
  func roundTrip() throws {
    let key = AccountKey()
    let list = try AccountList(
      plans: ["standard", "plus"], accounts: [.init(name: "a.b-c_d@E9", plan: "plus", keyDigest: key.digest)])
    let text = list.fileText
    let read = try AccountList(decoding: Array(text.utf8))
    #expect(read.plans == ["plus", "standard"])
    #expect(read.accounts == list.accounts)
    #expect(!text.contains(key.hexadecimal))
  }

  @Test(
    "an accounts file of another shape stops the start",
    arguments: [
      "", "[]", "{}", #"{"plans":["a"]}"#, #"{"plans":[],"accounts":[]}"#, #"{"plans":["a","a"],"accounts":[]}"#,
      #"{"plans":["a/b"],"accounts":[]}"#, #"{"plans":["a"],"accounts":[],"x":1}"#,
      #"{"plans":["a"],"accounts":[{"name":"n","plan":"a","keyDigest":"00"}]}"#,
      #"{"plans":["a"],"accounts":[{"name":"n","plan":"a"}]}"#,
    ])
  func otherShapes(text: String) {
    #expect(throws: Self.invalid) { try AccountList(decoding: Array(text.utf8)) }
  }

  @Test("names are bounded, and neither a name nor a key stands twice")
  func names() throws {
    func list(_ accounts: [(name: String, plan: String, digest: [UInt8])]) throws -> AccountList {
      try AccountList(
        plans: ["a"], accounts: accounts.map { .init(name: $0.name, plan: $0.plan, keyDigest: $0.digest) })
    }
    let other = AccountKey().digest
    #expect(try list([(String(repeating: "n", count: 64), "a", Self.digest), ("m", "a", other)]).accounts.count == 2)
    for accounts in [
      [(String(repeating: "n", count: 65), "a", Self.digest)], [("", "a", Self.digest)], [("n m", "a", Self.digest)],
      [("n", "b", Self.digest)], [("n", "a", Self.digest), ("n", "a", other)],
      [("n", "a", Self.digest), ("m", "a", Self.digest)],
    ] {
      #expect(throws: Self.invalid) { try list(accounts) }
    }
    #expect(throws: Self.invalid) { try AccountList(plans: (0..<17).map { "p\($0)" }, accounts: []) }
  }

  @Test("quota and epoch length are accepted at their limits and refused beyond them")
  func limits() throws {
    let calendar = try IssuerCalendar(epochStart: 0, epochSeconds: 10)
    let accounts = try AccountList(plans: ["a"], accounts: [])
    for quota in [1, IssuerConfiguration.dailyQuotaLimit] {
      _ = try IssuerConfiguration(calendar: calendar, accounts: accounts, dailyQuota: quota, stateFolder: "")
    }
    for quota in [-1, 0, IssuerConfiguration.dailyQuotaLimit + 1] {
      #expect(throws: Self.invalid) {
        try IssuerConfiguration(calendar: calendar, accounts: accounts, dailyQuota: quota, stateFolder: "")
      }
    }
    _ = try IssuerCalendar(epochStart: 0, epochSeconds: 86_400)
    for seconds in [0, 9, 86_401, .max] as [UInt64] {
      #expect(throws: Self.invalid) { try IssuerCalendar(epochStart: 0, epochSeconds: seconds) }
    }
  }
}
