import Crypto

extension SEVSNP {
  /// A report whose signature, signing key and chain fit. Only `init`, and so only the verifier, makes one; whether it
  /// is acceptable is for the rules of `AppraisalRules`.
  struct AuthenticatedReport: Sendable {
    let report: Report
    let chain: VerifiedChain

    var product: Product { chain.product }
    var reportedTCB: TCBVersion { TCBVersion(rawValue: report.reportedTCB, product: product) }
    var committedTCB: TCBVersion { TCBVersion(rawValue: report.committedTCB, product: product) }
    var currentTCB: TCBVersion { TCBVersion(rawValue: report.currentTCB, product: product) }
    var launchTCB: TCBVersion { TCBVersion(rawValue: report.launchTCB, product: product) }

    /// The chip that the leaf was issued for, 64 bytes and on Turin 8; nil for a VLEK, and there taken from the report
    /// unless it is masked.
    var chipIdentifier: [UInt8]? {
      if let identifier = chain.leafExtensions.hardwareIdentifier { return identifier }
      guard report.chipID.contains(where: { $0 != 0 }) else { return nil }
      return Array(report.chipID.prefix(product.hardwareIdentifierByteCount))
    }

    /// Checks the report against a chain that is already verified, one check after another.
    ///
    /// - Returns: nil if a check failed; every check is in `recorder`.
    init?(report: Report, chain: VerifiedChain, recorder: inout CheckRecorder) {
      self.report = report
      self.chain = chain
      let failuresBefore = recorder.failureCount
      recorder.require(
        "signature-algorithm", report.signatureAlgorithm == 1, else: AttestationError.signatureAlgorithm,
        "signature algorithm is \(report.signatureAlgorithm), expected 1")
      checkSigningKey(&recorder)
      recorder.require(
        "signature", Self.hasValidSignature(report, key: chain.leafKey), else: AttestationError.reportSignature,
        "signature of the report is not the leaf's")
      checkProduct(&recorder)
      let differing = chain.leafExtensions.tcb.componentsDiffering(from: reportedTCB)
      recorder.require(
        "tcb-certificate", differing.isEmpty, else: AttestationError.tcbCertificateMismatch,
        "reported TCB and certificate differ in \(differing.joined(separator: ", "))")
      checkChip(&recorder)
      guard recorder.failureCount == failuresBefore else { return nil }
    }

    private func checkSigningKey(_ recorder: inout CheckRecorder) {
      guard !report.isChipKeyMasked else {
        recorder.fail("signing-key", AttestationError(AttestationError.chipKeyMasked, "the chip's key is masked"))
        return
      }
      recorder.require(
        "signing-key", report.signingKey == chain.signingKey, else: AttestationError.signingKey,
        "report names another signing key than the leaf, a \(chain.signingKey.rawValue)")
    }

    private func checkProduct(_ recorder: inout CheckRecorder) {
      guard let processor = report.processor else {
        // Before version 3 a report does not name its processor: the certificate alone does.
        recorder.pass("product")
        return
      }
      guard let named = Product(family: processor.family, model: processor.model) else {
        recorder.fail(
          "product",
          AttestationError(
            AttestationError.productUnknown,
            "processor family \(processor.family) model \(processor.model) is no product that is known"))
        return
      }
      recorder.require(
        "product", named == product, else: AttestationError.productMismatch,
        "report is of product \(named.rawValue), its chain of \(product.rawValue)")
    }

    private func checkChip(_ recorder: inout CheckRecorder) {
      guard let identifier = chain.leafExtensions.hardwareIdentifier else {
        recorder.pass("chip")
        return
      }
      guard report.chipID.contains(where: { $0 != 0 }) else {
        recorder.fail("chip", AttestationError(AttestationError.chipMasked, "chip identifier is masked"))
        return
      }
      let padded = identifier + Array(repeating: 0, count: 64 - identifier.count)
      recorder.require(
        "chip", report.chipID.elementsEqual(padded), else: AttestationError.chipMismatch,
        "chip identifiers of report and certificate differ")
    }

    /// ECDSA on P-384 with SHA-384; r and s come least significant byte first in 72 bytes each, the upper 24 zero, and
    /// so is what follows them, which nothing signs.
    private static func hasValidSignature(_ report: Report, key: P384.Signing.PublicKey) -> Bool {
      let r = report.signature.prefix(72)
      let s = report.signature.suffix(72)
      let unused = [r.dropFirst(48), s.dropFirst(48), report.afterSignature]
      guard unused.allSatisfy({ $0.allSatisfy { $0 == 0 } }) else { return false }
      let rawRepresentation = Array(r.prefix(48).reversed()) + Array(s.prefix(48).reversed())
      guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: rawRepresentation) else { return false }
      return key.isValidSignature(signature, for: report.signedBytes)
    }
  }
}
