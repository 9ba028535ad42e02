import Crypto
import DurableFiles
import Foundation
import LogMonitor
import Synchronization
import TransparencyLog
import WireFormat

/// What audits of one log leave for the next: the newest note that was verified, and notes that contradict each other.
struct AuditMemory {
  private let folder: DurableFolder
  private let name: String

  init(folder: String, origin: String) throws {
    do { self.folder = DurableFolder(try PosixFileSystem(root: folder)) } catch { throw Self.unusable }
    name = Array(SHA256.hash(data: Array(origin.utf8)).prefix(8)).hexadecimal
  }

  func note() throws -> [UInt8]? {
    do { return try folder.read(name + ".note") } catch { throw Self.unusable }
  }

  /// Keeps the evidence of every finding; the note is replaced only where nothing speaks against the newer one.
  func keep(_ report: LogAudit.Report) throws {
    do {
      for finding in report.findings where finding.severity != .warning {
        for note in finding.notes {
          let digest = Array(SHA256.hash(data: note).prefix(8)).hexadecimal
          try folder.replace("\(name)-\(finding.code.rawValue)-\(digest).note", with: note)
        }
      }
      if report.isComplete, report.findings.allSatisfy({ $0.severity == .warning }), let note = report.note {
        try folder.replace(name + ".note", with: note)
      }
    } catch {
      throw Self.unusable
    }
  }

  private static let unusable = LogMonitorError(
    LogMonitorError.sourceUnreadable, "the state folder cannot be read or written")
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
