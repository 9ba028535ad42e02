import ArgumentParser

@main
struct CloisterIssuer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister-issuer",
    abstract: "Gives accounts blind tokens, which nobody can trace back to them.",
    discussion: """
      An issuer sees which account draws tokens, when, and from which address. It never sees a finished token, nor \
      any request that spends one.
      """,
    subcommands: [RunIssuer.self, AddAccount.self], defaultSubcommand: RunIssuer.self)
}
