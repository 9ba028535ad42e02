import ArgumentParser
import Glibc
import PartyHosting

/// The command line of the person who asks, and of whoever wants to check.
@main
struct Cloister: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister",
    abstract: "Private AI processing: verify first, then send, and keep a receipt.",
    discussion: """
      Nothing is sent unless you opted in to the task and every machine that will see it was verified.

      Begin with cloister init; cloister doctor says what is missing. Completions for your shell: cloister \
      --generate-completion-script bash, zsh or fish.

      Data goes to standard output, notes go to standard error; --json gives data a fixed form.

      Exit codes:
        0   done, or accepted
        1   refused; the code of the refusal is printed
        2   the input itself is malformed
        64  wrong usage
      """,
    version: "0.1.0, unreleased",
    subcommands: [
      Initialize.self, Doctor.self, Summarize.self, Rewrite.self, Reply.self, Proxy.self, AppCommand.self,
      ConsentCommand.self, TokensCommand.self, ReceiptsCommand.self, HistoryCommand.self, VerifyCommand.self,
      InspectCommand.self, AuditCommand.self, PolicyCommand.self, ReleaseCommand.self, EndorsementsCommand.self,
      Demo.self,
    ])

  /// When the process began to look at its arguments.
  static let launch = ContinuousClock.now

  static func main() async {
    _ = launch
    StandardStreams.holdPlaces()
    // A reader that went away is a failed write, and no end of a command that still has something to do.
    signal(SIGPIPE, SIG_IGN)
    await main(nil)
    CommandFailure.endIfUnwritten()
  }
}
