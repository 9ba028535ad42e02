import BinaryHTTP
import HTTPMessages
import Trust

/// One logical request: two nodes drawn once, one token for each attempt that leaves, at most one second attempt, one
/// receipt.
///
/// Nothing of the person leaves before both nodes were verified, and there is no other way for it to leave.
struct PrivateRequest {
  let task: PrivateTask
  let epoch: VerifiedEpoch
  /// The issuer day by the client's clock.
  let issuerDay: UInt64
  let state: ClientState
  /// Where a token is ready, in a client that lives long.
  let spareToken: SpareToken?
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

  /// - Parameter drawn: for this request alone.
  func perform(_ drawn: consuming DrawnRequest) async throws(ClientError) -> Answer {
    let (request, requestClass) = try task.request(origin: epoch.policy.operatorOrigin)
    var relays = epoch.policy.relays.shuffled()
    guard let relay = relays.popLast() else {
      throw ClientError(ClientError.relayRefused, "policy names no relay")
    }
    var receipt = receipt(relay: relay, requestClass: requestClass)
    do {
      return try await perform(drawn, request, through: relay, or: relays, &receipt)
    } catch {
      await state.receipts.note(error.code, in: receipt)
      throw error
    }
  }

  /// - Parameters:
  ///   - request: the padded Binary HTTP request.
  ///   - others: the relays to try where that one is not there.
  ///   - receipt: names a node from when it may have been sent something.
  private func perform(
    _ drawn: consuming DrawnRequest, _ request: [UInt8], through relay: TrustPolicy.Relay,
    or others: [TrustPolicy.Relay], _ receipt: inout Receipt
  ) async throws(ClientError) -> Answer {
    let draw = drawn.draw
    var ready = Optional(drawn.takeLayers())
    var (relay, others) = (relay, others)
    let identifier = receipt.identifier
    let start = ContinuousClock.now
    for (index, node) in [draw.first, draw.second].enumerated() {
      let token = try claimToken().presented()
      // The receipt is there before anything leaves, so that no end of this process can lose it. It outlasts a loss of
      // power before anything of the answer is shown; the disk is waited for while the request is on its way.
      var begun = receipt
      begun.hops.append(node.hop(in: epoch))
      try state.receipts.put(begun)
      receipt = begun
      async let settled = settle(identifier)
      let layers = try layers(ready.take(), to: node)
      let outer = OuterRequest(epoch: epoch, relay: relay, exchange: exchange, answerClass: task.answerClass)
      let attempt = try await outer.send(request, to: node, in: layers, token: token)
      do {
        try await settled.get()
        try keep(called: attempt, by: node, in: &receipt)
      } catch {
        // To hang up here would show the refusal to whoever watches the connection.
        if case .streams(let answer) = attempt.outcome { Task { try? await answer.finish() } }
        throw error
      }
      switch attempt.outcome {
      case .answered(let response):
        return Answer(content: .whole(response), receipt: receipt, transport: ContinuousClock.now - start)
      case .streams(let answer):
        await answer.onFailure { [receipt, receipts = state.receipts] failure in
          await receipts.note(failure.code, in: receipt)
        }
        return Answer(content: .stream(answer), receipt: receipt, transport: ContinuousClock.now - start)
      case .refused(let refusal): throw refusal
      case .mayTryOther(let refusal, let wasSent):
        if wasSent {
          receipt.hops[receipt.hops.count - 1].failure = refusal.code
        } else {
          // Whoever is offline keeps the tokens; and another relay may be there where this one is not.
          try state.wallet.putBack(token.takenBack())
          receipt.hops.removeLast()
          try keepOrDiscard(receipt)
        }
        guard index == 0 else { throw refusal }
        if !wasSent, let other = others.popLast() {
          relay = other
          receipt.relay = other.operatorName
        }
      }
    }
    throw ClientError(ClientError.nodeUnreachable, "neither of the drawn nodes answered")
  }

  /// Whom the node called stands in the receipt before anything of the answer is shown, each verified as the node itself;
  /// also whoever is refused, since the content is there already.
  ///
  /// - Throws: `hops-missing` where an answer of a node that calls others names nobody, `hop-role` where a node may call
  ///   nobody, and the codes of `NodeVerifier`.
  private func keep(
    called attempt: OuterRequest.Attempt, by node: VerifiedNode, in receipt: inout Receipt
  ) throws(ClientError) {
    guard !attempt.hops.isEmpty else {
      guard node.release.calls.isEmpty || !attempt.outcome.isAnswer else {
        throw ClientError(ClientError.hopsMissing, "a node that calls others does not say whom it called")
      }
      return
    }
    var verifier = NodeVerifier(epoch)
    var refusal: ClientError?
    let hop = receipt.hops.count - 1
    for identifier in attempt.hops {
      do throws(ClientError) {
        let called = try verifier.verify(called: identifier, roles: node.release.calls)
        receipt.hops[hop].called.append(called.hop(in: epoch))
      } catch {
        receipt.hops[hop].calledRefused.append(identifier)
        refusal = refusal ?? error
      }
    }
    try state.receipts.keep(receipt)
    if let refusal { throw refusal }
  }

  private func claimToken() throws(ClientError) -> ClaimedToken {
    let plan = TokenPlan(epoch.policy)
    guard let spareToken else { return try state.wallet.claim(goodOn: issuerDay, plan: plan) }
    return try spareToken.take(goodOn: issuerDay, plan: plan)
  }

  private func layers(
    _ ready: consuming SealingLayers?, to node: VerifiedNode
  ) throws(ClientError) -> SealingLayers {
    if let ready { return ready }
    return try SealingLayers(to: node, in: epoch)
  }

  private func settle(_ identifier: String) async -> Result<Void, ClientError> {
    await DiskWork.run { [receipts = state.receipts] () throws(ClientError) in try receipts.settle(identifier) }
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
