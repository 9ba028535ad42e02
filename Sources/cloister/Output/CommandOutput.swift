import StrictJSON

/// What commands print: data on standard output, notes on standard error.
enum CommandOutput {
  /// - Returns: false where it could not be written whole. The command then ends with a refusal, after all else that it
  ///   was to do (`CommandFailure.endIfUnwritten`).
  @discardableResult static func data(_ text: String) -> Bool { StandardStream.output.write(text + "\n") }

  static func data(_ json: JSONValue) { data(json.indentedText) }

  /// One line of JSON, for commands that go on.
  static func line(_ json: JSONValue) { data(json.canonicalText) }

  /// Nobody may read it: a command does its work all the same.
  static func note(_ text: String) { StandardStream.errors.write(text + "\n") }
}

/// A line on standard error for work that takes longer than a second, and another one every ten seconds.
func withProgress<Value: Sendable>(
  _ text: String, _ body: @Sendable () async throws -> Value
) async throws -> Value {
  let line = Task {
    try await Task.sleep(for: .seconds(1))
    CommandOutput.note("… \(text)")
    try await Task.sleep(for: .seconds(9))
    for seconds in 1... {
      CommandOutput.note("… \(text), \(seconds * 10) s")
      try await Task.sleep(for: .seconds(10))
    }
  }
  defer { line.cancel() }
  return try await body()
}
