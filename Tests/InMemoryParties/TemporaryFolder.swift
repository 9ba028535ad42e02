public import Foundation
import Synchronization

/// A new folder that goes with its last owner, whatever it holds then. A test that runs under a `FolderKeeper` owns its
/// folders to its end.
public final class TemporaryFolder: Sendable {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    FolderKeeper.current?.keep(self)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// A folder below, made where it is missing.
  public func subfolder(_ name: String) throws -> String {
    let path = path(name)
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return path
  }

  /// Every file below, by its path, with its bytes.
  public static func files(under path: String) throws -> [(path: String, bytes: [UInt8])] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: path)
    return names.sorted().compactMap { name in
      let file = path + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue,
        let data = FileManager.default.contents(atPath: file)
      else { return nil }
      return (file, Array(data))
    }
  }
}

/// Holds the folders of one test until the test is over: an optimizing compiler releases a value after its last use,
/// and paths may still be read then.
public final class FolderKeeper: Sendable {
  @TaskLocal public static var current: FolderKeeper?

  private let folders = Mutex<[TemporaryFolder]>([])

  public init() {}

  fileprivate func keep(_ folder: TemporaryFolder) { folders.withLock { $0.append(folder) } }
}
