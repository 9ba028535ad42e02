import Crypto
import X509

extension NVIDIA.DeviceChain {
  /// Clocks may differ by this many seconds.
  private static let clockTolerance: Int64 = 300

  /// The lists of the chain's authorities; lists of others say nothing of it and are passed over.
  ///
  /// - Throws: `revocation-list-signature`.
  static func verifiedLists(
    _ lists: [CertificateRevocationList], _ path: CertificatePath
  ) throws(AttestationError) -> [CertificateRevocationList] {
    var verified: [CertificateRevocationList] = []
    for list in lists {
      guard let issuer = path.certificates.first(where: { $0.isAuthority && $0.subjectBytes == list.issuer.derBytes })
      else { continue }
      guard let key = P384.Signing.PublicKey(issuer.certificate.publicKey), list.isSigned(by: key) else {
        throw AttestationError(
          AttestationError.revocationSignature, "signature of a revocation list is not its issuer's")
      }
      verified.append(list)
    }
    return verified
  }

  private func lists(for issuer: VendorCertificate) -> [CertificateRevocationList] {
    revocationLists.filter { $0.issuer.derBytes == issuer.subjectBytes }
  }

  /// Each certificate with the one that issued it.
  private var issued: [(certificate: VendorCertificate, issuer: VendorCertificate)] {
    zip(path.certificates, path.certificates.dropFirst()).map { ($0, $1) }
  }

  /// A list revokes by serial number only what its own issuer issued.
  func checkRevocation(_ recorder: inout CheckRecorder) {
    recorder.require(
      "revocation",
      !issued.contains { certificate, issuer in
        let serialNumber = certificate.serialNumberBytes
        return lists(for: issuer).contains { list in
          list.revokedSerialNumbers.contains { $0.drop { $0 == 0 }.elementsEqual(serialNumber) }
        }
      }, else: AttestationError.certificateRevoked, "a certificate of the chain is revoked")
  }

  /// Each certificate that names a list must come with one of its issuer that is new enough.
  ///
  /// - Parameters:
  ///   - largestAge: seconds; nil leaves the check out.
  ///   - time: seconds since 1970.
  func checkRevocationFreshness(largestAge: Int64?, at time: Int64, _ recorder: inout CheckRecorder) {
    guard let largestAge else { return }
    for (certificate, issuer) in issued where certificate.namesRevocationList {
      guard let newest = lists(for: issuer).max(by: { $0.thisUpdate < $1.thisUpdate }) else {
        recorder.fail(
          "revocation-freshness",
          AttestationError(
            AttestationError.revocationMissing, "endorsements lack a revocation list that a certificate names"))
        return
      }
      guard newest.thisUpdate <= time + Self.clockTolerance else {
        recorder.fail(
          "revocation-freshness",
          AttestationError(
            AttestationError.revocationNotYetValid, "revocation list was issued after the time of appraisal"))
        return
      }
      guard newest.nextUpdate >= time, time - newest.thisUpdate <= largestAge else {
        recorder.fail(
          "revocation-freshness",
          AttestationError(
            AttestationError.revocationStale, "revocation list is past its next update or \(largestAge) seconds"))
        return
      }
    }
    recorder.pass("revocation-freshness")
  }
}
