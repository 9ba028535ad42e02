public import ErrorCodes

/// Why a statement that client and operator must agree on is refused. Messages hold field names and public numbers.
public struct TrustError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: TrustError, right: TrustError) -> Bool { left.code == right.code }
}

extension TrustError {
  /// Bytes are not what their format says, or not its one canonical form.
  public static let malformed = ErrorCode("trust-malformed")
  /// A receipt is of another version than the one that is read.
  public static let receiptVersion = ErrorCode("receipt-version")
  /// A signed statement has another payload type than its reader demands.
  public static let payloadType = ErrorCode("statement-payload-type")
  /// Too few different known keys signed a statement.
  public static let tooFewSignatures = ErrorCode("statement-signatures")
  /// A known key's signature over a statement is wrong.
  public static let badSignature = ErrorCode("statement-signature-invalid")
  /// A policy whose witness quorum does not exclude two views under its declared faults.
  public static let policyUnsafe = ErrorCode("policy-witnesses-unsafe")
  /// A policy whose members contradict each other or the format.
  public static let policyInvalid = ErrorCode("policy-invalid")
  /// A policy that names real and simulated roots, or a simulated policy for names that others can reach.
  public static let policyMixesRoots = ErrorCode("policy-mixes-roots")
  /// A time before the first epoch.
  public static let beforeFirstEpoch = ErrorCode("epoch-before-first")
  /// An entry of another type, role or log than its reader demands.
  public static let entryType = ErrorCode("release-entry-type")
  /// A release without a measurement of the firmware beneath it.
  public static let noFirmwareMeasurement = ErrorCode("release-no-firmware")
  /// An answer's frames are not those of its class.
  public static let answerShape = ErrorCode("answer-shape")
  /// A bundle above its named limits.
  public static let bundleLimit = ErrorCode("bundle-limit")
}
