public import ErrorCodes

extension AttestationError {
  /// The bytes are no COSE_Sign1 as AWS writes it.
  public static let nitroEnvelope = ErrorCode("nitro-envelope-malformed")
  /// What is signed is no attestation document: a member is missing, unknown, double, of another type or length.
  public static let nitroDocument = ErrorCode("nitro-document-malformed")
  /// The CA bundle is not the chain above the leaf, root first.
  public static let nitroBundle = ErrorCode("nitro-bundle-order")
  /// Module, certificates and PCR4 do not name one and the same parent instance.
  public static let nitroInstance = ErrorCode("nitro-instance-mismatch")
  /// The document's nonce is not the one that was asked for, or is missing.
  public static let nitroNonce = ErrorCode("nitro-nonce-mismatch")
  /// The document's public key is not the one that was asked for, or is missing.
  public static let nitroPublicKey = ErrorCode("nitro-public-key-mismatch")
  /// The document is older than the policy allows.
  public static let nitroStale = ErrorCode("nitro-document-stale")
  /// The document was made after the time of appraisal.
  public static let nitroFuture = ErrorCode("nitro-document-from-the-future")
  /// PCR0, PCR1 or PCR2 is zero: whoever runs the enclave's host can read its console.
  public static let nitroDebug = ErrorCode("nitro-debug-mode")
  /// A further PCR is not what the policy names.
  public static let nitroPCR = ErrorCode("nitro-pcr-refused")
}
