extension EvidenceVerifier {
  /// - Parameter time: seconds since 1970.
  func appraiseNitro(_ evidence: Evidence, expecting expected: ExpectedValues, at time: Int64) -> AttestationResult {
    AttestationResult(
      refusal: AttestationError(AttestationError.platformUnsupported, "platform is not supported"), check: "form")
  }
}
