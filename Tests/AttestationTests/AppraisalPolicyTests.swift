import Attestation
import ErrorCodes
import StrictJSON
import Testing

/// The policy as JSON.
@Suite struct AppraisalPolicyTests {
  static func code(_ text: String) -> ErrorCode? {
    do {
      _ = try AppraisalPolicy(parsing: Array(text.utf8))
      return nil
    } catch {
      return error.code
    }
  }

  @Test("an empty object is the strict default")
  func defaults() throws {
    #expect(try AppraisalPolicy(parsing: Array("{}".utf8)) == .strict)
    #expect(try AppraisalPolicy(parsing: Array(#"{"sevSNP": {}, "referenceValues": {}}"#.utf8)) == .strict)
    #expect(AppraisalPolicy.strict.anchors == .allProduction)
    #expect(!AppraisalPolicy.strict.isSimulated)
  }

  @Test("a policy written and read again is the same")
  func roundTrip() throws {
    var changed = try SimulatedFixture.policy()
    changed.sevSNP.guestPolicy = .init(
      bits: [.smt: .either], namedUnknownBits: [40], minimumABI: .init(major: 1, minor: 2))
    changed.sevSNP.platformInfo = .init(bits: [.tio: .set], namedUnknownBits: [6])
    changed.sevSNP.vmpl = nil
    changed.sevSNP.revokedChips = .init(chipIdentifierDigests: [Array(repeating: 1, count: 32)])
    for policy in [.strict, .authenticityOnly(), changed] {
      let copy = try AppraisalPolicy(parsing: policy.json.canonicalBytes)
      #expect(copy.json == policy.json)
      #expect(copy.anchors == policy.anchors)
      #expect(copy.referenceValues == policy.referenceValues)
      #expect(copy.sevSNP.hosts == policy.sevSNP.hosts)
    }
    #expect(try AppraisalPolicy(parsing: AppraisalPolicy.authenticityOnly().json.canonicalBytes) == .authenticityOnly())
  }

  @Test("real and simulated roots together do not load")
  func mixedRoots() {
    let digest = String(repeating: "ab", count: 32)
    let text = #"{"anchors": {"production": ["amd-genoa"], "simulated": "\#(digest)"}}"#
    #expect(Self.code(text) == AttestationError.anchorsMixed)
  }

  @Test("a production root is named, never brought as bytes")
  func rootByBytes() {
    let digest = String(repeating: "ab", count: 32)
    #expect(Self.code(#"{"anchors": {"production": ["\#(digest)"]}}"#) == AttestationError.anchorUnknown)
  }

  @Test(
    "a text that is not of the schema does not load",
    arguments: [
      "", "[]", "{", #"{"unknown": 1}"#, #"{"anchors": {}}"#, #"{"anchors": {"simulated": "ab"}}"#,
      #"{"anchors": {"production": []}, "anchors": {"production": []}}"#, #"{"sevSNP": {"vmpl": -1}}"#,
      #"{"sevSNP": {"vmpl": 4294967296}}"#, #"{"sevSNP": {"productFloor": "rome"}}"#,
      #"{"sevSNP": {"guestPolicy": {"smt": "maybe"}}}"#, #"{"sevSNP": {"guestPolicy": {"turbo": "set"}}}"#,
      #"{"sevSNP": {"guestPolicy": {"namedUnknownBits": [64]}}}"#, #"{"sevSNP": {"reportVersions": [5, 3]}}"#,
      #"{"sevSNP": {"minimumTCB": {"genoa": {"bootLoader": 1}}}}"#, #"{"sevSNP": {"hosts": []}}"#,
      #"{"sevSNP": {"minimumTCB": {"genoa": {"bootLoader": 256, "tee": 0, "snp": 0, "microcode": 0}}}}"#,
      #"{"sevSNP": {"hostData": "00"}}"#, #"{"sevSNP": {"signingKeys": ["tpm"]}}"#,
      #"{"referenceValues": {"sevSNP": ["00"]}}"#, #"{"sevSNP": {"zeroReservedFields": 1}}"#,
    ])
  func malformed(text: String) {
    #expect(Self.code(text) == AttestationError.policyMalformed)
  }
}
