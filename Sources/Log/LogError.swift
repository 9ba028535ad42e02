import DurableFiles
public import ErrorCodes
import TransparencyLog

/// Why the log refuses an entry or a request. Messages hold numbers and field names, never an entry's bytes.
public struct LogError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ failure: FileFailure) {
    self.init(LogError.stateUnusable, "\(failure.operation) failed (\(failure.number))")
  }

  /// The same refusal, with the code of the standard's library.
  init(_ error: TransparencyLogError) { self.init(error.code, error.message) }

  public static func == (left: LogError, right: LogError) -> Bool { left.code == right.code }
}

extension LogError {
  /// The submitter's key is missing or wrong.
  public static let submissionRefused = ErrorCode("log-submission-refused")
  /// An entry is above 65,535 bytes.
  public static let entryTooLarge = ErrorCode("log-entry-too-large")
  /// An entry is not of the form that its log takes.
  public static let entryMalformed = ErrorCode("log-entry-malformed")
  /// An epoch's leaf does not stand at the index that equals its epoch.
  public static let epochIndex = ErrorCode("log-epoch-index")
  /// Too many entries wait to be written.
  public static let busy = ErrorCode("log-busy")
  /// The log's files cannot be read or written, or contradict each other.
  public static let stateUnusable = ErrorCode("log-state-unusable")
  /// A log is not named as the command line wants it or has no key, or the witnesses' file cannot be read.
  public static let configurationInvalid = ErrorCode("log-configuration-invalid")
}
