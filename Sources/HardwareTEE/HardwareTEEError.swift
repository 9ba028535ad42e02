public import ErrorCodes

/// Why the hardware gave no evidence. Messages name files, lengths and error numbers, never bytes.
public struct HardwareTEEError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: HardwareTEEError, right: HardwareTEEError) -> Bool { left.code == right.code }
}

extension HardwareTEEError {
  /// The kernel offers no attestation here: no configfs-tsm, no provider behind it, no device.
  public static let providerMissing = ErrorCode("tee-provider-missing")
  /// The kernel's provider is that of another platform.
  public static let providerUnexpected = ErrorCode("tee-provider-unexpected")
  /// The process may not ask for evidence.
  public static let permission = ErrorCode("tee-permission")
  /// The request was changed by somebody else, or not taken, in every attempt.
  public static let generationChanged = ErrorCode("tee-generation-changed")
  /// The report is shorter than its platform's.
  public static let reportTruncated = ErrorCode("tee-report-truncated")
  /// Report, certificates, event log or answer are longer than their bound.
  public static let reportTooLarge = ErrorCode("tee-report-too-large")
  /// The report is over other data than was asked for.
  public static let reportDataMismatch = ErrorCode("tee-report-data-mismatch")
  /// Report data has not 64 bytes, or a public key is longer than the device takes.
  public static let requestLength = ErrorCode("tee-request-length")
  /// The privilege level that was asked for is below what the kernel allows.
  public static let privilegeLevel = ErrorCode("tee-privilege-level")
  /// Kernel or device failed, with an error number.
  public static let deviceFailed = ErrorCode("tee-device-failed")
  /// The device answered that it refuses.
  public static let deviceRefused = ErrorCode("tee-device-refused")
  /// The answer of kernel or device is not of its format.
  public static let responseMalformed = ErrorCode("tee-response-malformed")
}
