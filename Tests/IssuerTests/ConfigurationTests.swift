import Issuer
import Testing

@Suite("Configuration of the issuer")
struct ConfigurationTests {
  private static let invalid = IssuerError(IssuerError.configurationInvalid, "")

  @Test("plans are read as they are written on the command line")
  func plans() throws {
    #expect(try ServicePlan(parsing: "a.b-c_d@E9=50") == ServicePlan(name: "a.b-c_d@E9", dailyQuota: 50))
    #expect(try ServicePlan(parsing: "p=1").dailyQuota == 1)
    #expect(try ServicePlan(parsing: "p=100000").dailyQuota == ServicePlan.dailyQuotaLimit)
    #expect(throws: Never.self) { try ServicePlan(name: String(repeating: "n", count: 64), dailyQuota: 1) }
  }

  @Test(
    "a plan of another shape is refused",
    arguments: [
      "", "p", "p=", "=5", "p=0", "p=-1", "p=+5", "p=05", "p=5=6", "p=100001", "a/b=5", "a b=5",
      "p=99999999999999999999",
      String(repeating: "n", count: 65) + "=5",
    ])
  func otherPlans(text: String) {
    #expect(throws: Self.invalid) { try ServicePlan(parsing: text) }
  }

  @Test("an issuer has 1 to 16 plans of different names, sorted")
  func planCount() throws {
    let calendar = try IssuerCalendar(epochStart: 0, epochSeconds: 10)
    func configuration(_ names: [String]) throws -> IssuerConfiguration {
      try IssuerConfiguration(
        calendar: calendar, plans: names.map { try ServicePlan(name: $0, dailyQuota: 1) }, stateFolder: "")
    }
    #expect(try configuration(["b", "a"]).plans.map(\.name) == ["a", "b"])
    #expect(try configuration((0..<16).map { "p\($0)" }).plans.count == 16)
    for names in [[], ["a", "a"], (0..<17).map { "p\($0)" }] {
      #expect(throws: Self.invalid) { try configuration(names) }
    }
  }

  @Test("an epoch's length is accepted at its limits and refused beyond them")
  func epochs() throws {
    for seconds in [10, 86_400] as [UInt64] { _ = try IssuerCalendar(epochStart: 0, epochSeconds: seconds) }
    for seconds in [0, 9, 86_401, .max] as [UInt64] {
      #expect(throws: Self.invalid) { try IssuerCalendar(epochStart: 0, epochSeconds: seconds) }
    }
  }
}
