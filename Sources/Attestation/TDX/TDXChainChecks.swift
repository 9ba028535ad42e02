import X509

// What is checked of a verified chain at each appraisal, cached or not.
extension TDX.VerifiedChain {
  /// Clocks may differ by this many seconds.
  static let clockTolerance: Int64 = 300

  /// A list revokes by serial number only what its own issuer issued.
  func checkRevocation(_ recorder: inout CheckRecorder) {
    let issuedByRoot = [path.certificates[1]] + (collateral?.signers.map(\.leaf) ?? [])
    let isRevoked =
      issuedByRoot.contains { certificate in rootLists.contains { $0.revokes(certificate) } }
      || certificateLists.contains { $0.revokes(path.leaf) }
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
        guard let newest = lists.max(by: { $0.thisUpdate < $1.thisUpdate }) else {
          throw AttestationError(
            AttestationError.revocationMissing,
            "endorsements hold no revocation list of the root or of the PCK's issuer")
        }
        guard newest.thisUpdate <= time + Self.clockTolerance else {
          throw AttestationError(
            AttestationError.revocationNotYetValid, "a revocation list was issued after the time of appraisal")
        }
        guard newest.nextUpdate >= time, time - newest.thisUpdate <= largestAge else {
          throw AttestationError(
            AttestationError.revocationStale, "a revocation list is past its next update or \(largestAge) seconds")
        }
      }
    }
  }
}

extension TDX.VerifiedCollateral {
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
        guard issued.seconds <= time + TDX.VerifiedChain.clockTolerance else {
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

extension CheckRecorder {
  /// Passes unless the body throws, and then fails with what it threw.
  mutating func check(_ name: String, _ body: () throws(AttestationError) -> Void) {
    do {
      try body()
      pass(name)
    } catch {
      fail(name, error)
    }
  }
}

extension CertificateRevocationList {
  fileprivate func revokes(_ certificate: VendorCertificate) -> Bool {
    let magnitude = Array(certificate.certificate.serialNumber.bytes.drop { $0 == 0 })
    // An INTEGER has a zero before a first byte that would make it negative.
    return revokedSerialNumbers.contains(magnitude) || revokedSerialNumbers.contains([0] + magnitude)
  }
}
