import CloisterClient
import ErrorCodes
import LogMonitor
import TransparencyLog
import Trust

/// The entries of the release log, each read by its schema and held against the publishers of a policy that is trusted.
struct LoggedEntries: Sendable {
  struct Logged<Entry: Sendable>: Sendable {
    /// Zero-based.
    let index: UInt64
    let entry: Entry
    let statement: [UInt8]

    var leafHash: [UInt8] { RFC6962.leafHash(statement).rawRepresentation }
  }

  private(set) var releases: [Logged<ReleaseEntry>] = []
  /// By publisher, in the order of the log.
  private(set) var revocations: [String: [Logged<RevocationEntry>]] = [:]
  private(set) var policies: [Logged<TrustedPolicy>] = []
  private(set) var promises: [Logged<PromiseEntry>] = []
  private(set) var findings: [AuditFinding] = []

  /// Policies whose publishers' word counts: the auditor's own, then each that was found and accepted.
  private(set) var trusted: [TrustedPolicy]

  init(_ entries: [[UInt8]], trusted: TrustedPolicy) {
    self.trusted = [trusted]
    var seen: Set<[UInt8]> = []
    for (index, entry) in entries.enumerated() {
      if !seen.insert(RFC6962.leafHash(entry).rawRepresentation).inserted {
        findings.append(
          AuditFinding(
            AuditFinding.entryRepeated, .warning, "entry \(index) of the release log is there twice", evidence: [entry])
        )
        continue
      }
      do throws(TrustError) {
        try read(entry, UInt64(index))
      } catch {
        findings.append(
          AuditFinding(
            AuditFinding.entryRefused, .failure, "entry \(index) of the release log: \(error.code): \(error.message)",
            evidence: [entry]))
      }
    }
  }

  private mutating func read(_ bytes: [UInt8], _ index: UInt64) throws(TrustError) {
    let statement = try Statement(parsing: bytes)
    var refusal = TrustError(TrustError.tooFewSignatures, "no policy's publishers signed it")
    for policy in trusted.reversed() {
      do throws(TrustError) {
        add(
          try ReleaseLogEntry(verifying: statement, publishers: policy.policy.publishers), statement, bytes, index,
          under: policy)
        return
      } catch {
        refusal = error
      }
    }
    throw refusal
  }

  private mutating func add(
    _ entry: ReleaseLogEntry, _ statement: Statement, _ bytes: [UInt8], _ index: UInt64, under policy: TrustedPolicy
  ) {
    switch entry {
    case .release(let release): releases.append(Logged(index: index, entry: release, statement: bytes))
    case .revocation(let list, let publisher):
      if let before = revocations[publisher.identifier]?.last, before.entry.issued > list.issued {
        findings.append(
          AuditFinding(
            AuditFinding.entryOrder, .failure,
            "entry \(index): a publisher's revocation list is older than the one that it entered before",
            evidence: [before.statement, bytes]))
      }
      revocations[publisher.identifier, default: []].append(Logged(index: index, entry: list, statement: bytes))
    case .promise(let promise): promises.append(Logged(index: index, entry: promise, statement: bytes))
    case .policy:
      // Its statement stays with it, by which bundles name it.
      guard let accepted = try? TrustedPolicy(successorOf: policy.policy, statement: statement) else { return }
      add(Logged(index: index, entry: accepted, statement: bytes))
    }
  }

  private mutating func add(_ policy: Logged<TrustedPolicy>) {
    let version = policy.entry.policy.version
    for before in policies where before.entry.policy.version == version && before.entry.digest != policy.entry.digest {
      findings.append(
        AuditFinding(
          AuditFinding.policySecond, .proof, "entry \(policy.index): another policy of version \(version)",
          evidence: [before.statement, policy.statement]))
    }
    if let before = policies.last, before.entry.policy.version > version {
      findings.append(
        AuditFinding(
          AuditFinding.entryOrder, .failure,
          "entry \(policy.index): policy version \(version) after version \(before.entry.policy.version)",
          evidence: [before.statement, policy.statement]))
    }
    policies.append(policy)
    if !trusted.contains(where: { $0.digest == policy.entry.digest }) { trusted.append(policy.entry) }
  }

  // MARK: What was in the log at a size

  /// A publisher's newest list among the first `size` entries.
  func newestRevocations(of publisher: StatementKey, treeSize size: UInt64) -> Logged<RevocationEntry>? {
    revocations[publisher.identifier]?.last { $0.index < size }
  }

  /// The policy of the highest version among the first `size` entries.
  func newestPolicy(treeSize size: UInt64) -> Logged<TrustedPolicy>? {
    policies.filter { $0.index < size }.max { $0.entry.policy.version < $1.entry.policy.version }
  }

  /// Indices of entries that are dated after a time.
  func indices(datedAfter time: UInt64) -> [UInt64] {
    let dates =
      releases.map { ($0.index, $0.entry.issued) } + promises.map { ($0.index, $0.entry.issued) }
      + revocations.values.joined().map { ($0.index, $0.entry.issued) }
    return dates.filter { $0.1 > time }.map(\.0).sorted()
  }

  /// The newest of all policies that are trusted.
  var policyInForce: TrustedPolicy {
    trusted.max { $0.policy.version < $1.policy.version } ?? trusted[0]
  }
}
