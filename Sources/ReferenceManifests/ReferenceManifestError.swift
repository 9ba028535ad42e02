public import ErrorCodes

/// Why a reference manifest is refused. Messages name elements, attributes and public numbers, never received text.
public struct ReferenceManifestError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: ReferenceManifestError, right: ReferenceManifestError) -> Bool {
    left.code == right.code
  }
}

extension ReferenceManifestError {
  /// Larger, deeper or with more elements than the limits allow.
  public static let limit = ErrorCode("manifest-limit")
  /// The text is no XML without declarations, or not the XML of a manifest.
  public static let malformed = ErrorCode("manifest-malformed")
  /// The signature is not the one enveloped signature over the whole document.
  public static let signatureForm = ErrorCode("manifest-signature-form")
  /// The signature uses an algorithm that is not NVIDIA's.
  public static let algorithm = ErrorCode("manifest-algorithm")
  /// The document is not the one whose digest was signed.
  public static let digest = ErrorCode("manifest-digest")
  /// The signature over the digest is not the signer's.
  public static let signature = ErrorCode("manifest-signature")
  /// A driver's manifest stands for a VBIOS', or the other way round, or they are of different chips.
  public static let kind = ErrorCode("manifest-kind")
  /// Two manifests name one measurement.
  public static let conflict = ErrorCode("manifest-conflict")
}
