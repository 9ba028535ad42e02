import ArgumentParser
import Trust

/// `cloister release promise`: what publishers and operator bind themselves to.
struct ReleasePromise: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promise",
    abstract: "Write a promise that auditors can hold you to, not signed yet.",
    discussion: "Exit codes: 0 written; 2 the promise binds for no time; 64 wrong usage.")

  @Option(help: ArgumentHelp("Each publisher enters its revocation list at least this often.", valueName: "seconds"))
  var revocationInterval: UInt64?

  @Option(help: ArgumentHelp("At most COUNT epochs are missed within any SECONDS.", valueName: "count/seconds"))
  var missedEpochs: String?

  @Option(help: ArgumentHelp("Epoch files can be fetched for this long.", valueName: "seconds"))
  var epochFileRetention: UInt64?

  @Option(help: ArgumentHelp("Artifacts of releases can be fetched for this long.", valueName: "seconds"))
  var artifactRetention: UInt64?

  @Option(help: ArgumentHelp("From when it binds; now by default.", valueName: "instant"))
  var issued: String?

  @Option(help: ArgumentHelp("Until when it binds.", valueName: "instant"))
  var until: String

  @Option(help: ArgumentHelp("Where to write the promise.", valueName: "file"))
  var output: String

  func run() async throws {
    try await CommandFailure.reporting(json: false) {
      let written = PromiseEntry(
        promises: try promises(), issued: try StatementFile.seconds(issued), until: try StatementFile.seconds(until))
      // Through the schema, which bounds it.
      let promise = try PromiseEntry(parsingPayload: written.statement.payload)
      try StatementFile.write(promise.statement, to: output)
      CommandOutput.note(EntryNarrative.text(.promise(promise)))
    }
  }

  private func promises() throws -> [PromiseEntry.Promise] {
    var promises: [PromiseEntry.Promise] = []
    if let revocationInterval { promises.append(.revocationInterval(seconds: revocationInterval)) }
    if let missedEpochs {
      let numbers = missedEpochs.split(separator: "/").compactMap { UInt64($0) }
      guard numbers.count == 2 else {
        throw CommandError(
          CommandError.argumentInvalid, "--missed-epochs is \(missedEpochs), expected COUNT/SECONDS",
          advice: "Give two numbers, such as 2/86400: at most 2 missed epochs within any day.")
      }
      promises.append(.missedEpochs(atMost: numbers[0], withinSeconds: numbers[1]))
    }
    if let epochFileRetention { promises.append(.epochFileRetention(seconds: epochFileRetention)) }
    if let artifactRetention { promises.append(.artifactRetention(seconds: artifactRetention)) }
    guard !promises.isEmpty else {
      throw CommandError(
        CommandError.argumentInvalid, "nothing is promised",
        advice: "Give --revocation-interval, --missed-epochs, --epoch-file-retention or --artifact-retention.")
    }
    return promises
  }
}
