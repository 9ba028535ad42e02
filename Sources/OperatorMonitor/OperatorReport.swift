public import Foundation
public import LogMonitor
public import TransparencyLog
public import Trust

/// What one audit of an operator looked at, and what it found.
public struct OperatorReport: Sendable {
  /// One log, as far as it was verified.
  public struct Log: Sendable {
    public let origin: String
    /// Nil where the checkpoint itself was refused.
    public let checkpoint: VerifiedCheckpoint?
    public let isComplete: Bool
  }

  /// A release that the policy names, as entered last.
  public struct Release: Sendable, Equatable {
    public let entry: ReleaseEntry
    /// Of its entry, zero-based.
    public let index: UInt64
    public let isCurrent: Bool
    public let isRevoked: Bool
  }

  public let operatorOrigin: String
  /// Whether the policy's machines are simulated, which protect nobody.
  public let isSimulated: Bool
  /// The auditor's clock.
  public let time: Date
  public internal(set) var vantagePoints: [String] = []
  public internal(set) var epochLog: Log?
  public internal(set) var releaseLog: Log?
  /// The newest policy that the log's publishers signed.
  public internal(set) var policyVersion: UInt64
  /// Files verified by this audit, those that were looked at again among them.
  public internal(set) var epochFileCount = 0
  /// Nodes whose evidence was verified by this audit.
  public internal(set) var nodeCount = 0
  public internal(set) var voidEpochs: [UInt64] = []
  /// Epochs that are over and have no leaf, not even a void one.
  public internal(set) var epochsWithoutLeaf: Range<UInt64> = 0..<0
  public internal(set) var releases: [Release] = []
  public internal(set) var promises: [PromiseVerdict] = []
  /// Artifacts that were fetched and verified by this audit.
  public internal(set) var artifactCount = 0
  public internal(set) var findings: [AuditFinding] = []

  /// The same report with what its keeper found.
  public func adding(_ finding: AuditFinding) -> OperatorReport {
    var report = self
    report.findings.append(finding)
    return report
  }

  /// Whether there are no findings beyond warnings.
  public var isGood: Bool { findings.allSatisfy { $0.severity == .warning } }
}
