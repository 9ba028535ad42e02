extension EvidenceVerifier {
  /// - Parameter time: seconds since 1970.
  func appraiseSEVSNP(_ evidence: Evidence, expecting expected: ExpectedValues, at time: Int64) -> AttestationResult {
    let report: SEVSNP.Report
    do {
      report = try SEVSNP.Report(parsing: evidence.report)
    } catch {
      return AttestationResult(unreadable: error)
    }
    var recorder = beginSEVSNPChecks(.sevSNP, expecting: expected)
    guard let authenticated = authenticateSEVSNP(report, evidence.endorsements, at: time, &recorder) else {
      return AttestationResult(checks: recorder.checks)
    }
    if let expectedReportData = expected.reportData {
      recorder.require(
        "report-data", report.reportData.elementsEqual(expectedReportData), else: AttestationError.reportData,
        "REPORT_DATA is not what was expected")
    }
    checkSEVSNPRules(authenticated, at: time, &recorder)
    return AttestationResult(
      checks: recorder.checks, claims: authenticated.claims, chipIdentifier: authenticated.chipIdentifier,
      measurement: Array(report.measurement), isSimulated: authenticated.chain.trustedRoot == .simulated)
  }
}

// What evidence of SEV-SNP and of Azure's paravisor above it have in common.
extension EvidenceVerifier {
  /// Names what the policy and the caller leave out, and asks for reference values.
  func beginSEVSNPChecks(_ platform: Platform, expecting expected: ExpectedValues) -> CheckRecorder {
    var recorder = CheckRecorder()
    for name in policy.leftOutChecks(platform) { recorder.skip(name) }
    if expected.reportData == nil { recorder.skip("report-data") }
    if let values = policy.referenceValues {
      recorder.require(
        "reference-values", !values.isEmpty(for: platform), else: AttestationError.noReferenceValues,
        "policy names no measurement for this platform")
    }
    return recorder
  }

  /// Chain, times, revocation and signature; nil if one of them fails.
  func authenticateSEVSNP(
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

  /// Every rule of `SEVSNP.AppraisalRules`.
  func checkSEVSNPRules(
    _ authenticated: SEVSNP.AuthenticatedReport, at time: Int64, _ recorder: inout CheckRecorder
  ) {
    let rules = policy.sevSNP
    let report = authenticated.report
    authenticated.chain.checkRevocationFreshness(largestAge: rules.largestRevocationListAge, at: time, &recorder)
    rules.checkForm(report, &recorder)
    rules.checkChip(authenticated, &recorder)
    rules.checkTCB(authenticated, &recorder)
    rules.checkTCBOrder(authenticated, &recorder)
    rules.guestPolicy?.check(report, &recorder)
    rules.platformInfo?.check(report, &recorder)
    rules.checkLaunch(report, referenceValues: policy.referenceValues, &recorder)
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
