extension EvidenceVerifier {
  /// - Parameter time: seconds since 1970.
  func appraiseNVIDIA(_ evidence: Evidence, expecting expected: ExpectedValues, at time: Int64) -> AttestationResult {
    let report: NVIDIA.Report
    do {
      report = try NVIDIA.Report(parsing: evidence.report, platform: evidence.platform)
    } catch {
      return AttestationResult(unreadable: error)
    }
    var recorder = CheckRecorder()
    for name in policy.leftOutChecks(evidence.platform) { recorder.skip(name) }
    let nonces = [expected.nonce, expected.reportData].compactMap { $0 }
    if nonces.isEmpty { recorder.skip("nonce") }
    if let values = policy.referenceValues {
      recorder.require(
        "reference-values", !values.isEmpty(for: evidence.platform), else: AttestationError.noReferenceValues,
        "policy names no measurement for this platform")
    }
    guard let authenticated = authenticate(report, evidence, at: time, &recorder) else {
      return AttestationResult(checks: recorder.checks)
    }
    if !nonces.isEmpty {
      recorder.require(
        "nonce", nonces.allSatisfy { $0 == report.nonce }, else: AttestationError.spdmNonce,
        "nonce is not what was expected")
    }
    let rules = policy.nvidia
    authenticated.chain.checkRevocationFreshness(largestAge: rules.largestRevocationListAge, at: time, &recorder)
    rules.checkForm(report, &recorder)
    rules.checkDevice(authenticated.chain, &recorder)
    rules.checkMode(report, &recorder)
    rules.checkTopology(report.opaque, &recorder)
    rules.checkMeasurements(report, referenceValues: policy.referenceValues, &recorder)
    return AttestationResult(
      checks: recorder.checks, claims: authenticated.claims, chipIdentifier: authenticated.chain.chipIdentifier,
      measurement: authenticated.measurement, isSimulated: authenticated.chain.path.trustedRoot == .simulated)
  }

  /// Chain, times, revocation, signature and firmware; nil if one of them fails.
  private func authenticate(
    _ report: NVIDIA.Report, _ evidence: Evidence, at time: Int64, _ recorder: inout CheckRecorder
  ) -> NVIDIA.AuthenticatedReport? {
    let failuresBefore = recorder.failureCount
    let chain: NVIDIA.DeviceChain
    do {
      let endorsements = try NVIDIA.Endorsements(parsing: evidence.endorsements)
      chain = try NVIDIA.DeviceChain(
        leaf: try endorsements.leaf(for: report), endorsements: endorsements, platform: evidence.platform,
        anchors: policy.anchors)
      recorder.pass("chain")
    } catch {
      recorder.fail("chain", error)
      return nil
    }
    chain.path.checkValidity(at: time, &recorder)
    chain.checkRevocation(&recorder)
    let authenticated = NVIDIA.AuthenticatedReport(report: report, chain: chain, recorder: &recorder)
    return recorder.failureCount == failuresBefore ? authenticated : nil
  }
}
