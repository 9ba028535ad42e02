import HTTPMessages
import LogMonitor

/// Where to read published files, as the command line names it.
enum PublishedPlace {
  /// A URL, or else a folder.
  /// - Throws: `audit-source-unreadable`.
  static func files(_ place: String, exchange: any HTTPExchange) throws -> any PublishedFiles {
    guard place.contains("://") else { return FolderFiles(folder: place) }
    return try WebFiles(url: place, exchange: exchange)
  }
}

extension AuditFinding {
  /// For a person to read.
  var line: String { "\(severity.rawValue): \(code): \(message.printable)" }
}
