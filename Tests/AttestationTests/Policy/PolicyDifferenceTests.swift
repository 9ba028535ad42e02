import Attestation
import Testing

/// Two policies, member by member.
@Suite struct PolicyDifferenceTests {
  static func effects(_ old: String, _ new: String) throws -> [String: PolicyEffect] {
    let differences = try RelaxationTests.policy(new).differences(from: RelaxationTests.policy(old))
    return Dictionary(uniqueKeysWithValues: differences.map { ($0.member, $0.effect) })
  }

  private static let host = String(repeating: "ab", count: 64)
  private static let measurement = String(repeating: "ab", count: 48)

  @Test("a policy and itself do not differ, however it is written")
  func same() throws {
    #expect(try Self.effects("{}", "{}").isEmpty)
    #expect(try Self.effects("{}", #"{"sevSNP": {"vmpl": 0}, "tdx": {}}"#).isEmpty)
  }

  @Test(
    "what accepts more is weaker, and the other way round stronger",
    arguments: [
      ("{}", #"{"sevSNP": {"vmpl": null}}"#, "sevSNP.vmpl"),
      ("{}", #"{"sevSNP": {"guestPolicy": null}}"#, "sevSNP.guestPolicy"),
      ("{}", #"{"referenceValues": null}"#, "referenceValues"),
      ("{}", #"{"referenceValues": {"sevSNP": ["\#(measurement)"]}}"#, "referenceValues.sevSNP"),
      ("{}", #"{"sevSNP": {"hosts": {"chipIdentifiers": ["\#(host)"]}}}"#, "sevSNP.hosts.chipIdentifiers"),
      (
        #"{"sevSNP": {"revokedChips": {"chipIdentifiers": ["\#(host)"]}}}"#, "{}",
        "sevSNP.revokedChips.chipIdentifiers"
      ),
      (
        #"{"sevSNP": {"guestPolicy": {"smt": "set"}}}"#, #"{"sevSNP": {"guestPolicy": {"smt": "either"}}}"#,
        "sevSNP.guestPolicy.smt"
      ),
      (#"{"sevSNP": {"guestPolicy": {"minimumABI": [1, 2]}}}"#, "{}", "sevSNP.guestPolicy.minimumABI"),
      (#"{"anchors": {"production": ["amd-genoa"]}}"#, "{}", "anchors"),
      (#"{"nitro": {"pcrs": {"8": ["\#(measurement)"]}}}"#, "{}", "nitro.pcrs.8"),
      (#"{"tdx": {"minimumTEETCBSVN": "01000000000000000000000000000000"}}"#, "{}", "tdx.minimumTEETCBSVN"),
      ("{}", #"{"tdx": {"xfam": {"required": "0000000000000001"}}}"#, "tdx.xfam.required"),
    ])
  func weaker(old: String, new: String, member: String) throws {
    #expect(try Self.effects(old, new) == [member: .weaker])
    #expect(try Self.effects(new, old) == [member: .stronger])
  }

  @Test(
    "where neither accepts more it is said so",
    arguments: [
      ("{}", #"{"sevSNP": {"vmpl": 1}}"#, "sevSNP.vmpl"),
      ("{}", #"{"sevSNP": {"signingKeys": ["vlek"]}}"#, "sevSNP.signingKeys"),
      ("{}", #"{"sevSNP": {"reportVersions": [2, 4]}}"#, "sevSNP.reportVersions"),
      (
        #"{"tdx": {"minimumTEETCBSVN": "01000000000000000000000000000000"}}"#,
        #"{"tdx": {"minimumTEETCBSVN": "00010000000000000000000000000000"}}"#, "tdx.minimumTEETCBSVN"
      ),
      (
        #"{"anchors": {"production": ["amd-genoa"]}}"#, #"{"anchors": {"production": ["amd-milan"]}}"#, "anchors"
      ),
    ])
  func other(old: String, new: String, member: String) throws {
    #expect(try Self.effects(old, new) == [member: .other])
    #expect(try Self.effects(new, old) == [member: .other])
  }

  @Test("every rule is told in words, and one that is left out is told loudly")
  func demands() throws {
    let demands = try RelaxationTests.policy(#"{"sevSNP": {"vmpl": null, "guestPolicy": {"smt": "either"}}}"#).demands
    let words = Dictionary(uniqueKeysWithValues: demands.map { ($0.member, $0.words) })
    #expect(words["sevSNP.vmpl"] == "NOT CHECKED")
    #expect(words["sevSNP.guestPolicy.smt"] == "NOT CHECKED")
    #expect(words["sevSNP.guestPolicy.debug"] == "must be clear")
    #expect(words["sevSNP.productFloor"] == "genoa or later")
    #expect(words["sevSNP.largestRevocationListAge"] == "at most 33696000 seconds, 390 days")
    #expect(words["sevSNP.signingKeys"] == "only vcek")
    #expect(words["sevSNP.hosts.chipIdentifiers"] == "none is named")
    #expect(words["sevSNP.reportVersions"] == "3 to 5")
    #expect(words["sevSNP.hostData"] == "32 zero bytes")
    #expect(words["sevSNP.zeroReservedFields"] == "demanded")
  }
}
