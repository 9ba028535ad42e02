import ArgumentParser

@main
struct CloisterLog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister-log",
    abstract: "Keeps append-only logs of an operator's epochs and releases, and has witnesses cosign them.",
    discussion: """
      A log is public and learns nothing about users. It publishes a tree only once enough witnesses cosigned it; \
      until then /health answers 503 with the code witness-quorum. Make each log's key with `keygen` first: the \
      witnesses are started with the verifier keys that it prints.
      """,
    subcommands: [RunLog.self, MakeLogKey.self], defaultSubcommand: RunLog.self)
}
