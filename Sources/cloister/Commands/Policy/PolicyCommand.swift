import ArgumentParser

struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Whom your client trusts.",
    subcommands: [PolicyTrust.self, PolicyShow.self])
}
