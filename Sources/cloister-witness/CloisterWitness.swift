import ArgumentParser

@main
struct CloisterWitness: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister-witness",
    abstract: "Cosigns the checkpoints of logs, each only when it extends what was cosigned before.",
    discussion: """
      A witness keeps a log from showing different histories to different people; run one for logs that are not \
      yours. It learns what the log publishes and nothing about users. Its folder is its memory: a witness whose \
      folder is lost must get a new key.
      """,
    subcommands: [RunWitness.self, MakeWitnessKey.self], defaultSubcommand: RunWitness.self)
}
