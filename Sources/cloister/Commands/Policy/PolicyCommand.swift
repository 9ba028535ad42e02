import ArgumentParser

struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Whom your client trusts, and what a policy file says.",
    subcommands: [
      PolicyTrust.self, PolicyShow.self, PolicyCheck.self, PolicyExplain.self, PolicyDiff.self, PolicyCreate.self,
      PolicySign.self, PolicyPublish.self,
    ])
}
