import ErrorCodes

extension Nitro.AppraisalRules {
  /// Clocks may differ by this many seconds.
  static let clockTolerance: Int64 = 300

  /// - Parameter time: seconds since 1970.
  func check(
    _ authenticated: Nitro.AuthenticatedDocument, referenceValues: ReferenceValues?, at time: Int64,
    _ recorder: inout CheckRecorder
  ) {
    let document = authenticated.document
    checkAge(document, at: time, &recorder)
    if refusesDebugMode {
      recorder.require(
        "debug-mode", !document.isDebug, else: AttestationError.nitroDebug,
        "PCR0, PCR1 or PCR2 is zero, as in debug mode")
    }
    if let pcrs {
      let refused = pcrs.filter { index, values in !values.contains(document.pcrs[index] ?? []) }.keys.sorted()
      recorder.require(
        "pcrs", refused.isEmpty, else: AttestationError.nitroPCR,
        "PCR \(refused.map(String.init).joined(separator: ", ")) is not what the policy names")
    }
    checkInstance(authenticated, &recorder)
    // Without any reference value the refusal has a code of its own, which stands first.
    if let referenceValues, !referenceValues.isEmpty(for: .nitro) {
      recorder.require(
        "measurement", document.measurements.map(referenceValues.nitroMeasurements.contains) ?? false,
        else: AttestationError.measurement, "PCR0, PCR1 and PCR2 are none of the reference values")
    }
  }

  /// The timestamp is the hypervisor's and signed, so the enclave's host cannot set it; the time is the verifier's.
  private func checkAge(_ document: Nitro.Document, at time: Int64, _ recorder: inout CheckRecorder) {
    guard let largestDocumentAge else { return }
    let made = Int64(clamping: document.timestamp / 1000)
    guard made <= time + Self.clockTolerance else {
      recorder.fail(
        "document-age",
        AttestationError(AttestationError.nitroFuture, "document was made after the time of appraisal"))
      return
    }
    recorder.require(
      "document-age", time - made <= largestDocumentAge, else: AttestationError.nitroStale,
      "document is \(time - made) seconds old, at most \(largestDocumentAge) are allowed")
  }

  private func checkInstance(_ authenticated: Nitro.AuthenticatedDocument, _ recorder: inout CheckRecorder) {
    if let hosts {
      recorder.require(
        "host-list", hosts.contains(authenticated.chipIdentifier), else: AttestationError.chipUnlisted,
        "instance is not in the host list")
    }
    if let revokedChips {
      recorder.require(
        "revoked-chips", !revokedChips.contains(authenticated.chipIdentifier), else: AttestationError.chipRevoked,
        "instance is revoked")
    }
  }
}
