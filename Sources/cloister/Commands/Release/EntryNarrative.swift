import Foundation
import OperatorMonitor
import Trust
import WireFormat

/// An entry of the release log in words, for whoever is about to sign it or wants to know what was signed.
enum EntryNarrative {
  static func text(_ payload: ReleaseLogPayload) -> String {
    let lines =
      switch payload {
      case .release(let release): lines(of: release)
      case .revocation(let list): lines(of: list)
      case .promise(let promise): lines(of: promise)
      case .policy(let policy):
        lines(of: policy)
      }
    return lines.map(\.printable).joined(separator: "\n")
  }

  private static func instant(_ seconds: UInt64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
  }

  private static func lines(of policy: TrustPolicy) -> [String] {
    func parts(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
    return (policy.isSimulated ? [Notices.simulated] : [])
      + ["Trust policy version \(policy.version) of \(policy.operatorOrigin)."]
      + parts(TrustPolicyNarrative(policy).text)
      + ["Operator's key \(policy.operatorKey.rawRepresentation.hexadecimal)", "Publishers:"]
      + policy.publishers.keys.map { "  \($0.rawRepresentation.hexadecimal)" }
      + ["Epoch log \(policy.epochLog.encoded)", "Release log \(policy.releaseLog.encoded)", "Witnesses:"]
      + policy.witnesses.policy.witnesses.map { "  \($0.encoded)" }
      + parts(AppraisalNarrative(policy.appraisal, isOfTrustPolicy: true).text)
  }

  private static func lines(of release: ReleaseEntry) -> [String] {
    [
      "Release \(release.name) \(release.version), security version \(release.securityVersion), as \(release.role).",
      "Entered \(instant(release.issued)).", "Artifacts:",
    ]
      + release.artifacts.map { "  \($0.name) (\($0.purpose))  \($0.digest.hexadecimal)" }
      + release.measurements.flatMap { measurement in
        [
          "On \(measurement.platform):", "  measurement \(measurement.measurement.hexadecimal)",
          "  firmware    \(measurement.firmware.hexadecimal)",
        ] + (measurement.application.map { ["  application \($0.hexadecimal)"] } ?? [])
      }
      + ["Engine manifest \(release.engineManifestDigest.hexadecimal)"]
      + release.modelDigests.map { "Model \($0.hexadecimal)" }
      + release.accelerators.flatMap { accelerator in
        ["Needs \(accelerator.count) of \(accelerator.platform), with one of:"]
          + accelerator.goldenValues.map { "  \($0.json.canonicalText)" }
      }
      + (release.calls.isEmpty
        ? [] : ["Its nodes hand requests to nodes of the role \(release.calls.joined(separator: ", "))."])
      + (release.capabilities.map { ["Its nodes can be asked for: \($0.names.joined(separator: ", "))."] } ?? [])
      + (release.weaknesses.isEmpty ? [] : ["Does without: \(release.weaknesses.joined(separator: ", "))."])
  }

  private static func lines(of list: RevocationEntry) -> [String] {
    let isEmpty = list.releaseLeafHashes.isEmpty && list.chipIdentifiers.isEmpty
    return [isEmpty ? "Revocation list: nothing is revoked." : "Revocation list:"]
      + list.releaseLeafHashes.map { "  release \($0.hexadecimal)" }
      + list.chipIdentifiers.map { "  chip \($0.hexadecimal)" } + ["Entered \(instant(list.issued))."]
  }

  private static func lines(of promise: PromiseEntry) -> [String] {
    ["Promise from \(instant(promise.issued)) until \(instant(promise.until)):"]
      + promise.promises.map { "  \($0.sentence)" }
  }
}
