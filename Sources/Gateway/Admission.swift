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

  /// A token that is good and not spent yet.
  package struct Admitted {
    fileprivate let token: Token
    fileprivate let issuerDay: UInt64
  }

  /// - Throws: `token-refused`.
  package func verify(authorization: String?) throws(GatewayError) -> Admitted {
    guard let authorization else {
      throw GatewayError(GatewayError.tokenRefused, "request has no token")
    }
    do {
      let token = try PrivateTokenAuthorization.token(fieldValue: authorization)
      return Admitted(token: token, issuerDay: try verifier.verify(token))
    } catch {
      throw GatewayError(GatewayError.tokenRefused, "token: \(error.message)")
    }
  }

  /// - Throws: `token-refused`; what `SpentTokenStore.spend` throws when it cannot answer, so nothing is admitted.
  package func spend(_ admitted: Admitted) async throws {
    guard try await store.spend(tokenDigest: admitted.token.digest, issuerDay: admitted.issuerDay) else {
      throw GatewayError(GatewayError.tokenRefused, "token was spent before")
    }
  }
}
