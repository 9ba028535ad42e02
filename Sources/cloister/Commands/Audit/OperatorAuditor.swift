import Foundation
import LogMonitor
import OperatorMonitor
import StrictJSON
import TransparencyLog
import Trust
import WireFormat

/// Runs audits of one operator, each held against what those before and the witnesses saw.
struct OperatorAuditor {
  let audit: OperatorAudit
  let policy: TrustPolicy
  let witnesses: [LogPolicy.Witness]
  let notes: WitnessNotes
  let memory: OperatorMemory?

  /// - Throws: `audit-memory-unusable`.
  func run() async throws -> OperatorReport {
    var sightings = try memory?.sightings() ?? OperatorAudit.Sightings()
    let cosigned = await (
      epochs: notes.sightings(of: policy.epochLog.name, at: witnesses),
      releases: notes.sightings(of: policy.releaseLog.name, at: witnesses)
    )
    sightings.epochLog += cosigned.epochs
    sightings.releaseLog += cosigned.releases
    let progress = AuditProgress()
    let result = await audit.run(memory: try memory?.read() ?? .init(), sightings: sightings, now: Date()) {
      progress.show($0)
    }
    try memory?.keep(result)
    return result.report
  }
}

/// What audits of one operator leave for the next.
struct OperatorMemory {
  private let folder: AuditFolder
  private let epochLog: AuditMemory
  private let releaseLog: AuditMemory
  private let name: String

  init(in folder: AuditFolder, policy: TrustPolicy) {
    self.folder = folder
    epochLog = AuditMemory(in: folder, origin: policy.epochLog.name)
    releaseLog = AuditMemory(in: folder, origin: policy.releaseLog.name)
    name = "operator-\(Checkpoint.originDigest(policy.operatorOrigin).prefix(16)).json"
  }

  func sightings() throws -> OperatorAudit.Sightings {
    OperatorAudit.Sightings(epochLog: try epochLog.sightings(), releaseLog: try releaseLog.sightings())
  }

  func read() throws -> OperatorAudit.Memory {
    guard let bytes = try folder.read(name) else { return .init() }
    do {
      var object = try JSONObject(parsing: bytes, name: "audit memory")
      let artifacts = try object.strings("artifacts").map { text in
        guard let digest = [UInt8](hexadecimal: text) else { throw AuditFolder.unusable }
        return digest
      }
      let memory = OperatorAudit.Memory(nextEpoch: try object.count("nextEpoch"), artifacts: Set(artifacts))
      try object.finish()
      return memory
    } catch {
      throw AuditFolder.unusable
    }
  }

  func keep(_ result: OperatorAudit.Result) throws {
    try epochLog.keep(result.epochLog)
    try releaseLog.keep(result.releaseLog)
    // The logs' own findings are kept above.
    let kept = Set((result.epochLog.findings + result.releaseLog.findings).flatMap(\.evidence))
    try folder.keepEvidence(of: result.report.findings.filter { kept.isDisjoint(with: $0.evidence) })
    let memory: JSONValue = [
      "nextEpoch": .integer(Int64(clamping: result.memory.nextEpoch)),
      "artifacts": .array(result.memory.artifacts.map(\.hexadecimal).sorted().map { .string($0) }),
    ]
    try folder.replace(name, with: memory.canonicalBytes)
  }
}
