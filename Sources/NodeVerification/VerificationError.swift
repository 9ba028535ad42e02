public import ErrorCodes

/// Why an epoch or a node is refused, or whoever relies on them fails. A refusal of a library beneath keeps its own code.
///
/// Messages hold field names and public numbers, never received text, content, tokens or keys.
public struct VerificationError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The same refusal, by the library that found it.
  public init(_ cause: any CodedError) {
    code = cause.code
    message = cause.message
  }

  public static func == (left: VerificationError, right: VerificationError) -> Bool { left.code == right.code }
}

extension VerificationError {
  /// A library failed without saying why; it is a defect.
  public static let uncodedError = ErrorCode("internal-error")
}

// The epoch.
extension VerificationError {
  /// A policy of a lower version than one already trusted.
  public static let policyRollback = ErrorCode("policy-rollback")
  /// Another policy of the version already trusted.
  public static let policySecond = ErrorCode("policy-second-of-version")
  /// A policy of another operator than the one that this state belongs to.
  public static let policyOtherOperator = ErrorCode("policy-other-operator")
  /// A file of another epoch than the client's clock names.
  public static let epochNotCurrent = ErrorCode("epoch-not-current")
  /// The leaf stands at another index than its epoch.
  public static let leafIndex = ErrorCode("epoch-leaf-index")
  /// The epoch was missed: its leaf is void.
  public static let epochVoid = ErrorCode("epoch-void")
  /// Leaf, bundle and policy name different operators, epochs or days.
  public static let epochContradiction = ErrorCode("epoch-contradiction")
  /// The bundle's digest is not the leaf's.
  public static let bundleDigest = ErrorCode("bundle-digest-mismatch")
  /// The quorum time of the note is older than the bound.
  public static let noteOld = ErrorCode("note-old")
  /// The quorum time of the note lies in the future.
  public static let noteFuture = ErrorCode("note-future")
  /// The log's head does not extend the one already seen.
  public static let logFork = ErrorCode("log-fork")
  /// The file proves no consistency with a head that it must know.
  public static let consistencyMissing = ErrorCode("log-consistency-missing")
  /// No token key of the policy's plan in the bundle, or two.
  public static let issuerKeyMissing = ErrorCode("issuer-key-missing")
}

// Releases and nodes.
extension VerificationError {
  /// A node of another role than whoever calls it may call.
  public static let hopRole = ErrorCode("hop-role")
  /// A node that is called calls others itself: nobody would learn of them.
  public static let hopCalls = ErrorCode("hop-calls-others")
  /// The bundle has no such node.
  public static let nodeNotInBundle = ErrorCode("node-not-in-bundle")
  /// A release that the policy does not name.
  public static let releaseUnknown = ErrorCode("release-unknown")
  /// A release of another role than its node's.
  public static let releaseRole = ErrorCode("release-role")
  /// A release entered too long ago.
  public static let releaseExpired = ErrorCode("release-expired")
  /// A release below the policy's minimum security version.
  public static let releaseVersion = ErrorCode("release-version-low")
  /// A publisher revoked the release.
  public static let releaseRevoked = ErrorCode("release-revoked")
  /// The release has no measurement for the node's platform.
  public static let releasePlatform = ErrorCode("release-platform")
  /// A publisher's revocation list is missing or too old.
  public static let revocationStale = ErrorCode("revocation-stale")
  /// An entry or note of the release log lies in the future.
  public static let entryFuture = ErrorCode("release-entry-future")
  /// The head of the release log is too old.
  public static let releaseLogOld = ErrorCode("release-log-old")
  /// The note in the evidence is not of the tree that ends before the epoch's leaf.
  public static let evidenceNoteSize = ErrorCode("evidence-note-size")
  /// The note in the evidence is too far from the bundle's.
  public static let evidenceNoteOld = ErrorCode("evidence-note-old")
  /// The node's engine is not the one of its release.
  public static let engineManifest = ErrorCode("engine-manifest-mismatch")
  /// The node has an accelerator that its release does not name.
  public static let acceleratorUnexpected = ErrorCode("accelerator-unexpected")
  /// The node lacks the accelerator that its release names.
  public static let acceleratorMissing = ErrorCode("accelerator-missing")
  /// The evidence of one accelerator is offered as that of two.
  public static let acceleratorRepeated = ErrorCode("accelerator-repeated")
}

/// Runs a library's call and keeps its refusal's code.
package func coded<Value>(_ body: () throws -> Value) throws(VerificationError) -> Value {
  do {
    return try body()
  } catch let error as any CodedError {
    throw VerificationError(error)
  } catch {
    throw VerificationError(VerificationError.uncodedError, "a library failed without a code")
  }
}
