import ErrorCodes

/// What the command line itself gets wrong: a file that it names, or a value that it gives. No list of options mends
/// it, so each says what does.
struct CommandError: CodedError {
  let code: ErrorCode
  let message: String
  /// In a sentence. Commands of `cloister` stand between grave accents.
  let advice: String

  init(_ code: ErrorCode, _ message: String, advice: String) {
    self.code = code
    self.message = message
    self.advice = advice
  }
}

extension CommandError {
  /// A value on the command line is not of its form, is missing, or does not fit another one.
  static let argumentInvalid = ErrorCode("argument-invalid")
  /// A file that the command line names cannot be read.
  static let fileUnreadable = ErrorCode("file-unreadable")
  /// A file that the command line names is not of the kind or size that is needed.
  static let fileUnfit = ErrorCode("file-unfit")
  /// A file that the command line names cannot be written.
  static let fileUnwritable = ErrorCode("file-unwritable")
  /// No passphrase was typed, or not the same one twice.
  static let passphraseMissing = ErrorCode("passphrase-missing")
}
