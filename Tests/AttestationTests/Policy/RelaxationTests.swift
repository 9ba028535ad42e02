import Attestation
import StrictJSON
import Testing

/// What a policy asks less of than the strict default.
@Suite struct RelaxationTests {
  static func policy(_ text: String) throws -> AppraisalPolicy { try AppraisalPolicy(parsing: Array(text.utf8)) }

  @Test("the strict default has no relaxation, of all platforms or of one")
  func strict() {
    #expect(AppraisalPolicy.strict.relaxations.isEmpty)
    for platform in Platform.allCases { #expect(AppraisalPolicy.strict.relaxations(for: platform).isEmpty) }
  }

  @Test("what a policy must be told before it accepts anything is no relaxation")
  func choices() throws {
    let measurement = String(repeating: "ab", count: 48)
    let policy = try Self.policy(
      """
      {"referenceValues": {"sevSNP": ["\(measurement)"]},
       "sevSNP": {"hosts": {"chipIdentifiers": ["\(String(repeating: "ab", count: 64))"]}},
       "anchors": {"production": ["amd-genoa"]}}
      """)
    #expect(policy.relaxations.isEmpty)
  }

  @Test("every check that is left out is a relaxation, on every platform", arguments: Platform.allCases)
  func leftOut(platform: Platform) {
    let policy = AppraisalPolicy.authenticityOnly()
    let named = Set(policy.relaxations(for: platform).map(\.check))
    let leftOut = policy.leftOutChecks(platform)
    #expect(!leftOut.isEmpty)
    #expect(named.isSuperset(of: leftOut))
    #expect(Set(policy.relaxations.map(\.check)).isSuperset(of: leftOut))
  }

  @Test(
    "each kind of rule that is weaker than strict gives one relaxation, with the check's name",
    arguments: [
      (#"{"sevSNP": {"vmpl": null}}"#, "vmpl", "sevSNP.vmpl"),
      (#"{"sevSNP": {"vmpl": 1}}"#, "vmpl", "sevSNP.vmpl"),
      (#"{"sevSNP": {"signingKeys": ["vcek", "vlek"]}}"#, "signing-key-kind", "sevSNP.signingKeys"),
      (#"{"sevSNP": {"signingKeys": ["vlek"]}}"#, "signing-key-kind", "sevSNP.signingKeys"),
      (#"{"sevSNP": {"reportVersions": [2, 5]}}"#, "report-version", "sevSNP.reportVersions"),
      (#"{"sevSNP": {"productFloor": "milan"}}"#, "product-floor", "sevSNP.productFloor"),
      (#"{"sevSNP": {"zeroReservedFields": false}}"#, "reserved-fields", "sevSNP.zeroReservedFields"),
      (
        #"{"sevSNP": {"largestRevocationListAge": 33696001}}"#, "revocation-freshness",
        "sevSNP.largestRevocationListAge"
      ),
      (#"{"sevSNP": {"guestPolicy": {"smt": "either"}}}"#, "guest-policy-smt", "sevSNP.guestPolicy.smt"),
      (#"{"sevSNP": {"guestPolicy": {"debug": "set"}}}"#, "guest-policy-debug", "sevSNP.guestPolicy.debug"),
      (#"{"sevSNP": {"platformInfo": {"tsme": "clear"}}}"#, "platform-tsme", "sevSNP.platformInfo.tsme"),
      (
        #"{"sevSNP": {"guestPolicy": {"namedUnknownBits": [30]}}}"#, "guest-policy-unknown-bits",
        "sevSNP.guestPolicy.namedUnknownBits"
      ),
      (
        """
        {"sevSNP": {"minimumTCB": {
          "milan": {"bootLoader": 4, "tee": 0, "snp": 24, "microcode": 219},
          "genoa": {"bootLoader": 10, "tee": 0, "snp": 22, "microcode": 84}}}}
        """, "tcb-minimum", "sevSNP.minimumTCB.genoa"
      ),
      (
        #"{"anchors": {"simulated": ["\#(String(repeating: "ab", count: 32))"]}}"#, "chain", "anchors"
      ),
      (#"{"tdx": {"tcbStatuses": ["UpToDate", "OutOfDate"]}}"#, "tcb-status", "tdx.tcbStatuses"),
      (#"{"tdx": {"advisories": ["INTEL-SA-00001"]}}"#, "advisories", "tdx.advisories"),
      (#"{"tdx": {"requiresCollateral": false}}"#, "collateral", "tdx.requiresCollateral"),
      (#"{"tdx": {"attributes": {"debug": "either"}}}"#, "td-attributes-debug", "tdx.attributes.debug"),
      (#"{"tdx": {"xfam": {"allowed": "ffffffffffffffff"}}}"#, "xfam-refused-bits", "tdx.xfam.allowed"),
      (#"{"nitro": {"refusesDebugMode": false}}"#, "debug-mode", "nitro.refusesDebugMode"),
      (#"{"nitro": {"largestDocumentAge": 10801}}"#, "document-age", "nitro.largestDocumentAge"),
      (#"{"nvidia": {"protectedPCIe": "either"}}"#, "protected-pcie", "nvidia.protectedPCIe"),
      (#"{"nvidia": {"uncoveredMeasurements": [5]}}"#, "measurement-coverage", "nvidia.uncoveredMeasurements"),
    ])
  func one(text: String, check: String, member: String) throws {
    let relaxations = try Self.policy(text).relaxations
    #expect(relaxations.map(\.check) == [check])
    #expect(relaxations.map(\.member) == [member])
  }

  @Test(
    "a rule that is stronger than strict is no relaxation",
    arguments: [
      #"{"sevSNP": {"productFloor": "turin"}}"#, #"{"sevSNP": {"reportVersions": [4, 5]}}"#,
      #"{"sevSNP": {"minimumGuestSVN": 3}}"#, #"{"sevSNP": {"largestRevocationListAge": 1}}"#,
      #"{"sevSNP": {"minimumTCB": {}}}"#, #"{"sevSNP": {"signingKeys": []}}"#,
      #"{"sevSNP": {"revokedChips": {"chipIdentifiers": ["\#(String(repeating: "ab", count: 64))"]}}}"#,
      #"{"nitro": {"largestDocumentAge": 60}}"#, #"{"tdx": {"requiresEventLog": true}}"#,
    ])
  func stronger(text: String) throws {
    #expect(try Self.policy(text).relaxations.isEmpty)
  }

  @Test("a product that the strict default refuses is a relaxation where a minimum is named for it")
  func addedEntry() throws {
    let policy = try Self.policy(
      #"{"sevSNP": {"minimumTCB": {"turin": {"bootLoader": 0, "tee": 0, "snp": 0, "microcode": 0}}}}"#)
    #expect(!policy.relaxations(for: .sevSNP).isEmpty)
  }

  @Test("relaxations of one platform do not speak of another")
  func perPlatform() throws {
    let policy = try Self.policy(#"{"sevSNP": {"vmpl": null}, "nitro": {"refusesDebugMode": false}}"#)
    #expect(policy.relaxations(for: .sevSNP).map(\.check) == ["vmpl"])
    #expect(policy.relaxations(for: .azureSNP).map(\.check) == ["vmpl"])
    #expect(policy.relaxations(for: .nitro).map(\.check) == ["debug-mode"])
    #expect(policy.relaxations(for: .tdx).isEmpty)
    #expect(policy.relaxations(for: .nvidiaGPU).isEmpty)
  }

  @Test("of every member of a policy it is known what its values mean, and none is known that there is not")
  func members() {
    var paths: Set<String> = []
    func walk(_ value: JSONValue, _ path: String) {
      if PolicyMembers.member(path) != nil {
        paths.insert(path)
      } else if case .object(let members) = value {
        for (name, value) in members { walk(value, path.isEmpty ? name : "\(path).\(name)") }
      } else {
        Issue.record("nothing is known of \(path)")
      }
    }
    walk(AppraisalPolicy.strict.json, "")
    let known = PolicyMembers.all.keys.filter { !$0.hasSuffix(".*") }
    #expect(Set(known) == paths.intersection(known))
  }

  @Test("the checks that members decide are checks that there are")
  func checkNames() {
    let policy = AppraisalPolicy.authenticityOnly()
    // Of a chain and of an event log a policy can demand more, and never nothing.
    var names: Set<String> = ["chain", "event-log"]
    for platform in Platform.allCases { names.formUnion(policy.leftOutChecks(platform)) }
    for (path, member) in PolicyMembers.all { #expect(names.isSuperset(of: member.checks), "\(path)") }
  }
}
