/// One log as the command line names it: `name=epoch,origin=log.example/epochs,kind=epoch`.
public struct LogConfiguration: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// The leaf index is the epoch number.
    case epoch
    /// Any entry, each once.
    case release
  }

  /// The path element under `/logs`: lower-case letters, digits and hyphens.
  public let name: String
  /// The checkpoint's first line, and the name of the log's key.
  public let origin: String
  public let kind: Kind

  /// - Throws: `log-configuration-invalid`.
  public init(parsing text: String) throws(LogError) {
    var values: [Substring: Substring] = [:]
    for field in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, values.updateValue(parts[1], forKey: parts[0]) == nil else { throw Self.invalid }
    }
    guard values.count == 3, let name = values["name"], let origin = values["origin"],
      let kind = values["kind"].flatMap({ Kind(rawValue: String($0)) }), !name.isEmpty,
      name.utf8.allSatisfy({ Self.nameBytes.contains($0) })
    else { throw Self.invalid }
    self.name = String(name)
    self.origin = String(origin)
    self.kind = kind
  }

  public var admission: EntryAdmission {
    switch kind {
    case .epoch: .indexIsEpoch
    case .release: .everyEntry
    }
  }

  private static let nameBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789-".utf8)
  private static let invalid = LogError(
    LogError.configurationInvalid, "a log is not written name=NAME,origin=ORIGIN,kind=epoch|release")
}
