import ArgumentParser
import CloisterClient

struct HistoryOn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "on",
    abstract: "Keep answers from now on, sealed with a passphrase.",
    discussion: """
      The first time this makes a key and seals it with the passphrase (scrypt, 128 MiB, some half a second). A history \
      that is there already goes on under its own passphrase. At least \(HistoryPassphrase.minimumByteCount) characters; \
      several random words are better.
      """)

  @OptionGroup var state: StateOptions

  @OptionGroup var secret: PassphraseOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let history = try state.open().history
      let passphrase = try secret.passphrase(isNew: true)
      try await withProgress("deriving the key from the passphrase") { try history.turnOn(passphrase) }
      try HistoryStatus.show(history, json: state.json)
    }
  }
}
