package import PrivacyPass
package import SpentTokens

/// Spends one token for one request, once, ever. Which rule refused a token is not told to whoever sent it.
package struct Admission: Sendable {
  private let verifier: DailyTokenVerifier
  private let store: any SpentTokenStore

  package init(verifier: DailyTokenVerifier, store: any SpentTokenStore) {
    self.verifier = verifier
    self.store = store
  }

  /// - Throws: `token-refused`; what `SpentTokenStore.spend` throws when it cannot answer, so nothing is admitted.
  package func spend(authorization: String?) async throws {
    guard let authorization else {
      throw GatewayError(GatewayError.tokenRefused, "request has no token")
    }
    let token: Token
    let issuerDay: UInt64
    do {
      token = try PrivateTokenAuthorization.token(fieldValue: authorization)
      issuerDay = try verifier.verify(token)
    } catch {
      throw GatewayError(GatewayError.tokenRefused, "token: \(error.message)")
    }
    guard try await store.spend(tokenDigest: token.digest, issuerDay: issuerDay) else {
      throw GatewayError(GatewayError.tokenRefused, "token was spent before")
    }
  }
}
