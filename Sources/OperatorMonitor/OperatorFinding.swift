public import ErrorCodes
public import LogMonitor

// What an audit of an operator finds beside an audit of its logs. A refusal of the client's own checks keeps its code.
extension AuditFinding {
  /// An entry is of no schema that its log has, or is not signed as it must be.
  public static let entryRefused = ErrorCode("audit-entry-refused")
  /// The release log holds an entry twice.
  public static let entryRepeated = ErrorCode("audit-entry-repeated")
  /// Entries of one publisher go back in time, or policies in version.
  public static let entryOrder = ErrorCode("audit-entry-order")
  /// An entry is dated later than the auditor's clock.
  public static let entryFuture = ErrorCode("audit-entry-future")
  /// The policy by which an audit judges is not in the release log.
  public static let policyNotLogged = ErrorCode("audit-policy-not-logged")
  /// Two policies of one version.
  public static let policySecond = ErrorCode("audit-policy-second")
  /// The leaf at an index is not one of that epoch, signed by the operator.
  public static let leafRefused = ErrorCode("audit-leaf-refused")
  /// Epochs that are over have no leaf.
  public static let epochLogBehind = ErrorCode("audit-epoch-log-behind")
  /// A leaf was cosigned outside of its epoch.
  public static let epochTime = ErrorCode("audit-epoch-time")
  /// An epoch was missed.
  public static let epochVoid = ErrorCode("audit-epoch-void")
  /// An epoch's file cannot be fetched.
  public static let epochFileMissing = ErrorCode("audit-epoch-file-missing")
  /// Two servers have different bytes for one epoch's file.
  public static let epochFileDiffers = ErrorCode("audit-epoch-file-differs")
  /// A note, proof or head in an epoch's file is of another tree than the log's.
  public static let noteOfOtherTree = ErrorCode("audit-note-of-other-tree")
  /// A bundle lacks a revocation list or policy that was in the log before it.
  public static let entryWithheld = ErrorCode("audit-entry-withheld")
  /// Bundles of one issuer day have different token keys of one plan.
  public static let issuerKeySecond = ErrorCode("audit-issuer-key-second")
  /// A node's key is in the bundles of two epochs.
  public static let nodeKeyReused = ErrorCode("audit-node-key-reused")
  /// A release that the policy names was not entered again in time.
  public static let releaseExpired = ErrorCode("audit-release-expired")
  /// A publisher's revocation list was not entered again in time.
  public static let revocationStale = ErrorCode("audit-revocation-stale")
  /// A promise of the release log was not kept.
  public static let promiseBroken = ErrorCode("audit-promise-broken")
  /// An artifact of a release cannot be fetched.
  public static let artifactMissing = ErrorCode("audit-artifact-missing")
  /// An artifact has other bytes than its release says.
  public static let artifactMismatch = ErrorCode("audit-artifact-mismatch")
  /// An artifact is larger than this audit fetches, in one file or with all others.
  public static let artifactTooLarge = ErrorCode("audit-artifact-too-large")
}
