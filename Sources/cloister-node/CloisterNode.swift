import ArgumentParser

@main
struct CloisterNode: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister-node",
    abstract: "Answers private requests inside an attested machine, and forgets them.",
    subcommands: [Run.self, Measure.self, Check.self, LaunchEngines.self, ProbeSandbox.self],
    defaultSubcommand: Run.self)
}
