// What is checked of a verified chain at each appraisal, cached or not.
extension TDX.VerifiedChain {
  /// A list revokes by serial number only what its own issuer issued.
  func checkRevocation(_ recorder: inout CheckRecorder) {
    let issuedByRoot = [path.certificates[1]] + (collateral?.signers.map(\.leaf) ?? [])
    let isRevoked =
      issuedByRoot.contains { certificate in
        rootLists.contains { $0.revokes(serialNumber: certificate.serialNumberBytes) }
      }
      || certificateLists.contains { $0.revokes(serialNumber: path.leaf.serialNumberBytes) }
    recorder.require(
      "revocation", !isRevoked, else: AttestationError.certificateRevoked, "a certificate of the chain is revoked")
  }

  /// A list of each issuer must be there and new enough.
  ///
  /// - Parameters:
  ///   - largestAge: seconds.
  ///   - time: seconds since 1970.
  func checkRevocationFreshness(largestAge: Int64, at time: Int64, _ recorder: inout CheckRecorder) {
    recorder.check("revocation-freshness") { () throws(AttestationError) in
      for lists in [rootLists, certificateLists] {
        try lists.requireNewest(largestAge: largestAge, at: time)
      }
    }
  }
}

extension TDX.VerifiedCollateral {
  /// Clocks may differ by this many seconds.
  private static let clockTolerance: Int64 = 300

  /// Both texts must be within their windows and new enough, and their signer valid.
  ///
  /// - Parameters:
  ///   - largestAge: seconds.
  ///   - time: seconds since 1970.
  func checkFreshness(largestAge: Int64, at time: Int64, _ recorder: inout CheckRecorder) {
    recorder.check("collateral-freshness") { () throws(AttestationError) in
      for (issued, next) in [
        (tcbInfo.issueDate, tcbInfo.nextUpdate), (enclaveIdentity.issueDate, enclaveIdentity.nextUpdate),
      ] {
        guard issued.seconds <= time + Self.clockTolerance else {
          throw AttestationError(
            AttestationError.collateralNotYetValid, "collateral was issued after the time of appraisal")
        }
        guard next.seconds >= time, time - issued.seconds <= largestAge else {
          throw AttestationError(
            AttestationError.collateralStale, "collateral is past its next update or \(largestAge) seconds")
        }
      }
      for certificate in signers.flatMap(\.certificates) {
        guard certificate.notAfter >= time else {
          throw AttestationError(AttestationError.certificateExpired, "a signer of collateral has expired")
        }
        guard certificate.notBefore <= time else {
          throw AttestationError(AttestationError.certificateNotYetValid, "a signer of collateral is not valid yet")
        }
      }
    }
  }
}
