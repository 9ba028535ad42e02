import BinaryHTTP
import HTTPMessages
import Trust

/// One logical request: two nodes drawn once, one token for each attempt, at most one second attempt, one receipt.
///
/// Nothing of the person leaves before both nodes were verified, and there is no other way for it to leave.
struct PrivateRequest {
  let task: PrivateTask
  let epoch: VerifiedEpoch
  let draw: NodeDraw
  /// The issuer day by the client's clock.
  let issuerDay: UInt64
  let state: ClientState
  let exchange: any StreamingHTTPExchange

  struct Answer {
    enum Content {
      case whole(BinaryHTTP.Response)
      case stream(IncomingAnswer)
    }

    let content: Content
    let receipt: Receipt
    /// From the first sending to the last byte, or to the start of a stream.
    let transport: Duration
  }

  func perform() async throws(ClientError) -> Answer {
    let (request, requestClass) = try task.request(origin: epoch.policy.operatorOrigin)
    guard let relay = epoch.policy.relays.randomElement() else {
      throw ClientError(ClientError.relayRefused, "policy names no relay")
    }
    let outer = OuterRequest(epoch: epoch, relay: relay, exchange: exchange, answerClass: task.answerClass)
    var receipt = receipt(relay: relay, requestClass: requestClass)
    let start = ContinuousClock.now
    for (attempt, node) in [draw.first, draw.second].enumerated() {
      let token = try claimToken()
      // The receipt is there before anything leaves, so that no crash can lose it.
      receipt.hops.append(node.hop(in: epoch))
      try state.receipts.keep(receipt)
      switch try await outer.send(request, to: node, token: token) {
      case .answered(let response):
        return Answer(content: .whole(response), receipt: receipt, transport: ContinuousClock.now - start)
      case .streams(let answer):
        return Answer(content: .stream(answer), receipt: receipt, transport: ContinuousClock.now - start)
      case .mayTryOther(let refusal, let wasSent):
        if !wasSent {
          receipt.hops.removeLast()
          try keepOrDiscard(receipt)
        }
        guard attempt == 0 else { throw refusal }
      }
    }
    throw ClientError(ClientError.nodeUnreachable, "neither of the drawn nodes answered")
  }

  private func claimToken() throws(ClientError) -> ClaimedToken {
    try state.wallet.claim(goodOn: issuerDay, plan: TokenPlan(epoch.policy))
  }

  private func keepOrDiscard(_ receipt: Receipt) throws(ClientError) {
    if receipt.hops.isEmpty {
      try state.receipts.discard(receipt.identifier)
    } else {
      try state.receipts.keep(receipt)
    }
  }

  private func receipt(relay: TrustPolicy.Relay, requestClass: RequestClass) -> Receipt {
    Receipt(
      identifier: ReceiptStore.newIdentifier(), task: task.name, operatorOrigin: epoch.policy.operatorOrigin,
      epoch: epoch.number, bundleDigest: epoch.bundleDigest, noteDigest: epoch.noteDigest,
      policyVersion: epoch.policy.version, policyDigest: epoch.trusted.digest,
      policyProvenance: epoch.trusted.provenance.rawValue, isSimulated: epoch.policy.isSimulated,
      relay: relay.operatorName, requestClass: UInt64(requestClass.byteCount), answerClass: task.answerClass.rawValue,
      hops: [])
  }
}
