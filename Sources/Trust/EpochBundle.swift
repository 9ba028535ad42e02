import Crypto
import WireFormat

/// Everything a client needs for one epoch, the same bytes for everyone (docs/formats/bundle.md).
///
/// Decoding says nothing about who wrote it: the epoch log's leaf commits to `SHA-256(encoded)`.
public struct EpochBundle: Sendable, Equatable {
  static let label = Array("cloister bundle".utf8)
  static let version: UInt16 = 1
  /// Bundles are padded to a multiple of this many bytes.
  static let paddingUnit = 16_384
  public static let byteLimit = 4 << 20
  public static let nodeLimit = 64
  /// Of one report, and of what an attester adds to it.
  public static let evidenceByteLimit = 65_536

  /// A blind-RSA token key of the issuer day, one per plan.
  public struct IssuerKey: Sendable, Equatable {
    public var plan: String
    /// SubjectPublicKeyInfo as RFC 9578, section 6.5 spells it.
    public var publicKey: [UInt8]

    public init(plan: String, publicKey: [UInt8]) {
      self.plan = plan
      self.publicKey = publicKey
    }
  }

  /// A statement of the release log with its proof (C2SP tlog-proof).
  public struct LoggedStatement: Sendable, Equatable {
    public var statement: [UInt8]
    public var proof: [UInt8]

    public init(statement: [UInt8], proof: [UInt8]) {
      self.statement = statement
      self.proof = proof
    }
  }

  /// One node's keys and evidence. Indices point into the bundle's own lists.
  public struct Node: Sendable, Equatable {
    public var role: String
    public var keyConfiguration: [UInt8]
    public var releaseIndex: UInt8
    public var noteIndex: UInt8
    public var engineManifestDigest: [UInt8]
    /// The evidence's platform, as `Attestation` spells it.
    public var platform: String
    public var evidence: [UInt8]
    /// What the attester adds to the report, such as an event log; empty without any.
    public var supplement: [UInt8]
    public var endorsementIndices: [UInt16]
    public var accelerators: [Accelerator]

    public init(
      role: String, keyConfiguration: [UInt8], releaseIndex: UInt8, noteIndex: UInt8, engineManifestDigest: [UInt8],
      platform: String, evidence: [UInt8], supplement: [UInt8] = [], endorsementIndices: [UInt16],
      accelerators: [Accelerator] = []
    ) {
      self.role = role
      self.keyConfiguration = keyConfiguration
      self.releaseIndex = releaseIndex
      self.noteIndex = noteIndex
      self.engineManifestDigest = engineManifestDigest
      self.platform = platform
      self.evidence = evidence
      self.supplement = supplement
      self.endorsementIndices = endorsementIndices
      self.accelerators = accelerators
    }

    /// SHA-256 of the key configuration: the node's name in requests, `POST /nodes/<hex>`.
    public var identifier: [UInt8] { Array(SHA256.hash(data: keyConfiguration)) }
  }

  /// Evidence of one GPU or switch beside a node; the node binding holds the digest of all of them.
  public struct Accelerator: Sendable, Equatable {
    /// As `Attestation` spells it.
    public var platform: String
    public var evidence: [UInt8]
    public var endorsementIndices: [UInt16]

    public init(platform: String, evidence: [UInt8], endorsementIndices: [UInt16]) {
      self.platform = platform
      self.evidence = evidence
      self.endorsementIndices = endorsementIndices
    }
  }

  public var operatorOrigin: String
  public var epoch: UInt64
  public var gatewayKeyConfiguration: [UInt8]
  public var issuerDay: UInt64
  public var issuerKeys: [IssuerKey]
  public var nodes: [Node]
  /// Certificates, each once: a client never calls a vendor.
  public var endorsements: [[UInt8]]
  public var releases: [LoggedStatement]
  public var revocations: [LoggedStatement]
  /// The cosigned epoch notes that the nodes' evidence binds.
  public var notes: [[UInt8]]
  public var policy: LoggedStatement
  /// The release log's cosigned head.
  public var releaseLogNote: [UInt8]

  public init(
    operatorOrigin: String, epoch: UInt64, gatewayKeyConfiguration: [UInt8], issuerDay: UInt64,
    issuerKeys: [IssuerKey], nodes: [Node], endorsements: [[UInt8]], releases: [LoggedStatement],
    revocations: [LoggedStatement], notes: [[UInt8]], policy: LoggedStatement, releaseLogNote: [UInt8]
  ) {
    self.operatorOrigin = operatorOrigin
    self.epoch = epoch
    self.gatewayKeyConfiguration = gatewayKeyConfiguration
    self.issuerDay = issuerDay
    self.issuerKeys = issuerKeys
    self.nodes = nodes
    self.endorsements = endorsements
    self.releases = releases
    self.revocations = revocations
    self.notes = notes
    self.policy = policy
    self.releaseLogNote = releaseLogNote
  }

  public static func digest(of encoded: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: encoded)) }
}
