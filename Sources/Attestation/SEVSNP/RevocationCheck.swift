extension SEVSNP.VerifiedChain {
  /// Clocks may differ by this many seconds.
  static let clockTolerance: Int64 = 300

  /// - Parameter time: seconds since 1970.
  func checkValidity(at time: Int64, _ recorder: inout CheckRecorder) {
    if certificates.contains(where: { $0.notAfter < time }) {
      recorder.fail(
        "validity", AttestationError(AttestationError.certificateExpired, "a certificate of the chain has expired"))
    } else {
      recorder.require(
        "validity", certificates.allSatisfy { $0.notBefore <= time }, else: AttestationError.certificateNotYetValid,
        "a certificate of the chain is not valid yet")
    }
  }

  /// A list revokes by serial number only what its own issuer issued.
  func checkRevocation(_ recorder: inout CheckRecorder) {
    let issued = certificates.filter { $0.issuer == root.subject }
    recorder.require(
      "revocation",
      !issued.contains { certificate in
        revocationLists.contains { $0.revokedSerialNumbers.contains(certificate.serialNumber) }
      }, else: AttestationError.certificateRevoked, "a certificate of the chain is revoked")
  }

  /// A list of the root must be there and new enough.
  ///
  /// - Parameters:
  ///   - largestAge: seconds; nil leaves the check out.
  ///   - time: seconds since 1970.
  func checkRevocationFreshness(largestAge: Int64?, at time: Int64, _ recorder: inout CheckRecorder) {
    guard let largestAge else { return }
    guard let newest = revocationLists.max(by: { $0.thisUpdate < $1.thisUpdate }) else {
      let error = AttestationError(
        AttestationError.revocationMissing, "endorsements hold no revocation list of the root")
      recorder.fail("revocation-freshness", error)
      return
    }
    guard newest.thisUpdate <= time + Self.clockTolerance else {
      let error = AttestationError(
        AttestationError.revocationNotYetValid, "revocation list was issued after the time of appraisal")
      recorder.fail("revocation-freshness", error)
      return
    }
    recorder.require(
      "revocation-freshness", newest.nextUpdate >= time && time - newest.thisUpdate <= largestAge,
      else: AttestationError.revocationStale, "revocation list is past its next update or \(largestAge) seconds")
  }
}
