import CloisterClient
import Foundation
import LogMonitor
import OperatorMonitor
import TestDeployment
import TestSupport
import TransparencyLog
import Trust

/// A fixture's operator with what it published so far, as files.
struct PublishedOperator {
  static let firstEpoch = DeploymentFixture.firstEpoch

  var fixture: DeploymentFixture
  private(set) var epochFiles: [UInt64: [UInt8]] = [:]

  init() throws { fixture = try DeploymentFixture.shared.get() }

  /// One good epoch.
  static func withOneEpoch() throws -> PublishedOperator {
    var published = try PublishedOperator()
    try published.publish(published.fixture.plan())
    return published
  }

  mutating func publish(_ plan: EpochPlan) throws { epochFiles[plan.epoch] = try fixture.publish(plan) }

  /// The epoch after another, whose one node has a key of its own.
  func nextPlan(_ epoch: UInt64 = firstEpoch + 1) -> EpochPlan {
    var plan = fixture.plan(epoch)
    plan.nodes = [.init(chip: 0, key: 3)]
    return plan
  }

  mutating func enter(_ statement: Statement, by signers: [StatementSigningKey]) {
    var statement = statement
    for signer in signers { statement.sign(with: signer) }
    fixture.enterStatement(statement.encoded)
  }

  var bothPublishers: [StatementSigningKey] { Array(fixture.publishers.prefix(2)) }

  /// In the last of the epochs published.
  var now: Date { fixture.time(in: epochFiles.keys.max() ?? Self.firstEpoch) }

  func files(at time: Date? = nil) throws -> MemoryFiles {
    var files: [String: [UInt8]] = [:]
    for (epoch, file) in epochFiles { files["epoch/\(epoch)"] = file }
    for (log, name) in [(fixture.epochLog, "epochs"), (fixture.releaseLog, "releases")] {
      let note = try log.note(at: time ?? now, cosigners: Array(fixture.witnesses.prefix(3)))
      files["logs/\(name)/checkpoint"] = note.encoded
      try log.tree.writeFiles(entry: { log.entries[$0] }) { files["logs/\(name)/\($0)"] = $1 }
    }
    return MemoryFiles(files)
  }

  /// Audits this operator as of its last epoch.
  /// - Parameter trusted: the fixture's policy where nil.
  func audit(
    _ files: MemoryFiles? = nil, others: [MemoryFiles] = [], artifacts: MemoryFiles? = nil,
    memory: OperatorAudit.Memory = .init(), sightings: OperatorAudit.Sightings = .init(), now: Date? = nil,
    options: OperatorAudit.Options = .init(), trusted: Statement? = nil
  ) async throws -> OperatorAudit.Result {
    let places = [try files ?? self.files(at: now)] + others
    let audit = OperatorAudit(
      trusted: try TrustedPolicy(published: trusted ?? fixture.signedPolicy()),
      vantagePoints: places.enumerated().map { VantagePoint(name: "place \($0)", files: $1) }, artifacts: artifacts,
      options: options)
    return await audit.run(memory: memory, sightings: sightings, now: now ?? self.now)
  }
}

extension OperatorAudit.Result {
  var codes: Set<String> { Set(report.findings.map(\.code.rawValue)) }

  /// Beyond warnings.
  var failures: Set<String> { Set(report.findings.filter { $0.severity != .warning }.map(\.code.rawValue)) }

  /// The same for an audit that looks long after the last epoch.
  var failuresOfOldLog: Set<String> { failures.subtracting(["audit-epoch-log-behind"]) }
}
