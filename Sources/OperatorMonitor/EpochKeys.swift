import Crypto
import LogMonitor
import Trust
import WireFormat

/// What one epoch's bundle offered, for the epochs around it to be held against.
public struct EpochKeys: Sendable, Equatable {
  public let epoch: UInt64
  public let issuerDay: UInt64
  /// SHA-256 of the token keys, by plan.
  public let issuerKeys: [String: [UInt8]]
  /// SHA-256 of each node's key configuration.
  public let nodes: Set<[UInt8]>
  /// Entries of the release log under the head that the bundle carries.
  public let releaseLogSize: UInt64

  public init(
    epoch: UInt64, issuerDay: UInt64, issuerKeys: [String: [UInt8]], nodes: Set<[UInt8]>, releaseLogSize: UInt64
  ) {
    self.epoch = epoch
    self.issuerDay = issuerDay
    self.issuerKeys = issuerKeys
    self.nodes = nodes
    self.releaseLogSize = releaseLogSize
  }

  init(_ bundle: EpochBundle, releaseLogSize: UInt64) {
    self.init(
      epoch: bundle.epoch, issuerDay: bundle.issuerDay,
      issuerKeys: Dictionary(
        bundle.issuerKeys.map { ($0.plan, Array(SHA256.hash(data: $0.publicKey))) },
        uniquingKeysWith: { first, _ in first }),
      nodes: Set(bundle.nodes.map(\.identifier)), releaseLogSize: releaseLogSize)
  }

  /// What two epochs' keys say against each other. The leaves of both commit to the keys.
  func findings(against other: EpochKeys) -> [AuditFinding] {
    var findings: [AuditFinding] = []
    let epochs = "epochs \(min(epoch, other.epoch)) and \(max(epoch, other.epoch))"
    if let node = nodes.intersection(other.nodes).first {
      findings.append(
        AuditFinding(AuditFinding.nodeKeyReused, .failure, "\(epochs): node \(node.hexadecimal) has one key in both"))
    }
    for (plan, key) in issuerKeys where issuerDay == other.issuerDay {
      if let second = other.issuerKeys[plan], second != key {
        findings.append(
          AuditFinding(
            AuditFinding.issuerKeySecond, .failure, "\(epochs): two token keys of day \(issuerDay), plan \(plan)"))
      }
    }
    return findings
  }
}
