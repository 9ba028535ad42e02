import DurableFiles
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
///
/// A file lasts once it is kept: an epoch that clients were shown must not be gone after a crash.
public struct EpochFolder: EpochFileStore {
  private let folder: DurableFolder

  /// - Throws: `gateway-configuration-invalid`.
  public init(path: String) throws {
    do {
      // Readable for the web server that may serve it.
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      folder = DurableFolder(try PosixFileSystem(root: path))
    } catch {
      throw GatewayError(GatewayError.configurationInvalid, "the folder of epoch files cannot be made")
    }
  }

  public func keep(_ file: [UInt8], epoch: UInt64) throws { try folder.replace(String(epoch), with: file) }

  public func file(epoch: UInt64) -> [UInt8]? { try? folder.read(String(epoch)) }
}
