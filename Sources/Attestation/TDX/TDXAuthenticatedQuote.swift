import Crypto

extension TDX {
  /// A quote whose signature, key, quoting enclave and chain fit. Only `init`, and so only the verifier, makes one;
  /// whether it is acceptable is for the rules of `AppraisalRules`.
  struct AuthenticatedQuote: Sendable {
    let quote: Quote
    let chain: VerifiedChain
    /// Nil without collateral.
    let assessment: TCBAssessment?

    /// Checks the quote against a chain that is already verified, one check after another.
    ///
    /// - Returns: nil if a check failed; every check is in `recorder`.
    init?(quote: Quote, chain: VerifiedChain, recorder: inout CheckRecorder) {
      let failuresBefore = recorder.failureCount
      let report = quote.quotingEnclaveReport
      recorder.require(
        "qe-report-signature", Self.isValid(quote.quotingEnclaveSignature, over: report.bytes, by: chain.leafKey),
        else: AttestationError.quotingEnclaveSignature, "signature of the QE report is not the PCK's")
      recorder.require(
        "attestation-key", report.reportData.elementsEqual(Self.keyBinding(quote)),
        else: AttestationError.attestationKey, "QE report does not name the attestation key")
      let key = try? P256.Signing.PublicKey(rawRepresentation: quote.attestationKey)
      recorder.require(
        "signature", key.map { Self.isValid(quote.signature, over: quote.signedBytes, by: $0) } ?? false,
        else: AttestationError.reportSignature, "signature of the quote is not the attestation key's")
      let isKnown = report.isOfQuotingEnclave(isSimulated: chain.path.trustedRoot == .simulated)
      if let identity = chain.collateral?.enclaveIdentity {
        let differences = identity.differences(from: report)
        recorder.require(
          "qe-identity", differences.isEmpty && isKnown, else: AttestationError.quotingEnclaveIdentity,
          "QE report differs from the QE identity in \(differences.joined(separator: ", "))")
      } else {
        // The PCK signs for any enclave that may ask its platform: without a QE identity its signer must still be known.
        recorder.require(
          "quoting-enclave", isKnown, else: AttestationError.quotingEnclaveIdentity,
          "QE report is not of the vendor's quoting enclave for TDX")
      }
      guard recorder.failureCount == failuresBefore else { return nil }
      self.quote = quote
      self.chain = chain
      assessment = chain.collateral.map {
        TCBAssessment(quote.body, enclave: report, platform: chain.platform, collateral: $0)
      }
    }

    /// SHA-256 of key and authentication data, then zeros.
    private static func keyBinding(_ quote: Quote) -> [UInt8] {
      Array(SHA256.hash(data: quote.attestationKey + quote.authenticationData)) + Array(repeating: 0, count: 32)
    }

    private static func isValid(
      _ signature: ArraySlice<UInt8>, over bytes: ArraySlice<UInt8>, by key: P256.Signing.PublicKey
    ) -> Bool {
      guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: bytes)
    }
  }
}
