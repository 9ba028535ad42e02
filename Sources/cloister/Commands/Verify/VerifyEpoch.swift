import ArgumentParser
import CloisterClient
import Foundation
import StrictJSON
import Trust
import WireFormat

struct VerifyEpoch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "epoch",
    abstract:
      "Check an epoch file as the client does: log, witnesses, bundle, releases, and the evidence of every node.",
    discussion: """
      The policy is the one of the state, or --policy. Unless --as-of-note is given, the epoch must be under way now. \
      Nothing is remembered.

      Exit codes: 0 accepted, 1 refused, 2 the file is malformed, 64 wrong usage.
      """)

  @OptionGroup var state: StateOptions

  @Argument(help: "The epoch file, as a gateway serves it at /epoch/<n>.")
  var file: String

  @Option(help: ArgumentHelp("A trust policy, signed by its publishers.", valueName: "file"))
  var policy: String?

  @Flag(help: "Judge ages as of the file's own note, for an epoch that is over.")
  var asOfNote = false

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let trusted = try policy.map { try InputFile.policy($0, isCustom: false) } ?? state.open().policies.current()
      let bytes = try InputFile.bytes(file, byteLimit: EpochFile.byteLimit)
      let epoch = try EpochVerifier(trusted).verify(bytes, at: asOfNote ? .asOfNote : .now(Date()))
      _ = try epoch.tokenKey()
      show(epoch, nodes: try epoch.bundle.nodes.indices.map { try epoch.verifyNode(at: $0) })
    }
  }

  private func show(_ epoch: VerifiedEpoch, nodes: [VerifiedNode]) {
    let isSimulated = epoch.trusted.policy.isSimulated
    if state.json {
      CommandOutput.data([
        "verdict": "accepted", "code": .null, "epoch": .integer(Int64(clamping: epoch.number)),
        "bundle": .string(epoch.bundleDigest.hexadecimal), "note": .string(epoch.noteDigest.hexadecimal),
        "simulated": .boolean(isSimulated), "provenance": .string(epoch.trusted.provenance.rawValue),
        "checks": .array(epoch.checks.map { .string($0) }), "skipped": .array(epoch.skipped.map { .string($0) }),
        "nodes": .array(
          nodes.map {
            [
              "node": .string($0.identifier.hexadecimal), "role": .string($0.role),
              "release": .string($0.release.name), "platform": .string($0.platform),
              "checks": .array($0.checks.map { .string($0) }), "skipped": .array($0.skipped.map { .string($0) }),
            ]
          }),
      ])
      return
    }
    if isSimulated { CommandOutput.note(Notices.simulated) }
    CommandOutput.data("accepted: epoch \(epoch.number), bundle \(epoch.bundleDigest.hexadecimal)")
    for node in nodes {
      CommandOutput.data(
        "node \(node.identifier.hexadecimal.prefix(16))…: "
          + "\(node.release.name) \(node.release.version) on \(node.platform)".printable
          + ", \(node.checks.count) checks passed, \(node.skipped.count) skipped")
    }
  }
}
