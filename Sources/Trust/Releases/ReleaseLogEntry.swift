/// An entry of the release log, of whichever type its statement says (docs/formats/release-log.md).
public enum ReleaseLogEntry: Sendable, Equatable {
  case release(ReleaseEntry)
  case revocation(RevocationEntry, publisher: StatementKey)
  case policy(TrustPolicy)
  case promise(PromiseEntry)

  /// - Throws: `statement-payload-type` for a statement that has no place in the log, and the codes of its type.
  public init(verifying statement: Statement, publishers: Publishers) throws(TrustError) {
    switch statement.payloadType {
    case ReleaseEntry.payloadType:
      self = .release(try ReleaseEntry(verifying: statement, publishers: publishers))
    case RevocationEntry.payloadType:
      let (list, publisher) = try RevocationEntry.verified(statement, publishers: publishers)
      self = .revocation(list, publisher: publisher)
    case TrustPolicy.payloadType:
      self = .policy(try TrustPolicy(verifying: statement, publishers: publishers))
    case PromiseEntry.payloadType:
      self = .promise(try PromiseEntry(verifying: statement, publishers: publishers))
    default: throw TrustError.otherPayloadType
    }
  }

  /// The same without who signed it.
  public var payload: ReleaseLogPayload {
    switch self {
    case .release(let release): .release(release)
    case .revocation(let list, _): .revocation(list)
    case .policy(let policy): .policy(policy)
    case .promise(let promise): .promise(promise)
    }
  }
}

extension TrustError {
  fileprivate static let otherPayloadType = TrustError(
    payloadType, "statement is of a type that the release log does not have")
}

/// What a statement of the release log says, whoever signed it or not: for tools that show or change it.
public enum ReleaseLogPayload: Sendable, Equatable {
  case release(ReleaseEntry)
  case revocation(RevocationEntry)
  case policy(TrustPolicy)
  case promise(PromiseEntry)

  /// - Throws: `statement-payload-type` for a statement that has no place in the log, and the codes of its type.
  public init(of statement: Statement) throws(TrustError) {
    switch statement.payloadType {
    case ReleaseEntry.payloadType: self = .release(try ReleaseEntry(parsingPayload: statement.payload))
    case RevocationEntry.payloadType: self = .revocation(try RevocationEntry(parsingPayload: statement.payload))
    case TrustPolicy.payloadType: self = .policy(try TrustPolicy(parsingPayload: statement.payload))
    case PromiseEntry.payloadType: self = .promise(try PromiseEntry(parsingPayload: statement.payload))
    default: throw TrustError.otherPayloadType
    }
  }
}
