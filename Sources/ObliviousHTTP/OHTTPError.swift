public import ErrorCodes

/// Why a key configuration or an encapsulated message is refused. Messages hold names and numbers, never received
/// bytes, plaintext or keys.
public struct OHTTPError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  package init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: OHTTPError, right: OHTTPError) -> Bool { left.code == right.code }
}

extension OHTTPError {
  /// The request names a key identifier or algorithms that no key of the gateway has; a gateway answers with the
  /// problem type of RFC 9458, section 5.3.
  public static let keyUnknown = ErrorCode("ohttp-key-unknown")
  /// The one answer for every message that does not decrypt.
  public static let decryptionFailed = ErrorCode("ohttp-decryption-failed")
  /// Bytes are not in the format of RFC 9458 or of the chunked draft.
  public static let malformed = ErrorCode("ohttp-malformed")
  /// A chunked message ended without its final chunk.
  public static let truncated = ErrorCode("ohttp-truncated")
  /// The key configuration has another KEM or other algorithms than the caller demands.
  public static let suiteRefused = ErrorCode("ohttp-suite-refused")
  /// A well-formed list of key configurations has none with algorithms known here.
  public static let noUsableKey = ErrorCode("ohttp-no-usable-key")
  /// A chunk is longer than the limit set, empty before the end, or comes after the final one.
  public static let chunkRefused = ErrorCode("ohttp-chunk-refused")

  /// Every failure to open reads the same, so that answers are no oracle.
  static let notDecrypted = OHTTPError(decryptionFailed, "encapsulated message does not decrypt")
}
