public import Attestation
public import Foundation
public import SimulatedTEE
public import TransparencyLog
public import Trust

/// How one epoch is to be made. As `DeploymentFixture.plan` gives it, every check passes; a test changes one thing.
public struct EpochPlan: Sendable {
  /// One node of the epoch.
  public struct Node: Sendable {
    /// The index among the fixture's chips.
    public var chip: Int
    /// The index among the fixture's node keys.
    public var key: Int
    /// The index among the plan's releases.
    public var release: UInt8 = 0
    public var role = "assistant"
    public var measurement = DeploymentFixture.measurement
    /// What the accelerators beside it answer to a nonce.
    public var accelerators: @Sendable (_ nonce: [UInt8]) throws -> [Evidence] = { _ in [] }
    /// Replaces the simulated chip by other hardware.
    public var hardware: (@Sendable (_ reportData: [UInt8]) throws -> Evidence)?
    /// Changes what the evidence binds, against what the bundle says.
    public var editBinding: @Sendable (inout NodeBinding) -> Void = { _ in }
    /// Changes the report before the chip signs it.
    public var editReport: @Sendable (inout SimulatedReport) -> Void = { _ in }
    /// Changes the finished node in the bundle.
    public var editNode: @Sendable (inout EpochBundle.Node) -> Void = { _ in }
    /// Replaces the chip's endorsements.
    public var endorsements: [[UInt8]]?
    /// Replaces the chip itself.
    public var otherChip: SimulatedChip?

    public init(chip: Int, key: Int) {
      self.chip = chip
      self.key = key
    }
  }

  /// One entry of the release log, with its signers.
  public struct Logged<Entry: Sendable>: Sendable {
    public var entry: Entry
    public var signers: [StatementSigningKey]
    /// Changes the signed statement's bytes before they are logged.
    public var editStatement: @Sendable (inout [UInt8]) -> Void = { _ in }
    /// Changes the statement in the bundle after it was logged.
    public var editLogged: @Sendable (inout EpochBundle.LoggedStatement) -> Void = { _ in }

    public init(_ entry: Entry, signers: [StatementSigningKey]) {
      self.entry = entry
      self.signers = signers
    }
  }

  public var epoch: UInt64
  /// When the witnesses cosign the bundle's note.
  public var noteTime: Date
  public var cosigners: [NoteSigningKey]
  public var noteLogKey: NoteSigningKey?
  /// When the witnesses cosigned the note that the evidence binds.
  public var evidenceNoteTime: Date
  public var evidenceNoteCosigners: [NoteSigningKey]
  /// Replaces the note that the evidence binds.
  public var evidenceNote: SignedNote?
  public var nodes: [Node]
  public var releases: [Logged<ReleaseEntry>]
  public var revocations: [Logged<RevocationEntry>]
  public var policy: Logged<TrustPolicy>
  public var releaseLogTime: Date
  public var releaseLogCosigners: [NoteSigningKey]
  public var editBundle: @Sendable (inout EpochBundle) -> Void = { _ in }
  /// Changes the bundle's bytes after the leaf committed to them.
  public var editEncodedBundle: @Sendable (inout [UInt8]) -> Void = { _ in }
  /// Replaces the leaf.
  public var editLeaf: @Sendable (EpochLeaf) -> EpochLeaf = { $0 }
  public var leafSigner: StatementSigningKey
  public var editLeafStatement: @Sendable (inout [UInt8]) -> Void = { _ in }
  /// Entries that stand in the log between its last leaf and this one.
  public var entriesBefore: [[UInt8]] = []
  public var editFile: @Sendable (inout EpochFile) -> Void = { _ in }
}
