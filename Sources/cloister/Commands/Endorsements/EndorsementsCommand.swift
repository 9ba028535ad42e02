import ArgumentParser

struct EndorsementsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "endorsements",
    abstract: "What vendors say of a machine, for whoever runs it.",
    subcommands: [EndorsementsFetch.self])
}
