extension EvidenceVerifier {
  /// - Parameter time: seconds since 1970.
  func appraiseTDX(_ evidence: Evidence, expecting expected: ExpectedValues, at time: Int64) -> AttestationResult {
    let quote: TDX.Quote
    do {
      quote = try TDX.Quote(parsing: evidence.report)
    } catch {
      return AttestationResult(unreadable: error)
    }
    var recorder = CheckRecorder()
    let rules = policy.tdx
    for name in policy.leftOutChecks(.tdx) { recorder.skip(name) }
    if expected.reportData == nil { recorder.skip("report-data") }
    if evidence.supplement == nil, !rules.requiresEventLog { recorder.skip("event-log") }
    if let values = policy.referenceValues {
      recorder.require(
        "reference-values", !values.isEmpty(for: .tdx), else: AttestationError.noReferenceValues,
        "policy names no measurement for this platform")
    }
    guard let authenticated = authenticate(quote, evidence.endorsements, at: time, &recorder) else {
      return AttestationResult(checks: recorder.checks)
    }
    if let expectedReportData = expected.reportData {
      recorder.require(
        "report-data", quote.body.reportData.elementsEqual(expectedReportData), else: AttestationError.reportData,
        "REPORT_DATA is not what was expected")
    }
    rules.checkForm(quote, &recorder)
    rules.checkCollateral(authenticated, at: time, &recorder)
    rules.checkMachine(authenticated.chain.platform, &recorder)
    rules.attributes?.check(quote.body, &recorder)
    rules.xfam?.check(quote.body, &recorder)
    rules.checkLaunch(quote.body, referenceValues: policy.referenceValues, &recorder)
    rules.checkEventLog(evidence.supplement, quote.body, &recorder)
    return AttestationResult(
      checks: recorder.checks, claims: authenticated.claims, chipIdentifier: authenticated.chain.platform.ppid,
      measurement: Array(quote.body.mrtd), isSimulated: authenticated.chain.path.trustedRoot == .simulated)
  }

  /// Chain, times, revocation and signatures; nil if one of them fails.
  private func authenticate(
    _ quote: TDX.Quote, _ pieces: [[UInt8]], at time: Int64, _ recorder: inout CheckRecorder
  ) -> TDX.AuthenticatedQuote? {
    let failuresBefore = recorder.failureCount
    let chain: TDX.VerifiedChain
    do {
      chain = try verifiedChain(quote, pieces)
      recorder.pass("chain")
    } catch {
      recorder.fail("chain", error)
      return nil
    }
    if chain.collateral == nil { recorder.skip("qe-identity") }
    chain.path.checkValidity(at: time, &recorder)
    chain.checkRevocation(&recorder)
    let authenticated = TDX.AuthenticatedQuote(quote: quote, chain: chain, recorder: &recorder)
    return recorder.failureCount == failuresBefore ? authenticated : nil
  }

  private func verifiedChain(_ quote: TDX.Quote, _ pieces: [[UInt8]]) throws(AttestationError) -> TDX.VerifiedChain {
    guard let cache else {
      return try TDX.VerifiedChain(quote: quote, endorsements: pieces, anchors: policy.anchors)
    }
    let key = VerifiedChainCache.key(pieces + [Array(quote.certificationData)], anchors: policy.anchors)
    if let chain = cache.tdx.chain(key) { return chain }
    let chain = try TDX.VerifiedChain(quote: quote, endorsements: pieces, anchors: policy.anchors)
    cache.tdx.insert(chain, key: key, entryLimit: cache.entryLimit)
    return chain
  }
}
