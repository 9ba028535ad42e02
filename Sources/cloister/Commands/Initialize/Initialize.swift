import ArgumentParser
import CloisterClient
import Foundation
import StrictJSON
import Trust

struct Initialize: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Begin: make your client's state, adopt a trust policy, and have it explained.",
    discussion: """
      POLICY is the trust policy that the publishers of your service signed; whoever gave you the app names it. Compare \
      its digest, which is printed, with one that you have from elsewhere. The policy is also written into the state as \
      policy-explained.jsonc: JSON with a comment above each member that says what it decides.

      --account-key keeps the key that the operator gave you for drawing tokens. Nothing is sent, drawn or opted in to. \
      What is still missing is said afterwards, as cloister doctor --offline says it.

      It may be run again: what is there already stays, and no policy goes back to a lower version.

      Exit codes: 0 done, though something may still be missing; 1 refused; 2 the policy is malformed; 64 wrong usage.
      """)

  @OptionGroup var state: StateOptions

  @Argument(help: "The policy that its publishers signed; may follow later.", completion: .file())
  var policy: String?

  @Option(
    help: ArgumentHelp("File with the account key that the operator gave you; kept in the state.", valueName: "file"))
  var accountKey: String?

  /// In the state folder.
  private static let explanationName = "policy-explained.jsonc"

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let trusted = try policy.map { try InputFile.policy($0, isCustom: false) }
      let clientState = try state.open()
      if let accountKey {
        let text = String(decoding: try InputFile.bytes(accountKey, byteLimit: 16 << 10), as: UTF8.self)
        try clientState.keepAccountKey(text.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      if let trusted { try clientState.policies.trust(trusted) }
      let explanation = try explain(clientState)
      let missing = await ClientDoctor(path: clientState.path, exchange: nil).examine().checks
        .filter { $0.verdict == .bad || $0.verdict == .warning }
      show(clientState, explanation: explanation, missing: missing)
    }
  }

  /// Writes the policy in force with its comments, and returns where; nil where there is none.
  private func explain(_ clientState: ClientState) throws -> String? {
    guard let trusted = try? clientState.policies.current() else { return nil }
    let path = clientState.path + "/" + Self.explanationName
    try OutputFile.write(Array(CommentedPolicy(trusted.policy).text.utf8), to: path)
    return path
  }

  private func show(_ clientState: ClientState, explanation: String?, missing: [Diagnosis.Check]) {
    let trusted = try? clientState.policies.current()
    if state.json {
      CommandOutput.data([
        "state": .string(clientState.path), "policy": trusted.map { .string($0.digest) } ?? .null,
        "explanation": explanation.map { .string($0) } ?? .null,
        "missing": .array(
          missing.map {
            [
              "check": .string($0.name.rawValue), "verdict": .string($0.verdict.rawValue),
              "remedy": $0.remedy.map { .string(state.hint.spelled($0)) } ?? .null,
            ]
          }),
      ])
      return
    }
    CommandOutput.data("state: \(clientState.path)")
    if let trusted {
      PolicyShow.show(trusted, json: false)
      CommandOutput.data(TrustPolicyNarrative(trusted.policy).text)
    }
    if let explanation { CommandOutput.data("\nEvery member, explained: \(explanation)") }
    if missing.isEmpty {
      CommandOutput.note("Ready to ask: \(state.hint.command("summarize EXPORT"))")
    } else {
      CommandOutput.note("Still to do, or to know:")
      for check in missing {
        CommandOutput.note(
          "  \(check.sentence.printable)\(check.remedy.map { "\n    → \(state.hint.spelled($0.printable))" } ?? "")")
      }
    }
  }
}
