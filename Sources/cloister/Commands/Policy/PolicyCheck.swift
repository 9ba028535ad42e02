import ArgumentParser
import Attestation
import StrictJSON

/// `cloister policy check`: whether a policy file is well-formed, with each point in which it is weaker than strict.
struct PolicyCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check that a policy file is well-formed, and name every relaxation.",
    discussion: """
      FILE is a trust policy (signed, or its bare payload) or an appraisal policy alone, as --policy of `cloister \
      verify evidence` takes it. A relaxation is a point in which it asks for less than the strict default; each is a \
      warning. What a policy must be told before it accepts anything (measurements, hosts) is none.

      Exit codes: 0 well-formed, with or without warnings; 1 not; 64 wrong usage.
      """)

  @Argument(help: "The policy.")
  var file: String

  @Flag(help: "Print JSON: verdict, code, kind, simulated, relaxations.")
  var json = false

  func run() async throws {
    try PolicyFailure.reporting(json: json) {
      let policy = try PolicyFile(path: file)
      let relaxations = policy.appraisal.relaxations
      if json {
        CommandOutput.data([
          "verdict": "accepted", "code": .null, "kind": .string(policy.kind),
          "simulated": .boolean(policy.appraisal.isSimulated), "relaxations": .array(relaxations.map(\.json)),
        ])
        return
      }
      if policy.appraisal.isSimulated { CommandOutput.note(Notices.simulated) }
      for relaxation in relaxations { CommandOutput.note("warning: weaker than strict: \(relaxation.line)") }
      CommandOutput.data("well-formed: \(policy.kind), \(relaxations.count) relaxations")
    }
  }
}
