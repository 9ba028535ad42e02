import Attestation
import ErrorCodes
import Testing

/// The report as bytes.
@Suite struct ReportTests {
  static func code(_ bytes: [UInt8]) -> ErrorCode? {
    do {
      _ = try SEVSNP.Report(parsing: bytes)
      return nil
    } catch {
      return error.code
    }
  }

  @Test("every length but 1184 bytes is malformed")
  func lengths() throws {
    let report = try SimulatedFixture.evidence().report
    #expect(report.count == 1184)
    #expect(Self.code(report) == nil)
    for count in 0..<1184 { #expect(Self.code(Array(report.prefix(count))) == AttestationError.evidenceLength) }
    #expect(Self.code(report + [0]) == AttestationError.evidenceLength)
  }

  @Test(
    "versions 2 to 5 are known", arguments: [(0, false), (1, false), (2, true), (5, true), (6, false), (255, false)])
  func versions(version: UInt8, isKnown: Bool) throws {
    var report = try SimulatedFixture.evidence().report
    report[0] = version
    #expect(Self.code(report) == (isKnown ? nil : AttestationError.evidenceVersion))
  }

  @Test("malformed evidence has its own verdict and no claims")
  func verdict() throws {
    let result = EvidenceVerifier(policy: .strict).appraise(
      evidence: Evidence(platform: .sevSNP, report: [], endorsements: []), expectedReportData: nil,
      at: SimulatedFixture.time)
    #expect(result.verdict == .malformed)
    #expect(result.code == AttestationError.evidenceLength)
    #expect(
      result.json == [
        "verdict": "malformed", "code": "evidence-length", "reasons": ["evidence-length"],
        "claims": [:], "skipped": [],
      ])
  }

  @Test(
    "a signed reserved byte that is not zero is refused", arguments: [0x04C, 0x18B, 0x19F, 0x1EB, 0x1EF, 0x208, 0x29F])
  func reservedBytes(offset: Int) throws {
    var report = SimulatedFixture.report()
    report.patches = [offset: 1]
    let chip = try SimulatedFixture.chip()
    let evidence = Evidence(
      platform: .sevSNP, report: try report.signed(by: chip), endorsements: chip.endorsements)
    #expect(SimulatedFixture.codes(evidence, try SimulatedFixture.policy()) == [AttestationError.reservedFields])
  }

  @Test("a byte behind the signature that is not zero is refused", arguments: [0x2A0 + 48, 0x2A0 + 71, 0x330, 1183])
  func behindSignature(offset: Int) throws {
    var evidence = try SimulatedFixture.evidence()
    evidence.report[offset] = 1
    #expect(SimulatedFixture.codes(evidence, try SimulatedFixture.policy()) == [AttestationError.reportSignature])
  }

  @Test("each version is accepted where the policy allows it", arguments: UInt32(2)...5)
  func allowedVersions(version: UInt32) throws {
    let evidence = try SimulatedFixture.evidence { $0.version = version }
    let policy = try SimulatedFixture.policy { $0.sevSNP.reportVersions = version...version }
    let result = EvidenceVerifier(policy: policy, cache: SimulatedFixture.cache).appraise(
      evidence: evidence, expectedReportData: SimulatedFixture.reportData, at: SimulatedFixture.time)
    #expect(result.reasons == [])
    #expect((result.claims["processor"] != nil) == (version >= 3))
    #expect((result.claims["launchMitigations"] != nil) == (version == 5))
  }

  @Test("mitigation vectors are fields of version 5 and reserved before", arguments: UInt32(3)...5)
  func mitigationVectors(version: UInt32) throws {
    let evidence = try SimulatedFixture.evidence {
      $0.version = version
      $0.patches = [0x1F8: 1, 0x200: 3]
    }
    #expect(
      SimulatedFixture.codes(evidence, try SimulatedFixture.policy())
        == (version == 5 ? [] : [AttestationError.reservedFields]))
  }
}
