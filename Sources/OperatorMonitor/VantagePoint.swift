public import LogMonitor

/// A place from which what an operator publishes can be read: a relay, the operator's own servers, a copy in a folder.
/// Everybody must see the same from each.
public struct VantagePoint: Sendable {
  /// For people, such as the relay's URL.
  public let name: String
  /// Holds `epoch/<n>`, `logs/epochs/…` and `logs/releases/…`, as a relay serves them.
  public let files: any PublishedFiles

  public init(name: String, files: any PublishedFiles) {
    self.name = name
    self.files = files
  }

  static let epochLog = "logs/epochs"
  static let releaseLog = "logs/releases"

  static func epochFile(_ epoch: UInt64) -> String { "epoch/\(epoch)" }
}
