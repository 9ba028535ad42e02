extension EvidenceVerifier {
  /// - Parameter time: seconds since 1970.
  func appraiseNitro(_ evidence: Evidence, expecting expected: ExpectedValues, at time: Int64) -> AttestationResult {
    let envelope: Nitro.Envelope
    let document: Nitro.Document
    do {
      envelope = try Nitro.Envelope(parsing: evidence.report)
      document = try Nitro.Document(parsing: envelope.payload)
    } catch {
      return AttestationResult(unreadable: error)
    }
    var recorder = CheckRecorder()
    for name in policy.leftOutChecks(.nitro) { recorder.skip(name) }
    for (name, value) in [
      ("report-data", expected.reportData), ("nonce", expected.nonce), ("public-key", expected.publicKey),
    ] where value == nil { recorder.skip(name) }
    if let values = policy.referenceValues {
      recorder.require(
        "reference-values", !values.isEmpty(for: .nitro), else: AttestationError.noReferenceValues,
        "policy names no measurement for this platform")
    }
    guard let authenticated = authenticate(envelope, document, evidence.endorsements, at: time, &recorder) else {
      return AttestationResult(checks: recorder.checks)
    }
    document.checkBinding(expected, &recorder)
    policy.nitro.check(authenticated, referenceValues: policy.referenceValues, at: time, &recorder)
    return AttestationResult(
      checks: recorder.checks, claims: authenticated.claims, chipIdentifier: authenticated.chipIdentifier,
      measurement: document.imageMeasurement, isSimulated: authenticated.path.trustedRoot == .simulated)
  }

  /// Chain, times, revocation and signature; nil if one of them fails.
  private func authenticate(
    _ envelope: Nitro.Envelope, _ document: Nitro.Document, _ endorsements: [[UInt8]], at time: Int64,
    _ recorder: inout CheckRecorder
  ) -> Nitro.AuthenticatedDocument? {
    let failuresBefore = recorder.failureCount
    let path: CertificatePath
    let lists: [CertificateRevocationList]
    do {
      path = try Nitro.path(document, anchors: policy.anchors)
      lists = try Nitro.revocationLists(endorsements, path)
      recorder.pass("chain")
    } catch {
      recorder.fail("chain", error)
      return nil
    }
    path.checkValidity(at: time, &recorder)
    recorder.require(
      "revocation", !path.isRevoked(by: lists), else: AttestationError.certificateRevoked,
      "a certificate of the chain is revoked")
    let authenticated = Nitro.AuthenticatedDocument(
      envelope: envelope, document: document, path: path, recorder: &recorder)
    return recorder.failureCount == failuresBefore ? authenticated : nil
  }
}

extension Nitro.Document {
  /// What the relying party asked the enclave to bind. A member that the document lacks is no match.
  fileprivate func checkBinding(_ expected: ExpectedValues, _ recorder: inout CheckRecorder) {
    if let value = expected.reportData {
      recorder.require(
        "report-data", userData == value, else: AttestationError.reportData, "user_data is not what was expected")
    }
    if let value = expected.nonce {
      recorder.require("nonce", nonce == value, else: AttestationError.nitroNonce, "nonce is not what was expected")
    }
    if let value = expected.publicKey {
      recorder.require(
        "public-key", publicKey == value, else: AttestationError.nitroPublicKey, "public_key is not what was expected")
    }
  }
}
