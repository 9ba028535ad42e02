import Attestation
import Foundation
import SimulatedTEE

extension FuzzTarget {
  static let attestation = [
    FuzzTarget("sev-snp-report", maximumByteCount: 1400, seeds: { [try SimulatedFixture.evidence().report] }) { bytes in
      guard let report = try? SEVSNP.Report(parsing: bytes) else { return }
      for product in SEVSNP.Product.allCases {
        for value in [report.currentTCB, report.reportedTCB, report.committedTCB, report.launchTCB] {
          let version = SEVSNP.TCBVersion(rawValue: value, product: product)
          claim(version.rawValue(product: product) == value, "a TCB version keeps its bits")
        }
      }
      claim(report.signedBytes + bytes[672...] == bytes[...], "a report keeps its bytes")
      appraise(bytes, endorsements: [])
    },
    FuzzTarget("certificate", seeds: SimulatedFixture.certificates) { bytes in
      _ = try? Endorsements(parsing: [bytes])
    },
    FuzzTarget("revocation-list", seeds: { [try SimulatedFixture.revocationList()] }) { bytes in
      _ = try? Endorsements(parsing: [bytes])
    },
    FuzzTarget("certificate-table", maximumByteCount: 1 << 13, seeds: { [try SimulatedFixture.table()] }) { bytes in
      _ = try? Endorsements(parsing: [bytes])
      guard let table = try? SEVSNP.CertificateTable(parsing: bytes) else { return }
      claim((1...SEVSNP.CertificateTable.entryLimit).contains(table.entries.count), "a table has entries")
      claim(table.entries.allSatisfy { $0.guid.count == 16 }, "a GUID has 16 bytes")
    },
    FuzzTarget("evidence", maximumByteCount: 1 << 14, seeds: { [try SimulatedFixture.evidenceBytes()] }) { bytes in
      let rest = Array(bytes.dropFirst(SEVSNP.Report.byteCount))
      let start = rest.firstRange(of: Array("-----BEGIN".utf8))?.lowerBound ?? rest.count
      appraise(
        Array(bytes.prefix(SEVSNP.Report.byteCount)), endorsements: [Array(rest[..<start]), Array(rest[start...])])
    },
    FuzzTarget("appraisal-policy", seeds: SimulatedFixture.policies) { bytes in
      guard let policy = try? AppraisalPolicy(parsing: bytes) else { return }
      claim(try AppraisalPolicy(json: policy.json).json == policy.json, "a written policy reads the same")
      claim(
        try AppraisalPolicy(parsing: policy.json.canonicalBytes).json == policy.json, "a written policy reads the same")
    },
  ]

  private static func appraise(_ report: [UInt8], endorsements: [[UInt8]]) {
    let evidence = Evidence(
      platform: .sevSNP, report: report, endorsements: endorsements.filter { !$0.isEmpty })
    for policy in [AppraisalPolicy.strict, .authenticityOnly()] {
      let result = EvidenceVerifier(policy: policy).appraise(
        evidence: evidence, expectedReportData: nil, at: SimulatedFixture.time)
      claim(!result.checks.isEmpty, "an appraisal names its checks")
    }
  }
}

/// What a simulated vendor and its one chip make. Slow, and only for seeds.
enum SimulatedFixture {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)

  private static let chip = Result { try SimulatedVendor.make(at: time).makeChip(index: 0, at: time) }

  static func evidence() throws -> Evidence {
    let report = SimulatedReport(
      reportData: [UInt8](repeating: 7, count: 64), measurement: [UInt8](repeating: 0x4D, count: 48))
    return Evidence(
      platform: .sevSNP, report: try report.signed(by: try chip.get()), endorsements: try chip.get().endorsements)
  }

  @Sendable static func certificates() throws -> [[UInt8]] {
    let der = try chip.get().endorsements.prefix(3)
    let pem = der.map { certificate in
      "-----BEGIN CERTIFICATE-----\n"
        + Data(certificate).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        + "\n-----END CERTIFICATE-----\n"
    }
    return Array(der) + pem.map { Array($0.utf8) }
  }

  static func revocationList() throws -> [UInt8] { try chip.get().endorsements[3] }

  /// Two entries: leaf and authority.
  static func table() throws -> [UInt8] {
    let contents = try chip.get().endorsements.prefix(2)
    var header: [UInt8] = []
    var body: [UInt8] = []
    for (guid, content) in zip([SEVSNP.CertificateTable.vcek, SEVSNP.CertificateTable.ask], contents) {
      header += guid
      for value in [72 + body.count, content.count] {
        header += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      }
      body += content
    }
    return header + [UInt8](repeating: 0, count: 24) + body
  }

  static func evidenceBytes() throws -> [UInt8] {
    let evidence = try evidence()
    return evidence.report + evidence.endorsements.flatMap { $0 }
  }

  @Sendable static func policies() throws -> [[UInt8]] {
    var policy = AppraisalPolicy(
      referenceValues: ReferenceValues(sevSNPMeasurements: [[UInt8](repeating: 1, count: 48)]))
    policy.sevSNP.hosts = HostList(chipIdentifiers: [[UInt8](repeating: 2, count: 64)])
    policy.sevSNP.minimumTCB = [.milan: SEVSNP.TCBVersion(bootLoader: 1, tee: 2, snp: 3, microcode: 4)]
    policy.sevSNP.idKeyDigests = [[UInt8](repeating: 3, count: 48)]
    let policies = [policy, .strict, .authenticityOnly()]
    return policies.map(\.json.canonicalBytes) + [Array("{\"sevSNP\":{\"vmpl\":1,\"hosts\":null}}".utf8)]
  }
}
