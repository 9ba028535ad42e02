import Crypto
import DurableFiles
import Foundation
import LogMonitor
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
    name = String(Checkpoint.originDigest(origin).prefix(16))
  }

  private var aheadPrefix: String { name + "-ahead-" }

  private func aheadNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(aheadPrefix) }.sorted()
  }

  /// What the log must extend, and what it must show sooner or later.
  func sightings() throws -> [LogAudit.Sighting] {
    do {
      return [LogAudit.Sighting(.before, note: try folder.read(name + ".note"))]
        + (try aheadNames().map { LogAudit.Sighting(.seenAhead, note: try folder.read($0)) })
    } catch {
      throw Self.unusable
    }
  }

  /// Keeps the notes of every finding. Only where nothing speaks against the newest note does it take the place of the
  /// one before, and are notes forgotten that were ahead of the log and are no more.
  func keep(_ report: LogAudit.Report) throws {
    do {
      var kept: Set<String> = []
      for finding in report.findings {
        let isAhead = finding.code == LogFinding.unpublishedTree
        let prefix = isAhead ? aheadPrefix : "\(name)-\(finding.code.rawValue)-"
        // The first note of a tree that the log does not show is the witness's; the second is the log's own.
        for note in isAhead ? finding.notes.prefix(1) : finding.notes[...] {
          let file = prefix + Array(SHA256.hash(data: note).prefix(8)).hexadecimal + ".note"
          try folder.replace(file, with: note)
          kept.insert(file)
        }
      }
      guard report.isComplete, report.isGood, let note = report.note else { return }
      try folder.replace(name + ".note", with: note)
      for file in try aheadNames() where !kept.contains(file) {
        try FileManager.default.removeItem(atPath: path + "/" + file)
      }
    } catch {
      throw Self.unusable
    }
  }

  private static let unusable = LogMonitorError(
    LogFinding.memoryUnusable, "the state folder cannot be read or written, or another audit uses it")
}
