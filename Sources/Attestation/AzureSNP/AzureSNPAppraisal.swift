extension EvidenceVerifier {
  /// The paravisor's report is appraised by every rule of SEV-SNP; then what it binds.
  ///
  /// - Parameter time: seconds since 1970.
  func appraiseAzureSNP(_ evidence: Evidence, expecting expected: ExpectedValues, at time: Int64) -> AttestationResult {
    let hcl: AzureSNP.HCLReport
    do {
      hcl = try AzureSNP.HCLReport(parsing: evidence.report)
    } catch {
      return AttestationResult(unreadable: error)
    }
    var recorder = beginSEVSNPChecks(.azureSNP, expecting: expected)
    if expected.nonce == nil { recorder.skip("quote-nonce") }
    guard let authenticated = authenticateSEVSNP(hcl.report, evidence.endorsements, at: time, &recorder),
      let runtime = AzureSNP.AuthenticatedRuntime(
        hcl.report, runtimeData: hcl.runtimeData, supplement: evidence.supplement, recorder: &recorder)
    else { return AttestationResult(checks: recorder.checks) }
    if let expectedReportData = expected.reportData {
      recorder.require(
        "report-data", runtime.data.userData == expectedReportData, else: AttestationError.reportData,
        "user data is not what was expected")
    }
    checkSEVSNPRules(authenticated, at: time, &recorder)
    policy.azureSNP.checkQuote(
      runtime.quote, nonce: expected.nonce, referenceValues: policy.referenceValues, &recorder)
    policy.azureSNP.vmConfiguration?.check(runtime.data, &recorder)
    return AttestationResult(
      checks: recorder.checks, claims: authenticated.claims.merging(runtime.claims) { $1 },
      chipIdentifier: authenticated.chipIdentifier, measurement: Array(hcl.report.measurement),
      isSimulated: authenticated.chain.trustedRoot == .simulated)
  }
}
