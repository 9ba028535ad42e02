public import ErrorCodes
public import NodeVerification

/// Why the client refuses or fails: in one type with what it verifies by, so that a refusal needs no second name.
public typealias ClientError = VerificationError

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

// The epoch that the client remembers.
extension ClientError {
  /// Proof of a fork or of a second bundle is kept: nothing is sent until a person has looked at it.
  public static let conflictKept = ErrorCode("conflict-kept")
  /// The relay or gateway did not serve the epoch's file.
  public static let epochUnavailable = ErrorCode("epoch-unavailable")
  /// An epoch before one already accepted.
  public static let epochRollback = ErrorCode("epoch-rollback")
  /// Two bundles for one epoch, both in the log.
  public static let epochSecondDigest = ErrorCode("epoch-second-digest")
  /// The log's head is older than one already seen.
  public static let logRollback = ErrorCode("log-rollback")
  /// Another token key than the one already seen for this issuer day.
  public static let issuerKeySecond = ErrorCode("issuer-key-second")
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
  /// The drawn node had no other node that it could verify and call.
  public static let noPeer = ErrorCode("node-no-peer")
  /// A node whose release calls others does not say whom it called.
  public static let hopsMissing = ErrorCode("hops-missing")
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
  /// What gives the account's bearer token for a draw gave none that can be sent.
  public static let credentialUnavailable = ErrorCode("account-credential-unavailable")
  /// This day's tokens were drawn already: by this client, or by the issuer's word.
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
