import Foundation
import Synchronization

/// Keeps `/epoch/<n>` files, each frozen once it is kept, so that every key ever offered can be verified again.
///
/// An attacker who can change it can make clients refuse the operator, and nothing else.
public protocol EpochFileStore: Sendable {
  /// - Throws: when the file cannot be kept; the epoch is not published then.
  func keep(_ file: [UInt8], epoch: UInt64) throws

  func file(epoch: UInt64) -> [UInt8]?
}

/// Epoch files in memory, for tests.
public final class MemoryEpochFiles: EpochFileStore {
  private let files = Mutex<[UInt64: [UInt8]]>([:])

  public init() {}

  public func keep(_ file: [UInt8], epoch: UInt64) { files.withLock { $0[epoch] = file } }

  public func file(epoch: UInt64) -> [UInt8]? { files.withLock { $0[epoch] } }
}

/// Epoch files in a folder, by their numbers: any web server, object store or CDN can serve it as it lies.
public struct EpochFolder: EpochFileStore {
  private let folder: URL

  public init(path: String) throws {
    folder = URL(fileURLWithPath: path, isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  public func keep(_ file: [UInt8], epoch: UInt64) throws {
    try Data(file).write(to: folder.appendingPathComponent(String(epoch)), options: .atomic)
  }

  public func file(epoch: UInt64) -> [UInt8]? {
    FileManager.default.contents(atPath: folder.appendingPathComponent(String(epoch)).path).map { Array($0) }
  }
}
