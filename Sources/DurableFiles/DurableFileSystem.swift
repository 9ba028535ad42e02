/// The operations on files, below one folder, that durable state is made of. Tests replace them, to fail, tear or lose
/// any of them.
///
/// Paths are relative, their elements separated by `/`; who calls chooses them, never anyone outside the process. Bytes
/// last over a loss of power once their writing returned; that a name exists lasts once its folder was synchronized.
/// After a failure nobody knows what lasts: whoever sees one must stop.
public protocol DurableFileSystem: Sendable {
  /// The file's bytes; nil where there is none.
  func read(_ path: String) throws(FileFailure) -> [UInt8]?

  /// Makes one folder, readable by its owner alone; it may be there already.
  func makeFolder(_ path: String) throws(FileFailure)

  /// Makes or empties a file, writes it, and returns once its bytes last.
  func write(_ path: String, _ bytes: [UInt8], mode: FileMode) throws(FileFailure)

  /// Makes the file where there is none, writes at its end, and returns once its bytes last.
  func append(_ path: String, _ bytes: [UInt8]) throws(FileFailure)

  /// Returns once the folder's names last.
  func synchronizeFolder(_ path: String) throws(FileFailure)

  /// Gives a file another name in its folder, in place of what had it.
  func rename(_ path: String, to newPath: String) throws(FileFailure)

  /// Removes a folder with its files; it may be missing.
  func removeFolder(_ path: String) throws(FileFailure)
}

/// Who may read a new file.
public enum FileMode: Sendable {
  case owner
  case everyone
}

/// An operation on files failed. It names the operation and the system's number, never a path.
public struct FileFailure: Error, Equatable {
  public let operation: String
  /// `errno`; 0 where the system gave none.
  public let number: Int32

  public init(_ operation: String, number: Int32 = 0) {
    self.operation = operation
    self.number = number
  }
}
