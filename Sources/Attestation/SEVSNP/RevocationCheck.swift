extension SEVSNP.VerifiedChain {
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
        revocationLists.contains { $0.revokes(serialNumber: certificate.serialNumber) }
      }, else: AttestationError.certificateRevoked, "a certificate of the chain is revoked")
  }

  /// A list of the root must be there and new enough.
  ///
  /// - Parameters:
  ///   - largestAge: seconds; nil leaves the check out.
  ///   - time: seconds since 1970.
  func checkRevocationFreshness(largestAge: Int64?, at time: Int64, _ recorder: inout CheckRecorder) {
    guard let largestAge else { return }
    recorder.check("revocation-freshness") { () throws(AttestationError) in
      try revocationLists.requireNewest(largestAge: largestAge, at: time)
    }
  }
}
