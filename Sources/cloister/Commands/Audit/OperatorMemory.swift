import CloisterClient
import Foundation
import LogMonitor
import OperatorMonitor
import StrictJSON
import TransparencyLog
import Trust
import WireFormat

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
    name = "operator-\(Checkpoint.originDigest(policy.operatorOrigin).prefix(16))"
  }

  private var memoryName: String { name + ".json" }
  private var policyName: String { name + ".policy" }

  func sightings() throws -> OperatorAudit.Sightings {
    OperatorAudit.Sightings(epochLog: try epochLog.sightings(), releaseLog: try releaseLog.sightings())
  }

  /// A later policy of the same operator that an audit before this one found to follow; nil where there is none.
  func newestPolicy(after given: TrustedPolicy) throws -> TrustedPolicy? {
    guard let bytes = try folder.read(policyName) else { return nil }
    do {
      let kept = try TrustedPolicy(published: try Statement(parsing: bytes))
      return kept.policy.isOfSameOperator(as: given.policy) && kept.policy.version > given.policy.version ? kept : nil
    } catch {
      throw AuditFolder.unusable
    }
  }

  func read() throws -> OperatorAudit.Memory {
    guard let bytes = try folder.read(memoryName) else { return .init() }
    do {
      var object = try JSONObject(parsing: bytes, name: "audit memory", byteLimit: 64 << 20)
      let memory = OperatorAudit.Memory(
        nextEpoch: try object.count("nextEpoch"), openEpochs: try Self.epochs(try object.array("openEpochs")),
        recentKeys: try object.array("recentKeys").map(EpochKeys.init), artifacts: Set(try object.strings("artifacts")),
        lasting: try Self.texts(try object.value("lasting")))
      try object.finish()
      return memory
    } catch {
      throw AuditFolder.unusable
    }
  }

  private static func epochs(_ values: [JSONValue]) throws -> Set<UInt64> {
    Set(
      try values.map { value in
        guard case .integer(let number) = value, let epoch = UInt64(exactly: number) else { throw AuditFolder.unusable }
        return epoch
      })
  }

  private static func texts(_ value: JSONValue) throws -> [String: String] {
    guard case .object(let members) = value else { throw AuditFolder.unusable }
    return try members.mapValues {
      guard case .string(let text) = $0 else { throw AuditFolder.unusable }
      return text
    }
  }

  /// - Parameter policy: by which the audit judged.
  func keep(_ result: OperatorAudit.Result, judgedBy policy: TrustPolicy) throws {
    try epochLog.keep(result.epochLog, logKey: policy.epochLog)
    try releaseLog.keep(result.releaseLog, logKey: policy.releaseLog)
    // The logs' own findings are kept above.
    let kept = Set((result.epochLog.findings + result.releaseLog.findings).flatMap(\.evidence))
    try folder.keepEvidence(of: result.report.findings.filter { kept.isDisjoint(with: $0.evidence) })
    try folder.replace(policyName, with: result.policy.statement.encoded)
    let memory: JSONValue = [
      "nextEpoch": .integer(Int64(clamping: result.memory.nextEpoch)),
      "openEpochs": .array(result.memory.openEpochs.sorted().map { .integer(Int64(clamping: $0)) }),
      "recentKeys": .array(result.memory.recentKeys.map(\.json)),
      "artifacts": .array(result.memory.artifacts.sorted().map { .string($0) }),
      "lasting": .object(result.memory.lasting.mapValues { .string($0) }),
    ]
    try folder.replace(memoryName, with: memory.canonicalBytes)
  }
}

extension EpochKeys {
  fileprivate var json: JSONValue {
    [
      "epoch": .integer(Int64(clamping: epoch)), "issuerDay": .integer(Int64(clamping: issuerDay)),
      "issuerKeys": .object(issuerKeys.mapValues { .string($0.hexadecimal) }),
      "nodes": .array(nodes.map(\.hexadecimal).sorted().map { .string($0) }),
      "releaseLogSize": .integer(Int64(clamping: releaseLogSize)),
    ]
  }

  fileprivate init(_ value: JSONValue) throws {
    func bytes(_ value: JSONValue) throws -> [UInt8] {
      guard case .string(let text) = value, let bytes = [UInt8](hexadecimal: text) else { throw AuditFolder.unusable }
      return bytes
    }
    var object = try JSONObject(value, name: "keys of an epoch")
    guard case .object(let issuerKeys) = try object.value("issuerKeys") else { throw AuditFolder.unusable }
    self.init(
      epoch: try object.count("epoch"), issuerDay: try object.count("issuerDay"),
      issuerKeys: try issuerKeys.mapValues(bytes), nodes: Set(try object.array("nodes").map(bytes)),
      releaseLogSize: try object.count("releaseLogSize"))
    try object.finish()
  }
}
