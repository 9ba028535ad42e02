import ArgumentParser

@main
struct CloisterIssuer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister-issuer",
    abstract: "Gives accounts blind tokens, which nobody can trace back to them.",
    discussion: """
      An issuer sees which account draws tokens, when, and from which address, and keeps how many each drew of each day. \
      It never sees a finished token, nor any request that spends one.

      Accounts are opened by local keys (account add) or by tokens of OpenID Connect providers (run \
      --identity-providers).

      Exit status: 0 done; 1 refused, with "refused: <code>: <reason>" on standard error; 64 wrong arguments.
      """,
    subcommands: [RunIssuer.self, AccountCommand.self], defaultSubcommand: RunIssuer.self)
}
