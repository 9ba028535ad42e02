import ObliviousHTTP
import Trust

/// Fresh encapsulations of both layers of one attempt: to its node, and around that to the gateway.
struct SealingLayers: ~Copyable, Sendable {
  private let inner: MessageSealer
  private let outer: MessageSealer

  /// - Throws: `ohttp-suite-refused`, `ohttp-malformed`.
  init(to node: VerifiedNode, in epoch: VerifiedEpoch) throws(ClientError) {
    let toNode = try MessageSealer(to: node.keyConfiguration)
    let toGateway = try MessageSealer(to: epoch.gatewayKey)
    inner = toNode
    outer = toGateway
  }

  /// - Parameter outerRequest: makes the gateway's request of the node's message.
  consuming func seal(
    _ request: [UInt8], outerRequest: (_ innerMessage: [UInt8]) throws(ClientError) -> [UInt8]
  ) throws(ClientError) -> SealedLayers {
    let inner = try inner.seal(request)
    let outer = try outer.seal(try outerRequest(inner.message))
    let message = outer.message
    return SealedLayers(message: message, outer: outer.takeOpener(), inner: inner.takeOpener())
  }
}

/// A sealed attempt, and the means to open its answer.
struct SealedLayers: ~Copyable {
  let message: [UInt8]
  private let outer: ChunkedResponseOpener
  private let inner: ChunkedResponseOpener

  fileprivate init(
    message: [UInt8], outer: consuming ChunkedResponseOpener, inner: consuming ChunkedResponseOpener
  ) {
    self.message = message
    self.outer = outer
    self.inner = inner
  }

  /// Read `message` before.
  consuming func opening(_ answerClass: AnswerClass) -> AnswerOpening {
    AnswerOpening(answerClass, outer: outer, inner: inner)
  }
}
