import BinaryHTTP
import ErrorCodes
import HTTPMessages
import Inference
import ObliviousHTTP
import Trust
import WireFormat

/// One attempt at one node: the inner encapsulation to the node, the outer one to the gateway, the relay in between.
/// Both are chunked, and the answer is opened as it comes.
struct OuterRequest {
  let epoch: VerifiedEpoch
  let relay: TrustPolicy.Relay
  let exchange: any StreamingHTTPExchange
  let answerClass: AnswerClass

  /// How an attempt ended.
  enum Outcome {
    case answered(BinaryHTTP.Response)
    /// The node's stream has started.
    case streams(IncomingAnswer)
    /// The drawn node did not do the work: the other one may be asked, once.
    case mayTryOther(ClientError, wasSent: Bool)
  }

  private var origin: String { epoch.policy.operatorOrigin }

  /// - Parameter request: the padded Binary HTTP request.
  /// - Throws: whatever ends the request for good.
  func send(
    _ request: [UInt8], to node: VerifiedNode, token: consuming ClaimedToken
  ) async throws(ClientError) -> Outcome {
    let inner = try HybridSuite.seal(request, to: node.keyConfiguration)
    let innerMessage = inner.message
    let innerOpener = inner.takeOpener()
    let outer = try HybridSuite.seal(
      try outerRequest(innerMessage, to: node, authorization: token.authorization()), to: epoch.gatewayKey)
    let outerMessage = outer.message
    let opening = AnswerOpening(answerClass, outer: outer.takeOpener(), inner: innerOpener)
    let response: StreamedResponse
    do {
      response = try await exchange.stream(relayRequest(outerMessage), to: relay.server)
    } catch {
      // No byte of an answer came.
      return .mayTryOther(ClientError(error), wasSent: error.code != HTTPExchangeError.unreachable)
    }
    guard response.status == 200, response.field("content-type") == OHTTPForm.chunked.responseMediaType else {
      throw ClientError(ClientError.relayRefused, "relay or gateway answered with status \(response.status)")
    }
    return try await outcome(IncomingAnswer(response.body, opening))
  }

  private func outcome(_ answer: IncomingAnswer) async throws(ClientError) -> Outcome {
    let event: AnswerEvent?
    do {
      event = try await answer.next()
    } catch {
      guard error.code == HTTPExchangeError.interrupted, await !answer.hasBegun else { throw error }
      return .mayTryOther(error, wasSent: true)
    }
    switch event {
    case .whole(let response): return .answered(response)
    case .started: return .streams(answer)
    case .refused(let refusal):
      let error = refusal.error
      guard refusal.allowsOther else { throw error }
      return .mayTryOther(error, wasSent: true)
    case .data, .done, nil: throw ClientError(ClientError.answerMalformed, "answer starts in its middle")
    }
  }

  private func outerRequest(
    _ innerMessage: [UInt8], to node: VerifiedNode, authorization: String
  ) throws(ClientError) -> [UInt8] {
    try coded {
      var fields = FieldSection()
      try fields.append(name: "authorization", value: authorization)
      try fields.append(name: "content-type", value: OHTTPForm.chunked.requestMediaType)
      try fields.append(name: AnswerClass.fieldName, value: answerClass.rawValue)
      return BinaryHTTP.Request(
        method: "POST", scheme: "https", authority: origin, path: "/nodes/\(node.identifier.hexadecimal)",
        headerFields: fields, content: innerMessage
      ).encoded()
    }
  }

  private func relayRequest(_ message: [UInt8]) -> StreamedRequest {
    StreamedRequest(
      method: "POST", path: "/to/\(origin)\(OHTTPForm.gatewayPath)",
      fields: [
        HTTPField("content-type", OHTTPForm.chunked.requestMediaType),
        HTTPField(OHTTPForm.incrementalFieldName, OHTTPForm.incrementalFieldValue),
      ],
      body: ByteStream(message))
  }
}

extension AnswerRefusal {
  /// A node that did no work, or that the gateway could not reach.
  var allowsOther: Bool {
    switch party {
    case .gateway: knownCode == ClientError.nodeUnreachable
    case .node: knownCode == ClientError.nodeBusy
    }
  }

  var error: ClientError {
    switch party {
    case .gateway:
      ClientError(knownCode ?? ClientError.gatewayRefused, "gateway answered with status \(status)")
    case .node:
      ClientError(
        knownCode ?? ClientError.nodeRefused,
        status == 0 ? "node broke its answer off" : "node answered with status \(status)")
    }
  }

  /// The code where it is one that this party may give; received text goes no further.
  private var knownCode: ErrorCode? {
    let codes: [ErrorCode] =
      switch party {
      case .gateway: [ClientError.nodeUnreachable, ClientError.tokenRefused]
      case .node:
        [
          ClientError.nodeBusy, ClientError.engineCannot, ClientError.answerTooLarge, ClientError.chatTooLong,
          ClientError.engineTooSlow, InferenceError.draftTooLong, InferenceError.taskInvalid,
        ]
      }
    return codes.first { $0.rawValue == code }
  }
}
