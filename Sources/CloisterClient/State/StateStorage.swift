/// Where a client keeps what it remembers: named bytes in a folder, and folders below it. Files (`FolderStorage`) unless
/// an app puts something else in their place.
///
/// Everything above relies on this: a token is erased for good before it is sent, and what was written is there whole
/// after a crash. A storage that forgets more than it says makes the client send a token twice, which tells its requests
/// apart from all others.
public protocol StateStorage: Sendable {
  /// Names the folder to a person.
  var path: String { get }

  /// Opens a folder below this one, making it where it is missing.
  /// - Throws: `state-unusable`, as everything here.
  func subfolder(_ name: String) throws(ClientError) -> any StateStorage

  /// Nil where there is nothing of that name.
  /// - Parameter byteLimit: more than this is refused, unread.
  func read(_ name: String, byteLimit: Int) throws(ClientError) -> [UInt8]?

  /// Replaces all bytes in one step: readers see the old or the new ones, also after a crash. Returns once they last.
  func write(_ name: String, _ bytes: [UInt8]) throws(ClientError)

  /// As `write`, but returns before the bytes last: readers see them at once, also once this process was killed. A loss of
  /// power before `settle` returned may leave the old bytes, or none at all under the name.
  func put(_ name: String, _ bytes: [UInt8]) throws(ClientError)

  /// Returns once what `put` left under that name lasts. It may be gone.
  func settle(_ name: String) throws(ClientError)

  /// Removes what has that name, and returns once that lasts. It may be missing.
  func erase(_ name: String) throws(ClientError)

  /// Sorted, without folders' own files, which start with a dot; folders below may be among them.
  func names() throws(ClientError) -> [String]

  /// Keeps every other user of this folder out, other processes among them, while `body` reads and writes. The lock is
  /// not taken twice by one user.
  func withLock<Value>(_ body: () throws(ClientError) -> Value) throws(ClientError) -> Value

  /// Removes what crashes left of writing. Only for a folder in which everyone who writes holds the lock, as the caller
  /// does.
  func eraseTemporaries() throws(ClientError)
}

/// For storages whose bytes last as soon as they are there.
extension StateStorage {
  public func put(_ name: String, _ bytes: [UInt8]) throws(ClientError) { try write(name, bytes) }

  public func settle(_ name: String) throws(ClientError) {}
}
