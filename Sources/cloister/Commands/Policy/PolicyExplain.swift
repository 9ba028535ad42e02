import ArgumentParser
import Attestation
import Trust

/// `cloister policy explain`: a policy file in plain words.
struct PolicyExplain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say in plain words what a policy file demands, and what it does not.",
    discussion: """
      FILE is a trust policy (signed, or its bare payload) or an appraisal policy alone. It is explained, not adopted.

      Exit codes: 0 explained; 1 the file is not well-formed; 64 wrong usage.
      """)

  @Argument(help: "The policy.")
  var file: String

  func run() async throws {
    try PolicyFailure.reporting(json: false) {
      let policy = try PolicyFile(path: file)
      if policy.appraisal.isSimulated { CommandOutput.data(Notices.simulated + "\n") }
      CommandOutput.data("This is \(policy.kind).")
      var isOfTrustPolicy = false
      if case .trust(let trust, let isSigned) = policy {
        isOfTrustPolicy = true
        if !isSigned { CommandOutput.data(Notices.custom) }
        CommandOutput.data(TrustPolicyNarrative(trust).text)
      }
      CommandOutput.data(AppraisalNarrative(policy.appraisal, isOfTrustPolicy: isOfTrustPolicy).text)
    }
  }
}
