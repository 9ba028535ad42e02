import CloisterClient
import ErrorCodes
import LogMonitor
import Trust

/// The policies of one operator as the release log has them, from a policy that the auditor trusts: forward as clients
/// take up successors, each signed by the publishers before it, and backward to those that the trusted one follows.
struct PolicyHistory: Sendable {
  /// A policy, and the entry from which on it is in force.
  struct Era: Sendable {
    let index: UInt64
    let policy: TrustedPolicy
  }

  /// In the order of the log; never empty.
  private(set) var eras: [Era]
  private(set) var findings: [AuditFinding] = []

  /// - Parameter statements: every policy of the log with its index, untrusted.
  init(_ statements: [(index: UInt64, statement: Statement)], trusted: TrustedPolicy) {
    eras = [Era(index: 0, policy: trusted)]
    guard let anchor = statements.first(where: { Self.digest($0.statement) == trusted.digest }),
      let logged = try? TrustedPolicy(published: anchor.statement)
    else {
      findings.append(
        AuditFinding(
          AuditFinding.policyNotLogged, .failure,
          "policy version \(trusted.policy.version), by which this audit judges, is not in the release log",
          evidence: [trusted.statement.encoded]))
      for (index, statement) in statements { judge(statement, index) }
      return
    }
    eras = [Era(index: anchor.index, policy: logged)]
    for (index, statement) in statements.reversed() where index < anchor.index {
      guard let earlier = try? TrustedPolicy(published: statement), Self.follows(eras[0].policy, earlier) else {
        continue
      }
      eras.insert(Era(index: index, policy: earlier), at: 0)
    }
    for (index, statement) in statements where index > anchor.index {
      let last = eras[eras.count - 1].policy
      guard let later = try? TrustedPolicy(published: statement), Self.follows(later, last) else { continue }
      eras.append(Era(index: index, policy: later))
    }
    let accepted = Set(eras.map(\.index))
    for (index, statement) in statements where !accepted.contains(index) { judge(statement, index) }
  }

  private static func digest(_ statement: Statement) -> String { TrustPolicy.digest(ofPayload: statement.payload) }

  /// Whether one policy may take the place of another, by the signatures of the other's publishers.
  private static func follows(_ later: TrustedPolicy, _ earlier: TrustedPolicy) -> Bool {
    later.policy.version > earlier.policy.version && later.policy.isOfSameOperator(as: earlier.policy)
      && (try? TrustedPolicy(successorOf: earlier.policy, statement: later.statement)) != nil
  }

  /// Says what is wrong with a policy that has no place in the history.
  private mutating func judge(_ statement: Statement, _ index: UInt64) {
    let signed = candidates(at: index).lazy
      .compactMap { try? TrustedPolicy(successorOf: $0.policy, statement: statement) }.first
    guard let signed else {
      findings.append(
        AuditFinding(
          AuditFinding.entryRefused, .failure,
          "entry \(index) of the release log: a policy that the publishers in force did not sign",
          evidence: [statement.encoded]))
      return
    }
    // The same policy in another envelope.
    if eras.contains(where: { $0.policy.digest == signed.digest }) { return }
    let version = signed.policy.version
    if let other = eras.first(where: { $0.policy.policy.version == version }) {
      findings.append(
        AuditFinding(
          AuditFinding.policySecond, .proof, "entry \(index): another policy of version \(version)",
          evidence: [other.policy.statement.encoded, statement.encoded]))
    } else {
      findings.append(
        AuditFinding(
          AuditFinding.entryOrder, .failure,
          "entry \(index): policy version \(version) follows none before it, or is of another operator or kind of roots",
          evidence: [statement.encoded]))
    }
  }

  /// The policies whose publishers may sign the entry of an index: the one in force, then the next one, since a new
  /// publisher's entries may come right before the policy that names it.
  func candidates(at index: UInt64) -> [TrustedPolicy] {
    let current = eras.lastIndex { $0.index <= index } ?? 0
    return eras[current...].prefix(2).map(\.policy)
  }

  /// The policy in force in a tree of a size; nil before the first.
  func policy(treeSize size: UInt64) -> Era? { eras.last { $0.index < size } }

  func policy(digest: String) -> TrustedPolicy? { eras.first { $0.policy.digest == digest }?.policy }

  /// The newest policy.
  var inForce: TrustedPolicy { eras[eras.count - 1].policy }

  /// Publishers of every policy from an entry on.
  func lastingPublishers(since index: UInt64) -> [StatementKey] {
    let current = eras.lastIndex { $0.index <= index } ?? 0
    return inForce.policy.publishers.keys.filter { key in
      eras[current...].allSatisfy { $0.policy.policy.publishers.keys.contains(key) }
    }
  }
}
