import Synchronization

/// One token that is out of the wallet before a request asks for it, so that the request does not wait for the disk.
///
/// It left the wallet as every claimed token does, for good: a process that ends with it loses it, and nobody sends it
/// twice. Who lives long enough to be worth that says `putBack` at its end.
package final class SpareToken: Sendable {
  private struct State: ~Copyable {
    var token: ClaimedToken?
    /// Whether no more is claimed.
    var isPutBack = false
  }

  private let wallet: Wallet
  /// Held while the wallet is read and written: who takes while a token is claimed would wait for the wallet's lock too.
  private let state = Mutex(State())

  package init(of wallet: Wallet) { self.wallet = wallet }

  /// The token that is there, or else the wallet's next one.
  /// - Throws: as `Wallet.claim`.
  package func take(goodOn issuerDay: UInt64, plan: TokenPlan) throws(ClientError) -> ClaimedToken {
    try state.withLock { state throws(ClientError) -> sending ClaimedToken in
      if let token = state.token.take() {
        if token.isGood(on: issuerDay, plan: plan) { return token }
        // Of a day that is over, or of a plan that the policy names no more.
        try wallet.putBack(token)
      }
      return try wallet.claim(goodOn: issuerDay, plan: plan)
    }
  }

  /// Claims the token of the next request, where there is none yet. What fails here fails that request, by its code.
  package func refill(goodOn issuerDay: UInt64, plan: TokenPlan) {
    state.withLock { state in
      guard state.token == nil, !state.isPutBack else { return }
      state.token = try? wallet.claim(goodOn: issuerDay, plan: plan)
    }
  }

  /// Takes the token back into the wallet; from here on none is claimed ahead.
  /// - Throws: as `Wallet.keep`.
  package func putBack() throws(ClientError) {
    try state.withLock { state throws(ClientError) in
      state.isPutBack = true
      if let token = state.token.take() { try wallet.putBack(token) }
    }
  }
}
