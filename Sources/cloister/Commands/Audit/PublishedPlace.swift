import Foundation
import HTTPMessages
import LogMonitor

/// Where to read published files, as the command line names it.
enum PublishedPlace {
  /// A URL, or else a folder.
  /// - Throws: `audit-source-unreadable`, also for a folder that is not there.
  static func files(_ place: String, exchange: any HTTPExchange) throws -> any PublishedFiles {
    guard place.contains("://") else {
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory), isDirectory.boolValue else {
        throw LogMonitorError(LogMonitorError.sourceUnreadable, "there is no folder \(place.printable)")
      }
      return FolderFiles(folder: place)
    }
    return try WebFiles(url: place, exchange: exchange)
  }
}

extension AuditFinding {
  /// For a person to read.
  var line: String { "\(severity.rawValue): \(code): \(message.printable)" }
}
