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

  /// Keeps the note that the nodes are to make an epoch's keys over, unless one is kept already: a node makes one key, and
  /// refuses every other note. So gateways that make an epoch at once, and one that is started again, use the same.
  ///
  /// - Returns: the note that is kept.
  /// - Throws: when none can be kept.
  func keep(note: [UInt8], epoch: UInt64) throws -> [UInt8]

  /// Nil where none is kept yet.
  func note(epoch: UInt64) -> [UInt8]?
}

/// Epoch files in memory, for tests.
public final class MemoryEpochFiles: EpochFileStore {
  private let files = Mutex<[UInt64: [UInt8]]>([:])
  private let notes = Mutex<[UInt64: [UInt8]]>([:])

  public init() {}

  public func keep(_ file: [UInt8], epoch: UInt64) { files.withLock { $0[epoch] = file } }

  public func file(epoch: UInt64) -> [UInt8]? { files.withLock { $0[epoch] } }

  public func keep(note: [UInt8], epoch: UInt64) -> [UInt8] {
    notes.withLock { notes in
      let kept = notes[epoch] ?? note
      notes = [epoch: kept]
      return kept
    }
  }

  public func note(epoch: UInt64) -> [UInt8]? { notes.withLock { $0[epoch] } }
}

/// Epoch files in a folder, by their numbers: any web server, object store or CDN can serve it as it lies.
///
/// A file lasts once it is kept: an epoch that clients were shown must not be gone after a crash. Beside them lies the note
/// of the epoch that is being made, `.note-<n>`.
public struct EpochFolder: EpochFileStore {
  private let path: String
  private let folder: DurableFolder

  /// - Throws: `gateway-configuration-invalid`.
  public init(path: String) throws {
    do {
      // Readable for the web server that may serve it.
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      self.path = path
      folder = DurableFolder(try PosixFileSystem(root: path))
    } catch {
      throw GatewayError(GatewayError.configurationInvalid, "the folder of epoch files cannot be made")
    }
  }

  public func keep(_ file: [UInt8], epoch: UInt64) throws {
    // Another gateway may have kept the same leaf under other cosignatures.
    if self.file(epoch: epoch) == nil { try folder.replace(String(epoch), with: file) }
  }

  public func file(epoch: UInt64) -> [UInt8]? { try? folder.read(String(epoch)) }

  public func keep(note: [UInt8], epoch: UInt64) throws -> [UInt8] {
    let aside = ".new-\(UUID().uuidString)"
    defer { unlink("\(path)/\(aside)") }
    try folder.files.write(aside, note, mode: .everyone)
    // Of two that come at once the first counts.
    _ = link("\(path)/\(aside)", "\(path)/\(Self.noteName(epoch))")
    try folder.files.synchronizeFolder("")
    guard let kept = self.note(epoch: epoch) else {
      throw GatewayError(GatewayError.epochIncomplete, "the epoch's note cannot be kept")
    }
    eraseNotes(before: epoch)
    return kept
  }

  public func note(epoch: UInt64) -> [UInt8]? { try? folder.read(Self.noteName(epoch)) }

  private func eraseNotes(before epoch: UInt64) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name.hasPrefix(Self.prefix) {
      guard let earlier = UInt64(name.dropFirst(Self.prefix.count)), earlier < epoch else { continue }
      unlink("\(path)/\(name)")
    }
  }

  private static let prefix = ".note-"

  private static func noteName(_ epoch: UInt64) -> String { prefix + String(epoch) }
}
