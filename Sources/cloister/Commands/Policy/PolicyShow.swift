import ArgumentParser
import CloisterClient
import StrictJSON

struct PolicyShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the trust policy in force, or one that its publishers signed.")

  @OptionGroup var state: StateOptions

  @Argument(help: "A signed policy; the one in force by default.")
  var file: String?

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let trusted =
        try file.map { try InputFile.policy($0, isCustom: false) } ?? state.open().policies.current()
      Self.show(trusted, json: state.json)
    }
  }

  static func show(_ trusted: TrustedPolicy, json: Bool) {
    let policy = trusted.policy
    if json {
      CommandOutput.data([
        "version": .integer(Int64(clamping: policy.version)), "digest": .string(trusted.digest),
        "provenance": .string(trusted.provenance.rawValue), "operator": .string(policy.operatorOrigin),
        "simulated": .boolean(policy.isSimulated),
        "relays": .array(policy.relays.map { ["server": .string($0.server), "operator": .string($0.operatorName)] }),
      ])
      return
    }
    if policy.isSimulated { CommandOutput.note(Notices.simulated) }
    if trusted.provenance == .custom { CommandOutput.note(Notices.custom) }
    CommandOutput.data("policy version \(policy.version) (\(trusted.provenance.rawValue)), digest \(trusted.digest)")
    CommandOutput.data("operator \(policy.operatorOrigin.printable)")
    for relay in policy.relays { CommandOutput.data("relay \(relay.server), run by \(relay.operatorName)".printable) }
    CommandOutput.data(
      "witnesses: \(policy.witnesses.policy.threshold) of \(policy.witnesses.policy.witnesses.count) must cosign")
  }
}
