import ArgumentParser
import ReleasePublishing
import Trust

/// `cloister release renew`: the same entry of today, to be signed and published again.
struct ReleaseRenew: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "renew",
    abstract: "Write a release or revocation list again as of now, not signed yet.",
    discussion: """
      A release is good for 14 days and a revocation list for one, as clients scale them; entered again, they stay good. \
      Nothing but the time changes.

      Exit codes: 0 written; 1 FILE is another entry, or newer; 2 FILE is malformed; 64 wrong usage.
      """)

  @Argument(help: "The entry.")
  var file: String

  @Option(help: ArgumentHelp("When it is entered; now by default.", valueName: "instant"))
  var issued: String?

  @Option(help: ArgumentHelp("Where to write the new entry.", valueName: "file"))
  var output: String

  func run() async throws {
    try await CommandFailure.reporting(json: false) {
      let issued = try StatementFile.seconds(issued)
      let before: UInt64
      let renewed: Statement
      switch try ReleaseLogPayload(of: try InputFile.statement(file)) {
      case .release(var release):
        (before, release.issued) = (release.issued, issued)
        renewed = release.statement
      case .revocation(var list):
        (before, list.issued) = (list.issued, issued)
        renewed = list.statement
      case .policy, .promise:
        throw TrustError(TrustError.entryType, "policies and promises do not expire by age")
      }
      guard issued > before else {
        throw PublishingError(
          PublishingError.notNewer, "the entry is of that second or a later one: give a later --issued")
      }
      try StatementFile.write(renewed, to: output)
    }
  }
}
