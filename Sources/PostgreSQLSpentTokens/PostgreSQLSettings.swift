import SpentTokens

/// What the server says of itself, read when a session begins and whenever an issuer day does.
struct PostgreSQLSettings {
  /// Without one of these a crash could bring a spent token back.
  static let durable = ["fsync", "full_page_writes", "synchronous_commit"]
  static let names =
    durable + [
      "track_commit_timestamp", "log_statement", "log_min_duration_statement", "log_min_duration_sample",
      "log_parameter_max_length",
    ]

  private let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  /// - Throws: `token-store-not-durable`; `token-store-records-times` where the server would note when a digest came:
  ///   as a row's commit time, or in its log together with the statement's values.
  func requireDurableAndTimeless() throws(SpentTokenError) {
    for name in Self.durable where values[name] != "on" {
      throw SpentTokenError(SpentTokenError.notDurable, "PostgreSQL's \(name) is not on")
    }
    guard values["track_commit_timestamp"] == "off" else {
      throw SpentTokenError(SpentTokenError.recordsTimes, "PostgreSQL's track_commit_timestamp is not off")
    }
    let logsNoStatement =
      ["none", "ddl"].contains(values["log_statement"])
      && values["log_min_duration_statement"] == "-1" && values["log_min_duration_sample"] == "-1"
    guard logsNoStatement || values["log_parameter_max_length"] == "0" else {
      throw SpentTokenError(SpentTokenError.recordsTimes, "PostgreSQL logs statements with their values")
    }
  }
}
