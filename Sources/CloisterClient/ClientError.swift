public import ErrorCodes

/// Why the client refuses or fails. A refusal of a library beneath keeps its own code.
///
/// Messages hold field names and public numbers, never received text, content, tokens or keys.
public struct ClientError: CodedError, Equatable {
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

  public static func == (left: ClientError, right: ClientError) -> Bool { left.code == right.code }
}

// The person's state.
extension ClientError {
  /// A file of the state folder cannot be read or written.
  public static let stateUnusable = ErrorCode("state-unusable")
  /// The state folder is of another version than this client knows.
  public static let stateVersion = ErrorCode("state-version")
  /// The folder holds something else than a client's state, or others can look into it.
  public static let stateForeign = ErrorCode("state-foreign")
  /// A file of the state folder is not what the client wrote.
  public static let stateDamaged = ErrorCode("state-damaged")
  /// No policy was trusted yet.
  public static let policyMissing = ErrorCode("policy-missing")
  /// A policy of a lower version than one already trusted.
  public static let policyRollback = ErrorCode("policy-rollback")
  /// Another policy of the version already trusted.
  public static let policySecond = ErrorCode("policy-second-of-version")
  /// A policy of another operator than the one that this state belongs to.
  public static let policyOtherOperator = ErrorCode("policy-other-operator")
  /// The person has not opted in to this task.
  public static let consentMissing = ErrorCode("consent-missing")
  /// The person excluded this chat.
  public static let chatExcluded = ErrorCode("chat-excluded")
  /// No token is left; a request never draws any.
  public static let walletEmpty = ErrorCode("wallet-empty")
  /// A file of the wallet is not what the client sealed.
  public static let walletDamaged = ErrorCode("wallet-damaged")
  /// The wallet holds tokens, and the key that seals it is gone.
  public static let walletKeyMissing = ErrorCode("wallet-key-missing")
}

extension ClientError {
  /// A library failed without saying why; it is a defect.
  public static let uncodedError = ErrorCode("internal-error")
}

// The epoch.
extension ClientError {
  /// Proof of a fork or of a second bundle is kept: nothing is sent until a person has looked at it.
  public static let conflictKept = ErrorCode("conflict-kept")
  /// The relay or gateway did not serve the epoch's file.
  public static let epochUnavailable = ErrorCode("epoch-unavailable")
  /// A file of another epoch than the client's clock names.
  public static let epochNotCurrent = ErrorCode("epoch-not-current")
  /// An epoch before one already accepted.
  public static let epochRollback = ErrorCode("epoch-rollback")
  /// Two bundles for one epoch, both in the log.
  public static let epochSecondDigest = ErrorCode("epoch-second-digest")
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
  /// The log's head is older than one already seen.
  public static let logRollback = ErrorCode("log-rollback")
  /// The log's head does not extend the one already seen.
  public static let logFork = ErrorCode("log-fork")
  /// The file proves no consistency with a head that it must know.
  public static let consistencyMissing = ErrorCode("log-consistency-missing")
  /// No token key of the policy's plan in the bundle, or two.
  public static let issuerKeyMissing = ErrorCode("issuer-key-missing")
  /// Another token key than the one already seen for this issuer day.
  public static let issuerKeySecond = ErrorCode("issuer-key-second")
}

// Releases and nodes.
extension ClientError {
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
  /// Fewer than two chips to draw nodes from, or both drawn nodes on one.
  public static let tooFewChips = ErrorCode("too-few-chips")
}

// The request.
extension ClientError {
  /// The request is larger than the largest class.
  public static let requestTooLarge = ErrorCode("request-too-large")
  /// The relay, or the gateway outside of the encryption, answered with a failure.
  public static let relayRefused = ErrorCode("relay-refused")
  /// The gateway answered with a failure.
  public static let gatewayRefused = ErrorCode("gateway-refused")
  /// The gateway did not take the token.
  public static let tokenRefused = ErrorCode("token-refused")
  /// The gateway could not reach the drawn node.
  public static let nodeUnreachable = ErrorCode("node-unreachable")
  /// The drawn node was busy.
  public static let nodeBusy = ErrorCode("node-busy")
  /// The node answered with a failure.
  public static let nodeRefused = ErrorCode("node-refused")
  /// The engine cannot do what was asked.
  public static let engineCannot = ErrorCode("engine-cannot")
  /// The chat would take more of the engine's work than one request may cost.
  public static let chatTooLong = ErrorCode("chat-too-long")
  /// The engine was not done in its time.
  public static let engineTooSlow = ErrorCode("engine-too-slow")
  /// A chat was asked for in a class of answers that has no room for a stream.
  public static let requestNotStreamed = ErrorCode("request-not-streamed")
  /// An answer is not of its schema or size.
  public static let answerMalformed = ErrorCode("answer-malformed")
  /// The answer ended before it was whole.
  public static let answerTruncated = ErrorCode("answer-truncated")
  /// The node's answer does not fit the class that was asked for.
  public static let answerTooLarge = ErrorCode("answer-too-large")
  /// The issuer gave no token.
  public static let issuerRefused = ErrorCode("issuer-refused")
  /// The account key for drawing tokens is missing.
  public static let accountMissing = ErrorCode("account-missing")
  /// This day's tokens were drawn already.
  public static let tokensDrawn = ErrorCode("tokens-drawn-already")
}

// Receipts.
extension ClientError {
  /// No receipt of that name.
  public static let receiptUnknown = ErrorCode("receipt-unknown")
  /// The bundle that a receipt refers to is not there.
  public static let receiptBundleMissing = ErrorCode("receipt-bundle-missing")
  /// The policy that a receipt refers to is not there.
  public static let receiptPolicyMissing = ErrorCode("receipt-policy-missing")
  /// A receipt says something else than its bundle proves.
  public static let receiptMismatch = ErrorCode("receipt-mismatch")
}

// The history.
extension ClientError {
  /// No history was ever turned on, or it was purged.
  public static let historyEmpty = ErrorCode("history-empty")
  /// The passphrase does not open the history, or its key file was changed.
  public static let historyLocked = ErrorCode("history-locked")
  /// A file of the history is not what the client sealed under its name.
  public static let historyDamaged = ErrorCode("history-damaged")
  /// A passphrase is too short.
  public static let historyPassphraseWeak = ErrorCode("history-passphrase-weak")
  /// An answer is too large to be kept.
  public static let historyTooLarge = ErrorCode("history-too-large")
  /// No entry of the history of that name.
  public static let historyUnknown = ErrorCode("history-unknown")
}

/// Runs a library's call and keeps its refusal's code.
func coded<Value>(_ body: () throws -> Value) throws(ClientError) -> Value {
  do {
    return try body()
  } catch let error as any CodedError {
    throw ClientError(error)
  } catch {
    throw ClientError(ClientError.uncodedError, "a library failed without a code")
  }
}
