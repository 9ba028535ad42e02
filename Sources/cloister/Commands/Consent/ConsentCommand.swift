import ArgumentParser
import CloisterClient

struct ConsentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consent",
    abstract: "What you agreed to have processed; nothing, until you say so.",
    subcommands: [ConsentGrant.self, ConsentRevoke.self, ConsentStatus.self])
}

/// The tasks that a person can opt in to.
enum ConsentTask: String, ExpressibleByArgument, CaseIterable {
  case summarize
  case rewrite
  case reply
  case chat
  case embeddings
}
