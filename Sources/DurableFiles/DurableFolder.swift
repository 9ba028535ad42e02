/// What whole state is made of: files that are replaced whole, and folders that last.
public struct DurableFolder: Sendable {
  public let files: any DurableFileSystem

  public init(_ files: any DurableFileSystem) { self.files = files }

  /// The file's bytes; nil where there is none.
  public func read(_ path: String) throws(FileFailure) -> [UInt8]? { try files.read(path) }

  /// Puts new bytes in place of a file's: after a crash it holds the older or the newer ones. Its folder must last.
  public func replace(_ path: String, with bytes: [UInt8], mode: FileMode = .everyone) throws(FileFailure) {
    let folder = Self.folder(of: path)
    let temporary = folder.isEmpty ? ".new" : folder + "/.new"
    try files.write(temporary, bytes, mode: mode)
    try files.rename(temporary, to: path)
    try files.synchronizeFolder(folder)
  }

  /// Makes a folder below this one, and those above it, each to last.
  public func makeFolders(_ path: String) throws(FileFailure) {
    guard !path.isEmpty else { return }
    let parent = Self.folder(of: path)
    try makeFolders(parent)
    try files.makeFolder(path)
    try files.synchronizeFolder(parent)
  }

  /// The path of a file's folder; empty for the root.
  public static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}
