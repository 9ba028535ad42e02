import CloisterClient
import Foundation
import LogMonitor
import OperatorMonitor
import TransparencyLog
import Trust

/// Runs audits of one operator, each held against what those before and the witnesses saw, and each by the newest policy
/// that follows the one that the auditor was given.
actor OperatorAuditor {
  private let makeAudit: @Sendable (TrustedPolicy) throws -> OperatorAudit
  private let witnesses: LogPolicy?
  private let notes: WitnessNotes
  private let memory: OperatorMemory?
  private var policy: TrustedPolicy

  /// - Parameters:
  ///   - policy: the one that the auditor was given.
  ///   - witnesses: where witnesses can be asked.
  ///   - makeAudit: an audit by a policy.
  /// - Throws: `audit-memory-unusable`.
  init(
    policy: TrustedPolicy, witnesses: LogPolicy?, notes: WitnessNotes, memory: OperatorMemory?,
    makeAudit: @escaping @Sendable (TrustedPolicy) throws -> OperatorAudit
  ) throws {
    self.makeAudit = makeAudit
    self.witnesses = witnesses
    self.notes = notes
    self.memory = memory
    self.policy = try memory?.newestPolicy(after: policy) ?? policy
  }

  func run() async throws -> OperatorReport {
    let trusted = policy.policy
    let known = witnesses?.witnesses.filter { trusted.witnesses.policy.witnesses.contains($0.key) } ?? []
    var sightings = try memory?.sightings() ?? OperatorAudit.Sightings()
    let cosigned = await (
      epochs: notes.sightings(of: trusted.epochLog.name, at: known),
      releases: notes.sightings(of: trusted.releaseLog.name, at: known)
    )
    sightings.epochLog += cosigned.epochs
    sightings.releaseLog += cosigned.releases
    // One that cannot be asked is silent too.
    for key in trusted.witnesses.policy.witnesses
    where witnesses != nil && !known.contains(where: { $0.key == key && $0.submissionPrefix != nil }) {
      sightings.epochLog.append(LogAudit.Sighting(.witness(key), note: nil))
      sightings.releaseLog.append(LogAudit.Sighting(.witness(key), note: nil))
    }
    let progress = AuditProgress()
    let result = try await makeAudit(policy).run(
      memory: try memory?.read() ?? .init(), sightings: sightings, now: Date()
    ) { progress.show($0) }
    policy = result.policy
    do {
      try memory?.keep(result, judgedBy: trusted)
    } catch {
      // What was found is shown all the same.
      return result.report.adding(
        AuditFinding(AuditFinding.memoryUnusable, .failure, "what this audit found cannot be kept"))
    }
    return result.report
  }
}
