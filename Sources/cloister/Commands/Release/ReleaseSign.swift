import ArgumentParser
import ReleasePublishing
import Trust

/// `cloister release sign`: one publisher's signature more.
struct ReleaseSign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Show an entry of the release log and add a publisher's signature to it.",
    discussion: """
      FILE is rewritten with one signature more. What is signed is shown on standard error first: read it. A key signs \
      an entry once.

      Exit codes: 0 signed; 1 refused; 2 FILE is malformed; 64 wrong usage.
      """)

  @OptionGroup var signing: StatementSigning

  func run() async throws { try await signing.run() }
}

/// The part that signing has in common for all entries of the release log.
struct StatementSigning: ParsableArguments {
  @Argument(help: "The entry.")
  var file: String

  @Option(help: ArgumentHelp("The publisher's key, 64 hexadecimal digits.", valueName: "file"))
  var key: String

  /// - Parameter payloadType: the only one that is signed; nil for every type of the release log.
  func run(only payloadType: String? = nil) async throws {
    try await CommandFailure.reporting(json: false) { try sign(only: payloadType) }
  }

  private func sign(only payloadType: String?) throws {
    var statement = try InputFile.statement(file)
    guard payloadType == nil || statement.payloadType == payloadType else {
      throw TrustError(TrustError.payloadType, "the file holds another type of entry")
    }
    let key = try StatementFile.key(key)
    CommandOutput.note(EntryNarrative.text(try ReleaseLogPayload(of: statement)))
    guard !statement.signatures.contains(where: { $0.keyIdentifier == key.publicKey.identifier }) else {
      throw PublishingError(
        PublishingError.signedAlready, "key \(key.publicKey.identifier) has signed this entry already")
    }
    statement.sign(with: key)
    try StatementFile.write(statement, to: file)
    CommandOutput.note("signed by \(key.publicKey.identifier), signature \(statement.signatures.count)")
  }
}
