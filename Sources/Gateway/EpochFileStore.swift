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

  /// Keeps a step of an epoch that is being made, unless one is kept already. So gateways that make an epoch at once,
  /// and one that is started again, go on with the same.
  ///
  /// - Returns: what is kept.
  /// - Throws: when nothing can be kept.
  func keep(_ bytes: [UInt8], as step: EpochStep, of epoch: UInt64) throws -> [UInt8]

  /// Nil where none is kept yet.
  func kept(_ step: EpochStep, of epoch: UInt64) -> [UInt8]?

  /// Keeps a step no longer, of which nothing can come.
  func drop(_ step: EpochStep, of epoch: UInt64)
}

/// What is settled of an epoch before it has a file.
public enum EpochStep: String, Sendable {
  /// What the nodes make its keys over: a node makes one key, and refuses every other note.
  case note
  /// Its bundle and leaf, before the log is asked to hold the leaf, since that holds no other of the epoch.
  case draft
}

/// Epoch files in memory, for tests.
public final class MemoryEpochFiles: EpochFileStore {
  private let files = Mutex<[UInt64: [UInt8]]>([:])
  private let steps = Mutex<[StepKey: [UInt8]]>([:])

  private struct StepKey: Hashable {
    let step: EpochStep
    let epoch: UInt64
  }

  public init() {}

  public func keep(_ file: [UInt8], epoch: UInt64) { files.withLock { $0[epoch] = file } }

  public func file(epoch: UInt64) -> [UInt8]? { files.withLock { $0[epoch] } }

  public func keep(_ bytes: [UInt8], as step: EpochStep, of epoch: UInt64) -> [UInt8] {
    steps.withLock { steps in
      steps = steps.filter { $0.key.epoch >= epoch }
      let key = StepKey(step: step, epoch: epoch)
      let kept = steps[key] ?? bytes
      steps[key] = kept
      return kept
    }
  }

  public func kept(_ step: EpochStep, of epoch: UInt64) -> [UInt8]? {
    steps.withLock { $0[StepKey(step: step, epoch: epoch)] }
  }

  public func drop(_ step: EpochStep, of epoch: UInt64) {
    steps.withLock { $0[StepKey(step: step, epoch: epoch)] = nil }
  }
}

/// Epoch files in a folder, by their numbers: any web server, object store or CDN can serve it as it lies.
///
/// A file lasts once it is kept: an epoch that clients were shown must not be gone after a crash. Beside them lie the
/// steps of the epoch that is being made, `.note-<n>` and `.draft-<n>`, for their owner alone.
public struct EpochFolder: EpochFileStore {
  private let path: String
  private let files: PosixFileSystem

  /// - Throws: `gateway-configuration-invalid`.
  public init(path: String) throws {
    do {
      // Readable for the web server that may serve it.
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      self.path = path
      files = try PosixFileSystem(root: path)
    } catch {
      throw GatewayError(GatewayError.configurationInvalid, "the folder of epoch files cannot be made")
    }
  }

  public func keep(_ file: [UInt8], epoch: UInt64) throws { try place(file, as: String(epoch), mode: .everyone) }

  public func file(epoch: UInt64) -> [UInt8]? { try? files.read(String(epoch)) }

  public func keep(_ bytes: [UInt8], as step: EpochStep, of epoch: UInt64) throws -> [UInt8] {
    try place(bytes, as: Self.name(step, epoch), mode: .owner)
    guard let kept = self.kept(step, of: epoch) else {
      throw GatewayError(GatewayError.epochIncomplete, "the epoch's \(step.rawValue) cannot be kept")
    }
    eraseSteps(before: epoch)
    return kept
  }

  public func kept(_ step: EpochStep, of epoch: UInt64) -> [UInt8]? { try? files.read(Self.name(step, epoch)) }

  public func drop(_ step: EpochStep, of epoch: UInt64) { unlink("\(path)/\(Self.name(step, epoch))") }

  /// Writes a file aside and gives it its name, unless that is taken. Of gateways that come at once the first counts;
  /// where a file system has no hard links, the last.
  private func place(_ bytes: [UInt8], as name: String, mode: FileMode) throws {
    let aside = ".new-\(UUID().uuidString)"
    defer { unlink("\(path)/\(aside)") }
    try files.write(aside, bytes, mode: mode)
    if link("\(path)/\(aside)", "\(path)/\(name)") != 0, errno != EEXIST { try files.rename(aside, to: name) }
    try files.synchronizeFolder("")
  }

  private func eraseSteps(before epoch: UInt64) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name.hasPrefix(".") {
      let parts = name.dropFirst().split(separator: "-")
      guard parts.count == 2, EpochStep(rawValue: String(parts[0])) != nil, let earlier = UInt64(parts[1]),
        earlier < epoch
      else { continue }
      unlink("\(path)/\(name)")
    }
  }

  private static func name(_ step: EpochStep, _ epoch: UInt64) -> String { ".\(step.rawValue)-\(epoch)" }
}
