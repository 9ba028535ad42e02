public import ErrorCodes

/// Why a key, an encapsulated key or a ciphertext is refused. Messages hold names and lengths, never key material,
/// plaintext or received bytes.
public struct HPKEError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  package init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: HPKEError, right: HPKEError) -> Bool { left.code == right.code }
}

extension HPKEError {
  /// A key or an encapsulated key has another length than its KEM says, or is no element of its group.
  public static let malformedKey = ErrorCode("hpke-malformed-key")
  /// A Diffie-Hellman result is all zero, so the other side's key is of low order (RFC 9180, section 7.1.4).
  public static let zeroSharedSecret = ErrorCode("hpke-zero-shared-secret")
  /// The ciphersuite names another KEM than the one the key belongs to.
  public static let kemMismatch = ErrorCode("hpke-kem-mismatch")
  /// A ciphertext is not authentic under this context, its sequence number and its associated data.
  public static let openFailed = ErrorCode("hpke-open-failed")
  /// The context has no sequence number left, or its ciphersuite is export-only and seals nothing.
  public static let messageLimitReached = ErrorCode("hpke-message-limit-reached")
}
