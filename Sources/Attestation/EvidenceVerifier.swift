public import Foundation

/// Appraises evidence under one policy (RFC 9334, section 2): first whether it is authentic, then whether it is
/// acceptable. It asks nobody: endorsements travel with the evidence, and the time is the caller's.
public struct EvidenceVerifier: Sendable {
  public let policy: AppraisalPolicy
  private let cache: VerifiedChainCache?

  /// - Parameter cache: shared by verifiers that see the same chains again; nil verifies each chain anew.
  public init(policy: AppraisalPolicy, cache: VerifiedChainCache? = nil) {
    self.policy = policy
    self.cache = cache
  }

  /// - Parameters:
  ///   - expectedReportData: 64 bytes that the report must carry; nil leaves the check out and the result says so.
  ///   - time: the instant at which certificates and lists must be valid; not the time of the evidence's host.
  public func appraise(
    evidence: Evidence, expectedReportData: [UInt8]?, at time: Date
  ) -> AttestationResult {
    switch evidence.platform {
    case .sevSNP: appraiseSEVSNP(evidence, expectedReportData: expectedReportData, at: Self.seconds(time))
    }
  }

  /// Whole seconds since 1970; instants that no certificate can name are cut off, and what is no number is the latest.
  private static func seconds(_ time: Date) -> Int64 {
    let seconds = time.timeIntervalSince1970
    return seconds.isNaN ? 1_000_000_000_000 : Int64(min(max(seconds, -1e12), 1e12).rounded(.down))
  }

  private func appraiseSEVSNP(
    _ evidence: Evidence, expectedReportData: [UInt8]?, at time: Int64
  ) -> AttestationResult {
    let report: SEVSNP.Report
    do {
      report = try SEVSNP.Report(parsing: evidence.report)
    } catch {
      return AttestationResult(checks: [.init(name: "form", outcome: .failed(error))], isMalformed: true)
    }
    var recorder = CheckRecorder()
    for name in policy.leftOutChecks(.sevSNP) { recorder.skip(name) }
    if expectedReportData == nil { recorder.skip("report-data") }
    if let values = policy.referenceValues {
      recorder.require(
        "reference-values", !values.isEmpty(for: .sevSNP), else: AttestationError.noReferenceValues,
        "policy names no measurement for this platform")
    }
    guard let authenticated = authenticate(report, evidence.endorsements, at: time, &recorder) else {
      return AttestationResult(checks: recorder.checks)
    }
    if let expectedReportData {
      recorder.require(
        "report-data", report.reportData.elementsEqual(expectedReportData), else: AttestationError.reportData,
        "REPORT_DATA is not what was expected")
    }
    let rules = policy.sevSNP
    authenticated.chain.checkRevocationFreshness(largestAge: rules.largestRevocationListAge, at: time, &recorder)
    rules.checkForm(report, &recorder)
    rules.checkChip(authenticated, &recorder)
    rules.checkTCB(authenticated, &recorder)
    rules.guestPolicy?.check(report, &recorder)
    rules.platformInfo?.check(report, &recorder)
    rules.checkLaunch(report, referenceValues: policy.referenceValues, &recorder)
    return AttestationResult(
      checks: recorder.checks, claims: authenticated.claims, chipIdentifier: authenticated.chipIdentifier,
      measurement: Array(report.measurement), isSimulated: policy.isSimulated)
  }

  /// Chain, times, revocation and signature; nil if one of them fails.
  private func authenticate(
    _ report: SEVSNP.Report, _ pieces: [[UInt8]], at time: Int64, _ recorder: inout CheckRecorder
  ) -> SEVSNP.AuthenticatedReport? {
    let failuresBefore = recorder.failureCount
    let chain: SEVSNP.VerifiedChain
    do {
      chain = try verifiedChain(for: report, pieces)
      recorder.pass("chain")
    } catch {
      recorder.fail("chain", error)
      return nil
    }
    chain.checkValidity(at: time, &recorder)
    chain.checkRevocation(&recorder)
    let authenticated = SEVSNP.AuthenticatedReport(report: report, chain: chain, recorder: &recorder)
    return recorder.failureCount == failuresBefore ? authenticated : nil
  }

  private func verifiedChain(
    for report: SEVSNP.Report, _ pieces: [[UInt8]]
  ) throws(AttestationError) -> SEVSNP.VerifiedChain {
    guard let cache else { return try verifiedChain(for: report, try Endorsements(parsing: pieces)) }
    let key = VerifiedChainCache.key(pieces, anchors: policy.anchors)
    if let entry = cache.entry(key) {
      let leaf = try entry.endorsements.leaf(for: report)
      if let chain = entry.chains[leaf.derBytes] { return chain }
    }
    let endorsements = try Endorsements(parsing: pieces)
    let chain = try verifiedChain(for: report, endorsements)
    cache.insert(chain, endorsements: endorsements, key: key)
    return chain
  }

  private func verifiedChain(
    for report: SEVSNP.Report, _ endorsements: Endorsements
  ) throws(AttestationError) -> SEVSNP.VerifiedChain {
    try SEVSNP.VerifiedChain(
      leaf: try endorsements.leaf(for: report), endorsements: endorsements, anchors: policy.anchors)
  }
}
