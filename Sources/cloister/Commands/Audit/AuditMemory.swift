import Crypto
import DurableFiles
import Foundation
import LogMonitor
import TransparencyLog
import WireFormat

/// A folder in which audits keep what the next ones are held against; one process at a time.
struct AuditFolder {
  fileprivate let path: String
  fileprivate let files: DurableFolder
  private let lock: FolderLock

  /// - Throws: `audit-memory-unusable`.
  init(path: String) throws {
    self.path = path
    do {
      files = DurableFolder(try PosixFileSystem(root: path))
      // Two audits at once would take each other's note for their own.
      lock = try FolderLock(folder: path)
    } catch {
      throw Self.unusable
    }
  }

  func read(_ name: String) throws -> [UInt8]? {
    do { return try files.read(name) } catch { throw Self.unusable }
  }

  func replace(_ name: String, with bytes: [UInt8]) throws {
    do { try files.replace(name, with: bytes) } catch { throw Self.unusable }
  }

  /// Keeps what a finding shows, each under its own digest.
  func keepEvidence(of findings: [AuditFinding]) throws {
    for finding in findings where finding.severity != .warning {
      for evidence in finding.evidence {
        try replace("\(finding.code.rawValue)-\(Self.shortDigest(evidence)).evidence", with: evidence)
      }
    }
  }

  fileprivate static func shortDigest(_ bytes: [UInt8]) -> String {
    Array(SHA256.hash(data: bytes).prefix(8)).hexadecimal
  }

  static let unusable = LogMonitorError(
    AuditFinding.memoryUnusable, "the state folder cannot be read or written, or another audit uses it")
}

/// What audits of one log leave for the next: the newest note that was verified, and notes that contradict each other.
struct AuditMemory {
  private let folder: AuditFolder
  private let name: String

  init(in folder: AuditFolder, origin: String) {
    self.folder = folder
    name = String(Checkpoint.originDigest(origin).prefix(16))
  }

  private var keyName: String { name + ".key" }

  private var aheadPrefix: String { name + "-ahead-" }

  private func aheadNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(aheadPrefix) }.sorted()
  }

  /// What the log must extend, and what it must show sooner or later.
  func sightings() throws -> [LogAudit.Sighting] {
    do {
      // The key that the log had when these were kept.
      let former = try folder.read(keyName).flatMap {
        try? NoteVerifierKey(parsing: String(decoding: $0, as: UTF8.self))
      }
      return [LogAudit.Sighting(.before, note: try folder.read(name + ".note"), formerKey: former)]
        + (try aheadNames().map { LogAudit.Sighting(.seenAhead, note: try folder.read($0), formerKey: former) })
    } catch {
      throw AuditFolder.unusable
    }
  }

  /// Keeps the notes of every finding. Only where nothing speaks against the newest note does it take the place of the
  /// one before, and are notes forgotten that were ahead of the log and are no more.
  /// - Parameter logKey: by which the audit judged.
  func keep(_ report: LogAudit.Report, logKey: NoteVerifierKey) throws {
    do {
      var kept: Set<String> = []
      for finding in report.findings {
        let isAhead = finding.code == AuditFinding.unpublishedTree
        let prefix = isAhead ? aheadPrefix : "\(name)-\(finding.code.rawValue)-"
        // The first note of a tree that the log does not show is the witness's; the second is the log's own.
        for note in isAhead ? finding.evidence.prefix(1) : finding.evidence[...] {
          let file = prefix + AuditFolder.shortDigest(note) + ".note"
          try folder.replace(file, with: note)
          kept.insert(file)
        }
      }
      guard report.isComplete, report.isGood, let note = report.note else { return }
      try folder.replace(name + ".note", with: note)
      try folder.replace(keyName, with: Array(logKey.encoded.utf8))
      for file in try aheadNames() where !kept.contains(file) {
        try FileManager.default.removeItem(atPath: folder.path + "/" + file)
      }
    } catch {
      throw AuditFolder.unusable
    }
  }
}
