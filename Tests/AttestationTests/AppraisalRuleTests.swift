import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import Testing

/// Each rule failing alone, with its own code, on reports of a simulated chip that are otherwise accepted.
@Suite struct AppraisalRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let code: ErrorCode
    var report: @Sendable (inout SimulatedReport) -> Void = { _ in }
    var policy: @Sendable (inout AppraisalPolicy) -> Void = { _ in }

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "report data", code: AttestationError.reportData, report: { $0.reportData[63] ^= 1 }),
    Case(name: "measurement", code: AttestationError.measurement, report: { $0.measurement[0] ^= 1 }),
    Case(name: "version", code: AttestationError.reportVersion, report: { $0.version = 2 }),
    Case(name: "VMPL", code: AttestationError.vmpl, report: { $0.vmpl = 1 }),
    Case(name: "VMPL expected", code: AttestationError.vmpl, policy: { $0.sevSNP.vmpl = 2 }),
    Case(name: "guest SVN", code: AttestationError.guestSVN, policy: { $0.sevSNP.minimumGuestSVN = 1 }),
    Case(name: "host data", code: AttestationError.hostData, report: { $0.hostData[31] = 1 }),
    Case(name: "ID key", code: AttestationError.idKey, report: { $0.idKeyDigest[0] = 1 }),
    Case(name: "author key without its flag", code: AttestationError.authorKey, report: { $0.authorKeyDigest[0] = 1 }),
    Case(name: "author key flag without a key", code: AttestationError.authorKey, report: { $0.keyFlags = 1 }),
    Case(name: "reserved key flags", code: AttestationError.reservedFields, report: { $0.keyFlags = 1 << 5 }),
    Case(name: "product floor", code: AttestationError.productBelowFloor, policy: { $0.sevSNP.productFloor = .turin }),
    Case(name: "host list", code: AttestationError.chipUnlisted, policy: { $0.sevSNP.hosts = HostList() }),
    Case(
      name: "TCB minimum missing", code: AttestationError.tcbMinimumMissing,
      policy: { $0.sevSNP.minimumTCB?[.genoa] = nil }),
    Case(name: "VCEK", code: AttestationError.vcekRefused, policy: { $0.sevSNP.signingKeys = [.vlek] }),
    Case(name: "signature algorithm", code: AttestationError.signatureAlgorithm, report: { $0.signatureAlgorithm = 2 }),
    Case(name: "signing key", code: AttestationError.signingKey, report: { $0.keyFlags = 1 << 2 }),
    Case(name: "no signing key", code: AttestationError.signingKey, report: { $0.keyFlags = 7 << 2 }),
    Case(
      name: "masked chip", code: AttestationError.chipMasked, report: { $0.chipID = Array(repeating: 0, count: 64) }),
    Case(
      name: "other chip", code: AttestationError.chipMismatch, report: { $0.chipID = Array(repeating: 7, count: 64) }),
    Case(name: "other product", code: AttestationError.productMismatch, report: { $0.processor = (0x19, 0x01, 1) }),
    Case(name: "unknown product", code: AttestationError.productUnknown, report: { $0.processor = (0x17, 0x31, 0) }),
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
    #expect(result.skipped.count == 39)
    #expect(Set(result.skipped).count == 39)
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
