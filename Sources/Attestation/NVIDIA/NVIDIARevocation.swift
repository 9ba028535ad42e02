import Crypto
import X509

extension NVIDIA.DeviceChain {
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
        lists(for: issuer).contains { $0.revokes(serialNumber: certificate.serialNumberBytes) }
      }, else: AttestationError.certificateRevoked, "a certificate of the chain is revoked")
  }

  /// Each certificate that names a list must come with one of its issuer that is new enough.
  ///
  /// - Parameters:
  ///   - largestAge: seconds; nil leaves the check out.
  ///   - time: seconds since 1970.
  func checkRevocationFreshness(largestAge: Int64?, at time: Int64, _ recorder: inout CheckRecorder) {
    guard let largestAge else { return }
    recorder.check("revocation-freshness") { () throws(AttestationError) in
      for (certificate, issuer) in issued where certificate.namesRevocationList {
        try lists(for: issuer).requireNewest(largestAge: largestAge, at: time)
      }
    }
  }
}
