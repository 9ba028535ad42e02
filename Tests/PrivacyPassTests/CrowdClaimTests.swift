import PrivacyPass
import Testing

@Suite("What an issuer says of the crowd")
struct CrowdClaimTests {
  @Test("a number is rounded down to a power of two, and is 0 below 8")
  func rounding() {
    for (counted, told) in [
      (0, 0), (1, 0), (7, 0), (8, 8), (15, 8), (16, 16), (1_023, 512), (1_024, 1_024), (.max, 1 << 63),
    ] as [(UInt64, UInt64)] {
      #expect(CrowdClaim(issuerDay: 3, countedAccounts: counted).accountCount == told)
    }
  }

  @Test("a claim is read back as it was written")
  func roundTrip() {
    for claim in [
      CrowdClaim(issuerDay: 0, countedAccounts: 0), CrowdClaim(issuerDay: 41, countedAccounts: 1_500),
      CrowdClaim(issuerDay: .max, countedAccounts: .max),
    ] {
      #expect(CrowdClaim(fieldValue: claim.fieldValue) == claim)
    }
    #expect(CrowdClaim(issuerDay: 41, countedAccounts: 1_500).fieldValue == "day=41, accounts=1024")
  }

  @Test(
    "a claim in another form, or of a number that is not rounded, is none",
    arguments: [
      "", "day=41", "day=41, accounts=", "day=41, accounts=1000", "day=41, accounts=4", "day=41,accounts=1024",
      "accounts=1024, day=41", "day=041, accounts=1024", "day=41, accounts=+8", "day=-1, accounts=8",
      "day=41, accounts=8, accounts=8", "day=41, accounts=8 ", "day=18446744073709551616, accounts=8", "41, 8", ", ",
    ])
  func malformed(value: String) {
    #expect(CrowdClaim(fieldValue: value) == nil)
  }
}
