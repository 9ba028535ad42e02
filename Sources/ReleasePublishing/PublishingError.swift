public import ErrorCodes

/// Why something cannot be published. Messages name files and members, never contents.
public struct PublishingError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: PublishingError, right: PublishingError) -> Bool { left.code == right.code }

  /// A file of an artifact cannot be read, or the store cannot be written.
  public static let artifactUnusable = ErrorCode("artifact-unusable")
  /// An artifact holds something else than regular files, links and folders, or nothing.
  public static let artifactKind = ErrorCode("artifact-kind")
  /// What a node printed of itself is not of its schema.
  public static let measuredNodeMalformed = ErrorCode("measured-node-malformed")
  /// A key has signed the entry before.
  public static let signedAlready = ErrorCode("entry-signed-already")
  /// An entry that is renewed is of that time already, or of a later one.
  public static let notNewer = ErrorCode("entry-not-newer")
  /// A package manifest, graph or list of pins is not as SwiftPM writes it, or lacks what the others name.
  public static let packagesMalformed = ErrorCode("packages-malformed")
}
