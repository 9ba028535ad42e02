/// Several tokens, drawn together: the client's side of a batch (draft-ietf-privacypass-batched-tokens, section 6), between
/// its request and the issuer's response.
///
/// It holds the nonces and blinds, which no one else may learn, and can be finalized once.
public struct PendingTokenBatch: ~Copyable {
  /// What goes to the issuer, in one message.
  public let request: BatchedTokenRequest
  private let blinded: [BlindedToken]

  /// Draws a fresh nonce and a fresh blind for each. Takes some 0.4 ms a token.
  ///
  /// - Parameter count: number of tokens, from 1 to `BatchedTokenRequest.countLimit`.
  /// - Throws: `token-batch-request-malformed` for another count; otherwise as `PendingToken`.
  public init(count: Int, challenge: TokenChallenge, key: IssuerPublicKey) throws(PrivacyPassError) {
    try self.init(count: count) { () throws(PrivacyPassError) in
      try BlindedToken.make(challenge: challenge, key: key)
    }
  }

  public init(count: Int, challenge: TokenChallenge, key: VOPRFPublicKey) throws(PrivacyPassError) {
    try self.init(count: count) { () throws(PrivacyPassError) in
      try BlindedToken.make(challenge: challenge, key: key)
    }
  }

  private init(
    count: Int, _ make: () throws(PrivacyPassError) -> (request: TokenRequest, blinded: BlindedToken)
  ) throws(PrivacyPassError) {
    var requests: [TokenRequest] = []
    var blinded: [BlindedToken] = []
    // One too many is enough for `BatchedTokenRequest` to refuse, whatever the count.
    while requests.count < min(count, BatchedTokenRequest.countLimit + 1) {
      let next = try make()
      requests.append(next.request)
      blinded.append(next.blinded)
    }
    request = try BatchedTokenRequest(requests)
    self.blinded = blinded
  }

  private init(request: BatchedTokenRequest, blinded: [BlindedToken]) {
    self.request = request
    self.blinded = blinded
  }

  /// Both batches in one message, this one's requests first: for tokens of several challenges, keys or types.
  ///
  /// - Throws: `token-batch-request-malformed` where that is too many.
  public consuming func joined(
    with other: consuming PendingTokenBatch
  ) throws(PrivacyPassError) -> PendingTokenBatch {
    PendingTokenBatch(
      request: try BatchedTokenRequest(request.requests + other.request.requests), blinded: blinded + other.blinded)
  }

  /// All tokens or none: an issuer that leaves some out chooses whom it serves, and is not to be believed.
  ///
  /// - Returns: the tokens in the order of the requests.
  /// - Throws: `token-issuance-partial` where the issuer left some out; otherwise as `finalizeIssued`.
  public consuming func finalize(_ response: BatchedTokenResponse) throws(PrivacyPassError) -> [Token] {
    guard response.issuedCount == response.responses.count else {
      throw PrivacyPassError(
        PrivacyPassError.partialIssuance,
        "issuer issued \(response.issuedCount) of \(response.responses.count) tokens")
    }
    return try finalizeIssued(response).compactMap { $0 }
  }

  /// The tokens that were issued, as the draft has it: nil in the place of each that the issuer left out.
  ///
  /// - Throws: `token-invalid-issuance` where the number of responses is not that of the requests or a single one does
  ///   not unblind to a valid token: all are discarded then.
  public consuming func finalizeIssued(_ response: BatchedTokenResponse) throws(PrivacyPassError) -> [Token?] {
    guard response.responses.count == blinded.count else {
      throw PrivacyPassError(
        PrivacyPassError.invalidIssuance,
        "issuer answered \(response.responses.count) of \(blinded.count) token requests")
    }
    var tokens: [Token?] = []
    for (pending, response) in zip(blinded, response.responses) {
      if let response { tokens.append(try pending.finalize(response)) } else { tokens.append(nil) }
    }
    return tokens
  }
}
