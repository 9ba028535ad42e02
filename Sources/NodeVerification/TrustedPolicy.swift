public import Trust

/// A policy that somebody trusts, with the statement it came in.
public struct TrustedPolicy: Sendable, Equatable {
  /// `published`, or `custom` for a policy that the person edited by hand.
  public enum Provenance: String, Sendable {
    case published
    case custom
  }

  public let policy: TrustPolicy
  public let statement: Statement
  public let provenance: Provenance

  /// SHA-256 of the payload, hexadecimal.
  public var digest: String { TrustPolicy.digest(ofPayload: statement.payload) }

  /// A policy that its own publishers signed.
  /// - Throws: the codes of `TrustPolicy`.
  public init(published statement: Statement) throws(VerificationError) {
    policy = try coded { try TrustPolicy(verifyingOwnSignatures: statement) }
    self.statement = statement
    provenance = .published
  }

  /// A policy that nobody vouches for but the person who wrote it.
  /// - Throws: the codes of `TrustPolicy`.
  public init(custom statement: Statement) throws(VerificationError) {
    policy = try coded { try TrustPolicy(parsingPayload: statement.payload) }
    self.statement = statement
    provenance = .custom
  }

  /// A policy that follows another one, by that one's publishers and its own: who is handed it as a first policy must be
  /// able to verify it too.
  /// - Throws: the codes of `TrustPolicy`.
  public init(successorOf old: TrustPolicy, statement: Statement) throws(VerificationError) {
    _ = try coded { try TrustPolicy(verifying: statement, publishers: old.publishers) }
    try self.init(published: statement)
  }
}
