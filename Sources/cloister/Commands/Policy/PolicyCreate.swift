import ArgumentParser
import Attestation
import StrictJSON
import Trust

/// `cloister policy create`: an unsigned trust policy.
struct PolicyCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Write a trust policy from a template, not signed yet.",
    discussion: """
      TEMPLATE is JSON with the members of a trust policy (docs/formats/trust-policy.md). `type` may be left out; so may \
      `appraisal`, which is then the strict one with every vendor's production roots: it accepts no host until it is told \
      which. With --follows the policy must be of the same operator, logs and kind of roots, and of the next version.

      Exit codes: 0 written; 1 the policy is refused; 2 a file is malformed; 64 wrong usage.
      """)

  @Argument(help: "The template.")
  var template: String

  @Option(help: ArgumentHelp("The policy before.", valueName: "file"))
  var follows: String?

  @Option(help: ArgumentHelp("Where to write the policy.", valueName: "file"))
  var output: String

  func run() async throws {
    try await CommandFailure.reporting(json: false) {
      guard
        case .object(var members) = try JSONValue(
          parsing: try InputFile.bytes(template, byteLimit: Statement.byteLimit))
      else {
        throw CommandError(
          CommandError.fileUnfit, "the template is not a JSON object",
          advice: "Write the members of docs/formats/trust-policy.md between braces.")
      }
      members["type"] = members["type"] ?? "policy"
      members["appraisal"] = members["appraisal"] ?? AppraisalPolicy.strict.json
      let policy = try TrustPolicy(parsingPayload: JSONValue.object(members).canonicalBytes)
      try requireSuccession(policy)
      let statement = policy.statement
      guard statement.encoded.count <= Statement.byteLimit / 2 else {
        throw CommandError(
          CommandError.fileUnfit, "the policy leaves no room for signatures in an entry of a log",
          advice: "Shorten it to \(Statement.byteLimit / 2) bytes with its envelope: the host list is what grows.")
      }
      try StatementFile.write(statement, to: output)
      CommandOutput.note(EntryNarrative.text(.policy(policy)))
    }
  }

  private func requireSuccession(_ policy: TrustPolicy) throws {
    guard let follows else { return }
    let before = try InputFile.policy(follows, isCustom: false).policy
    guard policy.isOfSameOperator(as: before), before.version < .max, policy.version == before.version + 1 else {
      throw TrustError(
        TrustError.policyInvalid, "policy does not follow version \(before.version) of \(before.operatorOrigin)")
    }
  }
}
