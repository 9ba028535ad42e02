import ArgumentParser
import Attestation
import ErrorCodes
import StrictJSON
import Trust

/// `cloister policy diff`: two policies, member by member.
struct PolicyDiff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two policies member by member, and say where the new one is weaker or stronger.",
    discussion: """
      Both files are trust policies or both are appraisal policies. A member left out counts with its strict value. \
      weaker: NEW accepts more; stronger: NEW accepts less; other: neither, or which cannot be said.

      Exit codes: 0 the policies say the same; 1 they differ; 2 one is not well-formed, or they are of two kinds; 64 \
      wrong usage.
      """)

  @Argument(help: "The policy before.")
  var old: String

  @Argument(help: "The policy after.")
  var new: String

  @Flag(help: "Print JSON: same, differences (member, old, new, effect).")
  var json = false

  func run() async throws {
    var differences: [PolicyDifference] = []
    try PolicyFailure.reporting(json: json, status: 2) {
      differences = try TrustPolicyDifferences.between(try PolicyFile(path: old), try PolicyFile(path: new))
    }
    show(differences)
    if !differences.isEmpty { throw ExitCode(1) }
  }

  private func show(_ differences: [PolicyDifference]) {
    if json {
      CommandOutput.data([
        "same": .boolean(differences.isEmpty),
        "differences": .array(
          differences.map {
            [
              "member": .string($0.member), "old": $0.old ?? .null, "new": $0.new ?? .null,
              "effect": .string($0.effect.rawValue),
            ]
          }),
      ])
      return
    }
    if differences.isEmpty { CommandOutput.data("the policies say the same") }
    for difference in differences {
      CommandOutput.data("\(difference.effect.rawValue)  \(difference.member.printable)")
      CommandOutput.data("    - \(Self.text(difference.old))")
      CommandOutput.data("    + \(Self.text(difference.new))")
    }
  }

  private static func text(_ value: JSONValue?) -> String { value?.canonicalText.printable ?? "(no such entry)" }
}
