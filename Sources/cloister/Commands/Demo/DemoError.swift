import ErrorCodes

/// Why the demo ends without a summary.
struct DemoError: CodedError, Equatable {
  let code: ErrorCode
  let message: String

  init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  static func == (left: DemoError, right: DemoError) -> Bool { left.code == right.code }
}

extension DemoError {
  /// A party's process did not start.
  public static let partyFailed = ErrorCode("demo-party-failed")
  /// A party did not become healthy in time.
  public static let partyUnhealthy = ErrorCode("demo-party-unhealthy")
  /// The chat to summarise cannot be read.
  public static let exportUnreadable = ErrorCode("export-unreadable")
}
