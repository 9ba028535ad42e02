import HTTPMessages
import PrivacyPass
import StrictJSON
import Trust

/// What a draw of tokens brought.
public struct TokenDrawResult: Sendable, Equatable {
  public let issuerDay: UInt64
  public let drawnCount: Int
  /// How many are good now.
  public let availableCount: Int
}

/// Draws an issuer day's tokens: only when the person or a timer says so, never because of a request.
///
/// All of them in one message, and all or none: an issuer that answers in part, or with
/// another key than the bundle's, is refused, nothing of its answer is kept, and the refusal is recorded. The issuer
/// learns the account, the time and the address; it never sees the finished tokens.
struct TokenDraw {
  let epoch: VerifiedEpoch
  let state: ClientState
  /// Must not be the exchange that requests go through: the issuer may know who this is, the relay's peers must not.
  let issuerExchange: any HTTPExchange
  /// What the account shows the issuer. Secret.
  let bearer: String

  private var issuer: TrustPolicy.Issuer { epoch.policy.issuer }

  /// - Throws: `tokens-drawn-already` also where the issuer says so, `issuer-refused`, `token-issuance-partial`, the codes
  ///   of `PrivacyPass` and `HTTPMessages`.
  func perform() async throws(ClientError) -> TokenDrawResult {
    let day = epoch.bundle.issuerDay
    let plan = TokenPlan(epoch.policy)
    try state.wallet.eraseExpired(before: day)
    let challenge = try coded {
      try TokenChallenge.cloister(
        issuerName: issuer.name, originInfo: epoch.policy.operatorOrigin, issuerDay: day)
    }
    // The fixed number is taken before the first request, so that two processes do not draw it twice.
    let missing = try state.draws.reserve(day: day, total: issuer.tokensPerDay)
    guard missing > 0 else {
      throw ClientError(
        ClientError.tokensDrawn,
        "the tokens of issuer day \(day) were drawn already; \(epoch.policy.epochs.nextDraw(after: day))")
    }
    do throws(ClientError) {
      try state.wallet.takeRoom(forTokens: Int(missing), issuerDay: day, plan: plan)
      let tokens = try await draw(Int(missing), challenge)
      try? state.wallet.giveRoomBack()
      try state.wallet.keep(tokens, issuerDay: day, plan: plan)
    } catch {
      try? state.wallet.giveRoomBack()
      // An issuer that counted them already gives none again before the next day.
      if error.code != ClientError.tokensDrawn { try state.draws.giveBack(missing, day: day) }
      throw error
    }
    return TokenDrawResult(
      issuerDay: day, drawnCount: Int(missing),
      availableCount: try state.wallet.tokenCount(goodOn: day, plan: plan))
  }

  /// Whatever goes wrong between here and the issuer is written down: an issuer that fails selectively looks like this.
  private func draw(_ count: Int, _ challenge: TokenChallenge) async throws(ClientError) -> [Token] {
    do throws(ClientError) {
      return try await drawBatch(count, challenge)
    } catch {
      try state.issuerEvents.record(error.code, issuerDay: epoch.bundle.issuerDay)
      throw error
    }
  }

  /// A token that does not verify is discarded: sending it would tell the issuer who sends it.
  private func drawBatch(_ count: Int, _ challenge: TokenChallenge) async throws(ClientError) -> [Token] {
    let key = try epoch.tokenKey()
    let pending: PendingTokenBatch
    do {
      pending = try PendingTokenBatch(count: count, challenge: challenge, key: key)
    } catch {
      throw ClientError(error)
    }
    let answer = try await exchange(pending.request)
    do {
      return try pending.finalize(try BatchedTokenResponse(decoding: answer))
    } catch {
      throw ClientError(error)
    }
  }

  private func exchange(_ batch: BatchedTokenRequest) async throws(ClientError) -> [UInt8] {
    let request = WholeRequest(
      method: "POST", path: "/token-request",
      fields: [
        HTTPField("authorization", "Bearer \(bearer)"), HTTPField("content-type", BatchedTokenRequest.mediaType),
      ],
      body: batch.encoded)
    let answer: WholeResponse
    do {
      answer = try await issuerExchange.send(request, to: issuer.server, bodyLimit: BatchedTokenResponse.byteLimit)
    } catch {
      throw ClientError(error)
    }
    guard answer.status != Self.partialStatus else {
      throw ClientError(PrivacyPassError.partialIssuance, "issuer answered a part of the batch")
    }
    guard !Self.isQuota(answer) else {
      throw ClientError(
        ClientError.tokensDrawn,
        "the issuer says that this account drew its tokens of today already, perhaps on another device; "
          + epoch.policy.epochs.nextDraw(after: epoch.bundle.issuerDay))
    }
    guard answer.status == 200, answer.field("content-type") == BatchedTokenResponse.mediaType else {
      throw ClientError(ClientError.issuerRefused, "issuer answered with status \(answer.status)")
    }
    // Something to show the person, and no reason to lose the draw over.
    if let claim = answer.field(CrowdClaim.fieldName).flatMap(CrowdClaim.init(fieldValue:)) {
      try? state.draws.keep(claim)
    }
    return answer.body
  }

  /// Whether the account has had its tokens of the day. Without that code, a refusal by count is one of somebody who
  /// guesses keys.
  private static func isQuota(_ answer: WholeResponse) -> Bool {
    guard answer.status == 429, var object = try? JSONObject(parsing: answer.body, name: "refusal") else {
      return false
    }
    return (try? object.string("code")) == "issuer-quota-exceeded"
  }

  /// What an issuer says that leaves some out (draft-ietf-privacypass-batched-tokens, section 6.2).
  private static let partialStatus = 206
}
