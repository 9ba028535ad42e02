import ErrorCodes

/// Proof that a log or operator broke its word: pairs of epoch files that contradict each other under valid
/// signatures. While one is kept, the client sends nothing.
struct ConflictStore: Sendable {
  let folder: StateFolder

  func keep(_ code: ErrorCode, first: [UInt8]?, second: [UInt8]) throws(ClientError) {
    let number = try folder.names().count
    if let first { try folder.write("\(number)-\(code)-first.epoch", first) }
    try folder.write("\(number)-\(code)-second.epoch", second)
  }

  /// - Throws: `conflict-kept`.
  func requireNone() throws(ClientError) {
    guard try folder.names().isEmpty else {
      throw ClientError(ClientError.conflictKept, "proof of two histories is kept in the state's folder conflicts")
    }
  }
}
