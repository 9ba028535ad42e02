import ArgumentParser

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Explain evidence field by field, without verifying anything.",
    subcommands: [InspectEvidence.self])
}
