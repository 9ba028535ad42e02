public import ErrorCodes
public import StrictJSON
public import Trust

/// What lies in the folder of receipts. One that cannot be read hides no other.
public struct ReceiptListing: Sendable, Equatable {
  /// A receipt that is damaged, or whose file the disk does not give. Nothing that its file holds is told.
  public struct Unreadable: Sendable, Equatable {
    /// The name of its file without the suffix; a file name, so that a terminal needs it escaped.
    public let identifier: String
    /// Why: `trust-malformed`, `state-unusable`.
    public let code: ErrorCode

    public var json: JSONValue { ["id": .string(identifier), "code": .string(code.rawValue)] }
  }

  /// Newest epoch first.
  public internal(set) var receipts: [Receipt] = []
  /// By identifier.
  public internal(set) var unreadable: [Unreadable] = []
  /// How many are of another version, and so hold what this one cannot tell.
  public internal(set) var otherVersionCount = 0

  init() {}
}
