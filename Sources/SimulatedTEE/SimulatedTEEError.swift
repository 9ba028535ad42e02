public import ErrorCodes

/// Why a simulated machine cannot be made, stored or read.
public struct SimulatedTEEError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: SimulatedTEEError, right: SimulatedTEEError) -> Bool { left.code == right.code }
}

extension SimulatedTEEError {
  /// A stored key, certificate or chip is missing or not of its format.
  public static let stateUnreadable = ErrorCode("simulated-state-unreadable")
  public static let stateUnwritable = ErrorCode("simulated-state-unwritable")
  /// REPORT_DATA has not 64 bytes, or the measurement not 48.
  public static let fieldLength = ErrorCode("simulated-field-length")
  /// A key could not be made or would not sign.
  public static let keyUnusable = ErrorCode("simulated-key-unusable")
}
