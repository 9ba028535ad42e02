/// What the server says of itself, read when a session begins and whenever an issuer day does.
package struct PostgreSQLSettings: Sendable {
  /// Without one of these a crash could undo what was acknowledged.
  package static let durable = ["fsync", "full_page_writes", "synchronous_commit"]
  static let names =
    durable + [
      "track_commit_timestamp", "log_statement", "log_min_duration_statement", "log_min_duration_sample",
      "log_parameter_max_length",
    ]

  private let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  /// Those of `durable`, by name.
  package var durability: [String: String] { values.filter { Self.durable.contains($0.key) } }

  /// - Throws: `notDurable`; `recordsTimes` where the server would note when a row came: as its commit time, or in its
  ///   log together with the statement's values.
  package func requireDurableAndTimeless() throws(PostgreSQLFailure) {
    for name in Self.durable where values[name] != "on" { throw .notDurable(setting: name) }
    guard values["track_commit_timestamp"] == "off" else { throw .recordsTimes }
    let logsNoStatement =
      ["none", "ddl"].contains(values["log_statement"])
      && values["log_min_duration_statement"] == "-1" && values["log_min_duration_sample"] == "-1"
    guard logsNoStatement || values["log_parameter_max_length"] == "0" else { throw .recordsTimes }
  }
}
