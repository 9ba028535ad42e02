import Crypto
import DurableFiles
import Foundation
import LogMonitor
import Synchronization
import TransparencyLog
import WireFormat

/// What audits of one log leave for the next: the newest note that was verified, and notes that contradict each other.
struct AuditMemory {
  private let path: String
  private let folder: DurableFolder
  private let lock: FolderLock
  private let name: String

  init(folder: String, origin: String) throws {
    path = folder
    do {
      self.folder = DurableFolder(try PosixFileSystem(root: folder))
      // Two audits at once would take each other's note for their own.
      lock = try FolderLock(folder: folder)
    } catch {
      throw Self.unusable
    }
    name = Array(SHA256.hash(data: Array(origin.utf8)).prefix(8)).hexadecimal
  }

  private var aheadPrefix: String { name + "-ahead-" }

  /// What the log must extend, and what it must show sooner or later.
  func sightings() throws -> [LogAudit.Sighting] {
    do {
      let ahead = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(aheadPrefix) }
      return [LogAudit.Sighting(.before, note: try folder.read(name + ".note"))]
        + (try ahead.sorted().map { LogAudit.Sighting(.seenAhead, note: try folder.read($0)) })
    } catch {
      throw Self.unusable
    }
  }

  /// Keeps the notes of every finding; the newest note is replaced only where nothing speaks against it.
  func keep(_ report: LogAudit.Report) throws {
    do {
      for finding in report.findings {
        let prefix =
          switch finding.code {
          case LogFinding.unpublishedTree: aheadPrefix
          default: "\(name)-\(finding.code.rawValue)-"
          }
        // The first note of a tree that the log does not show is the witness's; the second is the log's own.
        let notes = finding.code == LogFinding.unpublishedTree ? finding.notes.prefix(1) : finding.notes[...]
        for note in notes {
          try folder.replace(prefix + Array(SHA256.hash(data: note).prefix(8)).hexadecimal + ".note", with: note)
        }
      }
      if report.isComplete, report.isGood, let note = report.note {
        try folder.replace(name + ".note", with: note)
      }
    } catch {
      throw Self.unusable
    }
  }

  private static let unusable = LogMonitorError(
    LogMonitorError.sourceUnreadable, "the state folder cannot be read or written, or another audit uses it")
}

/// A line on standard error each second.
final class AuditProgress: Sendable {
  private let last = Mutex(ContinuousClock.now)

  func show(_ entries: UInt64, of all: UInt64) {
    let isDue = last.withLock { last in
      let now = ContinuousClock.now
      guard now - last >= .seconds(1) else { return false }
      last = now
      return true
    }
    if isDue { CommandOutput.note("… \(entries) of \(all) entries") }
  }
}
