import ArgumentParser

struct TokensCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens",
    abstract: "The blind tokens that pay for requests.",
    subcommands: [TokensDraw.self, TokensStatus.self, TokensTimer.self])
}
