/// The stable name of one refusal or failure: the same word in the SDK's error, on the command line, in a receipt and
/// in the name of its negative test. `docs/codes.md` lists every code; a test holds that page against the sources.
///
/// Codes are kebab-case ASCII and are declared only as `static let name = ErrorCode("the-code")`.
public struct ErrorCode: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public init(_ rawValue: String) { self.rawValue = rawValue }

  public var description: String { rawValue }
}

/// An error with a stable code. Neither the code nor the message ever holds received text, plaintext, tokens or keys,
/// so both may be logged and shown.
public protocol CodedError: Error, Sendable, CustomStringConvertible {
  var code: ErrorCode { get }

  /// Subject, what is, what was expected, units; lower case, no full stop.
  var message: String { get }
}

extension CodedError {
  public var description: String { "\(code): \(message)" }
}
