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

  /// Lists of other roots are passed over. A list revokes by serial number only what its own issuer issued.
  func checkRevocation(
    lists: [CertificateRevocationList], largestAge: Int64?, at time: Int64, _ recorder: inout CheckRecorder
  ) {
    let ownLists = lists.filter { $0.issuer == root.subject }
    guard ownLists.allSatisfy({ rootKey.isValidPSSSignature($0.signature, for: $0.tbsBytes) }) else {
      let error = AttestationError(
        AttestationError.revocationSignature, "signature of a revocation list is not its issuer's")
      recorder.fail("revocation", error)
      return
    }
    let issued = certificates.filter { $0.issuer == root.subject }
    recorder.require(
      "revocation",
      !issued.contains { certificate in
        ownLists.contains { $0.revokedSerialNumbers.contains(certificate.serialNumber) }
      }, else: AttestationError.certificateRevoked, "a certificate of the chain is revoked")

    guard let largestAge else { return }
    guard let newest = ownLists.max(by: { $0.thisUpdate < $1.thisUpdate }) else {
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
