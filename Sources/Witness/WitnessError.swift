import DurableFiles
public import ErrorCodes
import TransparencyLog

/// Why the witness cosigns nothing. Messages hold numbers and field names, never received text.
public struct WitnessError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ failure: FileFailure) {
    self.init(WitnessError.stateUnusable, "\(failure.operation) failed (\(failure.number))")
  }

  /// The same refusal, with the code of the standard's library.
  init(_ error: TransparencyLogError) { self.init(error.code, error.message) }

  public static func == (left: WitnessError, right: WitnessError) -> Bool { left.code == right.code }
}

extension WitnessError {
  /// The witness watches no log of this origin.
  public static let logUnknown = ErrorCode("witness-log-unknown")
  /// The old size is above the checkpoint's.
  public static let sizesReversed = ErrorCode("witness-sizes-reversed")
  /// The witness's clock shows a time before its own last cosignature.
  public static let clockWentBack = ErrorCode("witness-clock-went-back")
  /// The witness's files cannot be read or written.
  public static let stateUnusable = ErrorCode("witness-state-unusable")
  /// The witness has no key yet: `cloister-witness keygen` makes it.
  public static let keyMissing = ErrorCode("witness-key-missing")
}
