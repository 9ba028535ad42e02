public import ErrorCodes
import Foundation
public import StrictJSON

/// Something that an audit found wrong, or could not make sure of.
public struct AuditFinding: Sendable, Equatable {
  public enum Severity: String, Sendable {
    /// What somebody signed contradicts itself, such as two trees of one size: the evidence proves that to anyone.
    case proof
    /// Files are missing, damaged, or contradict each other, a note or a promise: whoever serves them must answer for it.
    /// To prove a fork of two sizes to others takes the log's files too.
    case failure
    /// Not enough could be seen to be sure.
    case warning
  }

  public let code: ErrorCode
  public let severity: Severity
  /// One sentence, of numbers and names that the operator published.
  public let message: String
  /// Signed notes or statements that show it, as their bytes.
  public let evidence: [[UInt8]]

  public init(_ code: ErrorCode, _ severity: Severity, _ message: String, evidence: [[UInt8]] = []) {
    self.code = code
    self.severity = severity
    self.message = message
    self.evidence = evidence
  }

  /// Members `code`, `severity`, `message`, and `evidence` in base64.
  public var json: JSONValue {
    [
      "code": .string(code.rawValue), "severity": .string(severity.rawValue), "message": .string(message),
      "evidence": .array(evidence.map { .string(Data($0).base64EncodedString()) }),
    ]
  }
}

extension AuditFinding {
  /// The checkpoint is missing.
  public static let checkpointMissing = ErrorCode("audit-checkpoint-missing")
  /// A tile or entry bundle is missing.
  public static let fileMissing = ErrorCode("audit-file-missing")
  /// A tile or entry bundle has another form than tlog-tiles says.
  public static let fileMalformed = ErrorCode("audit-file-malformed")
  /// Entries have other hashes than their tile.
  public static let entryMismatch = ErrorCode("audit-entry-mismatch")
  /// A tile above the first level has other hashes than follow from the level below.
  public static let tileMismatch = ErrorCode("audit-tile-mismatch")
  /// The tiles have another root than the checkpoint.
  public static let rootMismatch = ErrorCode("audit-root-mismatch")
  /// The tree does not extend one that the log signed before.
  public static let fork = ErrorCode("audit-fork")
  /// The tree is smaller than one that was seen here before.
  public static let rollback = ErrorCode("audit-rollback")
  /// A witness cosigned a tree that the log does not show.
  public static let unpublishedTree = ErrorCode("audit-unpublished-tree")
  /// What audits before this one kept cannot be read or written, or is not of this log.
  public static let memoryUnusable = ErrorCode("audit-memory-unusable")
  /// A witness gives no note of the log, or none that it cosigned.
  public static let witnessSilent = ErrorCode("audit-witness-silent")
  /// The log has more entries than an audit that judges them keeps in memory.
  public static let logTooLarge = ErrorCode("audit-log-too-large")
  /// Another server of the log's files shows no checkpoint.
  public static let vantagePointSilent = ErrorCode("audit-vantage-point-silent")
  /// The newest quorum of cosignatures is of a time to come.
  public static let future = ErrorCode("audit-future")
  /// The newest quorum of cosignatures is older than it may be.
  public static let stale = ErrorCode("audit-stale")
}
