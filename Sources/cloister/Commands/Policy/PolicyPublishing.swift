import ArgumentParser
import Trust

/// `cloister policy sign`: one publisher's signature more.
struct PolicySign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Show a trust policy and add a publisher's signature to it.",
    discussion: "As `cloister release sign`, for policies alone.")

  @OptionGroup var signing: StatementSigning

  func run() async throws { try await signing.run(only: TrustPolicy.payloadType) }
}

/// `cloister policy publish`: into the release log.
struct PolicyPublish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Enter a signed policy into the release log, and keep the proof.",
    discussion: """
      As `cloister release publish`. A policy that follows another must be signed by that one's publishers: give it with \
      --follows. Without it, the policy is an operator's first and is held against the publishers that it names.
      """)

  @OptionGroup var publication: StatementPublication

  @Option(help: ArgumentHelp("The policy before.", valueName: "file"))
  var follows: String?

  func run() async throws {
    try await publication.run { statement in
      let own = try TrustPolicy(verifyingOwnSignatures: statement)
      guard let follows else { return own }
      let before = try InputFile.policy(follows, isCustom: false).policy
      guard own.version > before.version, own.isOfSameOperator(as: before) else {
        throw TrustError(TrustError.policyInvalid, "policy does not follow version \(before.version)")
      }
      return before
    }
  }
}
