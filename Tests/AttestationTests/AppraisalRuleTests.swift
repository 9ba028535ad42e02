import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import StrictJSON
import Testing

/// Each rule failing alone, with its own code, on reports of a simulated chip that are otherwise accepted.
@Suite struct AppraisalRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// The member of the rules that refuses; nil where authenticity does.
    var rule: String?
    let code: ErrorCode
    var report: @Sendable (inout SimulatedReport) -> Void = { _ in }
    var policy: @Sendable (inout AppraisalPolicy) -> Void = { _ in }

    var testDescription: String { name }
  }

  static let cases: [Case] = authenticity + form + tcb + bits + launch

  static let authenticity: [Case] = [
    Case(name: "report data", code: AttestationError.reportData, report: { $0.reportData[63] ^= 1 }),
    Case(name: "measurement", code: AttestationError.measurement, report: { $0.measurement[0] ^= 1 }),
    Case(name: "signature algorithm", code: AttestationError.signatureAlgorithm, report: { $0.signatureAlgorithm = 2 }),
    Case(name: "signing key", code: AttestationError.signingKey, report: { $0.keyFlags = 1 << 2 }),
    Case(name: "chip-secret key", code: AttestationError.signingKey, report: { $0.keyFlags = 2 << 2 }),
    Case(name: "no signing key", code: AttestationError.signingKey, report: { $0.keyFlags = 7 << 2 }),
    Case(name: "masked chip key", code: AttestationError.chipKeyMasked, report: { $0.keyFlags = 2 }),
    Case(
      name: "masked chip", code: AttestationError.chipMasked, report: { $0.chipID = Array(repeating: 0, count: 64) }),
    Case(
      name: "other chip", code: AttestationError.chipMismatch, report: { $0.chipID = Array(repeating: 7, count: 64) }),
    Case(name: "other product", code: AttestationError.productMismatch, report: { $0.processor = (0x19, 0x01, 1) }),
    Case(name: "unknown product", code: AttestationError.productUnknown, report: { $0.processor = (0x17, 0x31, 0) }),
  ]

  static let form: [Case] = [
    Case(
      name: "revocation list too old", rule: "largestRevocationListAge", code: AttestationError.revocationStale,
      policy: { $0.sevSNP.largestRevocationListAge = 0 }),
    Case(name: "version", rule: "reportVersions", code: AttestationError.reportVersion, report: { $0.version = 2 }),
    Case(
      name: "reserved key flags", rule: "zeroReservedFields", code: AttestationError.reservedFields,
      report: { $0.keyFlags = 1 << 5 }),
    Case(
      name: "VCEK", rule: "signingKeys", code: AttestationError.vcekRefused, policy: { $0.sevSNP.signingKeys = [.vlek] }
    ),
    Case(
      name: "product floor", rule: "productFloor", code: AttestationError.productBelowFloor,
      policy: { $0.sevSNP.productFloor = .turin }),
    Case(
      name: "host list", rule: "hosts", code: AttestationError.chipUnlisted, policy: { $0.sevSNP.hosts = HostList() }),
    Case(
      name: "revoked chip", rule: "revokedChips", code: AttestationError.chipRevoked,
      policy: { $0.sevSNP.revokedChips = $0.sevSNP.hosts }),
  ]

  static let tcb: [Case] = [
    Case(
      name: "TCB minimum missing", rule: "minimumTCB", code: AttestationError.tcbMinimumMissing,
      policy: { $0.sevSNP.minimumTCB?[.genoa] = nil }),
    Case(
      name: "reported TCB", rule: "minimumTCB", code: AttestationError.tcbReported,
      report: {
        $0.committedTCB = version(snp: 26)
        $0.launchTCB = version(snp: 26)
        $0.currentTCB = version(snp: 26)
      }, policy: { $0.sevSNP.minimumTCB = [.genoa: version(snp: 26)] }),
    Case(
      name: "launch TCB", rule: "minimumTCB", code: AttestationError.tcbLaunch,
      report: { $0.launchTCB = version(snp: 22) }),
    // Committed and current versions that are too low alone are out of order too.
    Case(
      name: "committed TCB", rule: "minimumTCB", code: AttestationError.tcbCommitted,
      report: { $0.committedTCB = version(snp: 22) }, policy: { $0.sevSNP.orderedTCB = false }),
    Case(
      name: "current TCB", rule: "minimumTCB", code: AttestationError.tcbCurrent,
      report: { $0.currentTCB = version(snp: 22) }, policy: { $0.sevSNP.orderedTCB = false }),
    Case(
      name: "reported above committed TCB", rule: "orderedTCB", code: AttestationError.tcbOrder,
      report: { $0.committedTCB = version(snp: 24) }),
    Case(
      name: "committed above current TCB", rule: "orderedTCB", code: AttestationError.tcbOrder,
      report: {
        $0.committedTCB = version(snp: 26)
        $0.currentTCB = version(snp: 25)
      }),
    Case(
      name: "launch above current TCB", rule: "orderedTCB", code: AttestationError.tcbOrder,
      report: { $0.launchTCB = version(snp: 26) }),
    Case(
      name: "committed above current firmware", rule: "orderedTCB", code: AttestationError.tcbOrder,
      report: { $0.patches = [0x1EC: 41] }),
  ]

  static func version(snp: UInt8) -> SEVSNP.TCBVersion {
    var version = SimulatedChip.tcb(.genoa)
    version.snp = snp
    return version
  }

  static let bits: [Case] =
    SEVSNP.GuestPolicyBit.allCases.map { bit in
      Case(
        name: "guest policy \(bit)", rule: "guestPolicy", code: bit.code,
        report: { $0.guestPolicy ^= UInt64(1) << bit.index })
    }
    + SEVSNP.PlatformInfoBit.allCases.map { bit in
      Case(
        name: "platform \(bit)", rule: "platformInfo", code: bit.code,
        report: { $0.platformInfo ^= UInt64(1) << bit.index })
    } + [
      Case(
        name: "guest policy ABI too low", rule: "guestPolicy", code: AttestationError.guestPolicyABI,
        policy: { $0.sevSNP.guestPolicy?.minimumABI = .init(major: 1, minor: 56) }),
      Case(
        name: "guest policy ABI above the firmware's", rule: "guestPolicy", code: AttestationError.guestPolicyABI,
        report: { $0.guestPolicy += 1 }),
      Case(
        name: "guest policy bit 26", rule: "guestPolicy", code: AttestationError.guestPolicyUnknown,
        report: { $0.guestPolicy |= 1 << 26 }),
      Case(
        name: "platform bit 8", rule: "platformInfo", code: AttestationError.platformUnknown,
        report: { $0.platformInfo |= 1 << 8 }),
    ]

  static let launch: [Case] = [
    Case(name: "VMPL", rule: "vmpl", code: AttestationError.vmpl, report: { $0.vmpl = 1 }),
    Case(name: "VMPL expected", rule: "vmpl", code: AttestationError.vmpl, policy: { $0.sevSNP.vmpl = 2 }),
    Case(
      name: "guest SVN", rule: "minimumGuestSVN", code: AttestationError.guestSVN,
      policy: { $0.sevSNP.minimumGuestSVN = 1 }),
    Case(name: "host data", rule: "hostData", code: AttestationError.hostData, report: { $0.hostData[31] = 1 }),
    Case(name: "ID key", rule: "idKeyDigests", code: AttestationError.idKey, report: { $0.idKeyDigest[0] = 1 }),
    Case(
      name: "author key without its flag", rule: "authorKeyDigests", code: AttestationError.authorKey,
      report: { $0.authorKeyDigest[0] = 1 }),
    Case(
      name: "author key flag without a key", rule: "authorKeyDigests", code: AttestationError.authorKey,
      report: { $0.keyFlags = 1 }),
    Case(
      name: "migration agent", rule: "migrationAgents", code: AttestationError.migrationAgent,
      report: { $0.migrationAgentReportID[31] = 0xFE }),
  ]

  @Test("the unchanged report is accepted, and nothing is skipped")
  func accepted() throws {
    let result = EvidenceVerifier(policy: try SimulatedFixture.policy()).appraise(
      evidence: try SimulatedFixture.evidence(), expectedReportData: SimulatedFixture.reportData,
      at: SimulatedFixture.time)
    #expect(result.verdict == .accepted)
    #expect(result.reasons == [])
    #expect(result.skipped == [])
    #expect(result.isSimulated)
    #expect(result.chipIdentifier == (try SimulatedFixture.chip().chipIdentifier))
    #expect(result.measurement == SimulatedFixture.measurement)
    #expect(result.claims["simulated"] == true)
  }

  @Test("a rule that fails alone gives its own code", arguments: cases)
  func alone(_ testCase: Case) throws {
    let evidence = try SimulatedFixture.evidence(testCase.report)
    #expect(SimulatedFixture.codes(evidence, try SimulatedFixture.policy(testCase.policy)) == [testCase.code])
  }

  @Test("every member of the rules and every check that can be left out has a case that fails by it alone")
  func complete() throws {
    let members = Mirror(reflecting: SEVSNP.AppraisalRules.strict).children.compactMap(\.label)
    #expect(members.count == 17)
    #expect(Set(members) == Set(Self.cases.compactMap(\.rule)))
    var failed: Set<String> = []
    for testCase in Self.cases {
      let result = EvidenceVerifier(policy: try SimulatedFixture.policy(testCase.policy), cache: SimulatedFixture.cache)
        .appraise(
          evidence: try SimulatedFixture.evidence(testCase.report), expectedReportData: SimulatedFixture.reportData,
          at: SimulatedFixture.time)
      failed.formUnion(result.checks.filter { if case .failed = $0.outcome { true } else { false } }.map(\.name))
    }
    let none = EvidenceVerifier(policy: .authenticityOnly(anchors: .simulated([try SimulatedFixture.vendor().root])))
    let skipped = none.appraise(
      evidence: try SimulatedFixture.evidence(), expectedReportData: nil, at: SimulatedFixture.time
    ).skipped
    // A policy without reference values has a test of its own.
    #expect(Set(skipped).subtracting(failed) == ["reference-values"])
  }

  @Test("what a rule refuses is accepted where the rule is left out, and the result names it", arguments: cases)
  func leftOut(_ testCase: Case) throws {
    guard let rule = testCase.rule else { return }
    let policy = try SimulatedFixture.policy(testCase.policy)
    guard case .object(var members) = policy.json, case .object(var rules)? = members["sevSNP"] else {
      Issue.record("policy is no object")
      return
    }
    rules[rule] = ["orderedTCB", "zeroReservedFields"].contains(rule) ? false : .null
    members["sevSNP"] = .object(rules)
    let result = EvidenceVerifier(policy: try AppraisalPolicy(json: .object(members)), cache: SimulatedFixture.cache)
      .appraise(
        evidence: try SimulatedFixture.evidence(testCase.report), expectedReportData: SimulatedFixture.reportData,
        at: SimulatedFixture.time)
    #expect(result.verdict == .accepted)
    #expect(!result.skipped.isEmpty)
  }

  @Test("a policy without reference values refuses before anything else")
  func noReferenceValues() throws {
    let policy = try SimulatedFixture.policy { $0.referenceValues = ReferenceValues() }
    #expect(
      SimulatedFixture.codes(try SimulatedFixture.evidence { $0.vmpl = 1 }, policy)
        == [AttestationError.noReferenceValues, AttestationError.vmpl])
  }

  @Test("a chip is listed or revoked by its digest as well as by its identifier")
  func digests() throws {
    let digest = Self.digest(try SimulatedFixture.chip().chipIdentifier)
    let evidence = try SimulatedFixture.evidence()
    let listed = try SimulatedFixture.policy { $0.sevSNP.hosts = .init(chipIdentifierDigests: [digest]) }
    #expect(SimulatedFixture.codes(evidence, listed) == [])
    let revoked = try SimulatedFixture.policy { $0.sevSNP.revokedChips = .init(chipIdentifierDigests: [digest]) }
    #expect(SimulatedFixture.codes(evidence, revoked) == [AttestationError.chipRevoked])
    let identifier = try SimulatedFixture.chip().chipIdentifier
    let revokedByName = try SimulatedFixture.policy { $0.sevSNP.revokedChips = .init(chipIdentifiers: [identifier]) }
    #expect(SimulatedFixture.codes(evidence, revokedByName) == [AttestationError.chipRevoked])
  }

  @Test("keys of an ID block that the policy names are accepted")
  func namedKeys() throws {
    let idKey = [UInt8](repeating: 1, count: 48)
    let authorKey = [UInt8](repeating: 2, count: 48)
    let evidence = try SimulatedFixture.evidence {
      $0.idKeyDigest = idKey
      $0.authorKeyDigest = authorKey
      $0.keyFlags = 1
    }
    let policy = try SimulatedFixture.policy {
      $0.sevSNP.idKeyDigests = [idKey]
      $0.sevSNP.authorKeyDigests = [authorKey]
    }
    #expect(SimulatedFixture.codes(evidence, policy) == [])
  }

  @Test("a migration agent that the policy names is accepted, and so is a guest without one")
  func migrationAgents() throws {
    let agent = [UInt8](repeating: 3, count: 32)
    let policy = try SimulatedFixture.policy { $0.sevSNP.migrationAgents = [agent] }
    for identifier in [agent, Array(repeating: 0, count: 32), Array(repeating: 0xFF, count: 32)] {
      let evidence = try SimulatedFixture.evidence { $0.migrationAgentReportID = identifier }
      #expect(SimulatedFixture.codes(evidence, policy) == [])
    }
  }

  @Test("authenticity alone skips every rule by name, and REPORT_DATA only when none is given")
  func authenticityOnly() throws {
    let policy = AppraisalPolicy.authenticityOnly(anchors: .simulated([try SimulatedFixture.vendor().root]))
    let evidence = try SimulatedFixture.evidence {
      $0.guestPolicy = 0xA_0000
      $0.measurement[0] ^= 1
      $0.vmpl = 3
    }
    let verifier = EvidenceVerifier(policy: policy)
    let result = verifier.appraise(
      evidence: evidence, expectedReportData: SimulatedFixture.reportData, at: SimulatedFixture.time)
    #expect(result.verdict == .accepted)
    #expect(result.skipped.count == 41)
    #expect(Set(result.skipped).count == 41)
    let withoutData = verifier.appraise(evidence: evidence, expectedReportData: nil, at: SimulatedFixture.time)
    #expect(Set(withoutData.skipped).subtracting(result.skipped) == ["report-data"])
    #expect(
      SimulatedFixture.codes(evidence, policy, reportData: Array(repeating: 0, count: 64))
        == [AttestationError.reportData])
    // Between them, what the strict policy checks and what this one skips is the same list.
    let strict = EvidenceVerifier(policy: try SimulatedFixture.policy()).appraise(
      evidence: try SimulatedFixture.evidence(), expectedReportData: nil, at: SimulatedFixture.time)
    #expect(
      Set(strict.checks.map(\.name)) == Set(withoutData.checks.map(\.name)))
  }

  private static func digest(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
