import CloisterClient
import ErrorCodes
import LogMonitor
import TransparencyLog
import Trust

/// The entries of the release log, each read by its schema and held against the publishers of the policy in force.
struct LoggedEntries: Sendable {
  struct Logged<Entry: Sendable>: Sendable {
    /// Zero-based.
    let index: UInt64
    let entry: Entry
    let statement: Statement

    var leafHash: [UInt8] { RFC6962.leafHash(statement.encoded).rawRepresentation }
  }

  private(set) var releases: [Logged<ReleaseEntry>] = []
  /// By publisher, in the order of the log.
  private(set) var revocations: [String: [Logged<RevocationEntry>]] = [:]
  private(set) var promises: [Logged<PromiseEntry>] = []
  private(set) var findings: [AuditFinding] = []
  let policies: PolicyHistory

  init(_ entries: [[UInt8]], trusted: TrustedPolicy) {
    var statements: [(index: UInt64, statement: Statement)] = []
    var findings: [AuditFinding] = []
    var seen: Set<[UInt8]> = []
    for (index, entry) in entries.enumerated() {
      guard seen.insert(RFC6962.leafHash(entry).rawRepresentation).inserted else {
        findings.append(
          AuditFinding(
            AuditFinding.entryRepeated, .warning, "entry \(index) of the release log is there twice", evidence: [entry])
        )
        continue
      }
      do throws(TrustError) {
        statements.append((UInt64(index), try Statement(parsing: entry)))
      } catch {
        findings.append(Self.refused(UInt64(index), error, entry))
      }
    }
    policies = PolicyHistory(
      statements.filter { $0.statement.payloadType == TrustPolicy.payloadType }, trusted: trusted)
    self.findings = findings + policies.findings
    for (index, statement) in statements where statement.payloadType != TrustPolicy.payloadType {
      do throws(TrustError) {
        add(try read(statement, index), index, statement)
      } catch {
        self.findings.append(Self.refused(index, error, statement.encoded))
      }
    }
  }

  private static func refused(_ index: UInt64, _ error: TrustError, _ entry: [UInt8]) -> AuditFinding {
    AuditFinding(
      AuditFinding.entryRefused, .failure, "entry \(index) of the release log: \(error.code): \(error.message)",
      evidence: [entry])
  }

  private func read(_ statement: Statement, _ index: UInt64) throws(TrustError) -> ReleaseLogEntry {
    var refusal = TrustError(TrustError.tooFewSignatures, "no policy's publishers signed it")
    for policy in policies.candidates(at: index) {
      do throws(TrustError) {
        return try ReleaseLogEntry(verifying: statement, publishers: policy.policy.publishers)
      } catch {
        refusal = error
      }
    }
    throw refusal
  }

  private mutating func add(_ entry: ReleaseLogEntry, _ index: UInt64, _ statement: Statement) {
    switch entry {
    case .release(let release): releases.append(Logged(index: index, entry: release, statement: statement))
    case .promise(let promise): promises.append(Logged(index: index, entry: promise, statement: statement))
    case .policy: break
    case .revocation(let list, let publisher):
      if let before = revocations[publisher.identifier]?.last, before.entry.issued > list.issued {
        findings.append(
          AuditFinding(
            AuditFinding.entryOrder, .failure,
            "entry \(index): a publisher's revocation list is older than the one that it entered before",
            evidence: [before.statement.encoded, statement.encoded]))
      }
      revocations[publisher.identifier, default: []].append(Logged(index: index, entry: list, statement: statement))
    }
  }

  /// A publisher's newest list among the first `size` entries.
  func newestRevocations(of publisher: StatementKey, treeSize size: UInt64) -> Logged<RevocationEntry>? {
    revocations[publisher.identifier]?.last { $0.index < size }
  }

  /// Indices of entries that are dated after a time.
  func indices(datedAfter time: UInt64) -> [UInt64] {
    let dates =
      releases.map { ($0.index, $0.entry.issued) } + promises.map { ($0.index, $0.entry.issued) }
      + revocations.values.joined().map { ($0.index, $0.entry.issued) }
    return dates.filter { $0.1 > time }.map(\.0).sorted()
  }
}
