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
/// The issuer learns the account, the time and the address; it never sees the finished tokens.
struct TokenDraw {
  let epoch: VerifiedEpoch
  let state: ClientState
  /// Must not be the exchange that requests go through: the issuer may know who this is, the relay's peers must not.
  let issuerExchange: any HTTPExchange
  let accountKey: String

  private var issuer: TrustPolicy.Issuer { epoch.policy.issuer }

  /// - Throws: `tokens-drawn-already`, `issuer-refused`, the codes of `PrivacyPass` and `HTTPMessages`.
  func perform() async throws(ClientError) -> TokenDrawResult {
    let day = epoch.bundle.issuerDay
    try state.wallet.eraseExpired(before: day)
    // The fixed number is taken before the first request, so that two processes do not draw it twice.
    let missing = try state.draws.reserve(day: day, total: issuer.tokensPerDay)
    guard missing > 0 else {
      throw ClientError(ClientError.tokensDrawn, "the tokens of issuer day \(day) were drawn already")
    }
    let challenge = try coded {
      try TokenChallenge.cloister(
        issuerName: issuer.name, originInfo: epoch.policy.operatorOrigin, issuerDay: day)
    }
    var drawnCount: UInt64 = 0
    do throws(ClientError) {
      while drawnCount < missing {
        try state.wallet.keep(try await drawOne(challenge), issuerDay: day)
        drawnCount += 1
      }
    } catch {
      try state.draws.giveBack(missing - drawnCount, day: day)
      throw error
    }
    return TokenDrawResult(
      issuerDay: day, drawnCount: Int(drawnCount), availableCount: try state.wallet.tokenCount(goodOn: day))
  }

  /// A token that does not verify is discarded: sending it would tell the issuer who sends it.
  private func drawOne(_ challenge: TokenChallenge) async throws(ClientError) -> Token {
    let pending: PendingToken
    do {
      pending = try PendingToken(challenge: challenge, key: epoch.issuerKey)
    } catch {
      throw ClientError(error)
    }
    let request = WholeRequest(
      method: "POST", path: "/token-request",
      fields: [
        HTTPField("authorization", "Bearer \(accountKey)"), HTTPField("content-type", TokenRequest.mediaType),
      ],
      body: pending.request.encoded)
    let answer: WholeResponse
    do {
      answer = try await issuerExchange.send(request, to: issuer.server, bodyLimit: 4_096)
    } catch {
      throw ClientError(error)
    }
    guard answer.status == 200, answer.field("content-type") == TokenResponse.mediaType else {
      throw ClientError(ClientError.issuerRefused, "issuer answered with status \(answer.status)")
    }
    do {
      return try pending.finalize(try TokenResponse(decoding: answer.body))
    } catch {
      throw ClientError(error)
    }
  }
}
