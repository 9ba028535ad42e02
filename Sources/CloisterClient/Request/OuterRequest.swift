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
    /// Nobody else may be asked.
    case refused(ClientError)
    /// The drawn node did not do the work: the other one may be asked, once.
    case mayTryOther(ClientError, wasSent: Bool)
  }

  /// How an attempt ended, and whom the node said it called for it.
  struct Attempt {
    var outcome: Outcome
    var hops: [[UInt8]] = []
  }

  private var origin: String { epoch.policy.operatorOrigin }

  /// - Parameters:
  ///   - request: the padded Binary HTTP request.
  ///   - layers: of this attempt alone, to this node.
  /// - Throws: whatever ends the request for good.
  func send(
    _ request: [UInt8], to node: VerifiedNode, in layers: consuming SealingLayers, token: borrowing PresentedToken
  ) async throws(ClientError) -> Attempt {
    let authorization = token.authorization
    let sealed = try layers.seal(request) { innerMessage throws(ClientError) in
      try outerRequest(innerMessage, to: node, authorization: authorization)
    }
    let outerMessage = sealed.message
    let opening = sealed.opening(answerClass)
    let response: StreamedResponse
    do {
      response = try await exchange.stream(relayRequest(outerMessage), to: relay.server)
    } catch {
      // No byte of an answer came.
      return Attempt(
        outcome: .mayTryOther(ClientError(error, at: relay), wasSent: error.code != HTTPExchangeError.unreachable))
    }
    guard response.status == 200,
      OHTTPForm.chunked.responseMediaType.isMediaType(response.field("content-type"))
    else {
      throw ClientError(
        ClientError.relayRefused,
        "relay \(relay.server), or the gateway behind it, answered with status \(response.status)")
    }
    return try await attempt(
      IncomingAnswer(response.body, opening, through: relay), callsOthers: !node.release.calls.isEmpty)
  }

  /// Reads until it is known whether there is an answer, and from whom.
  private func attempt(_ answer: IncomingAnswer, callsOthers: Bool) async throws(ClientError) -> Attempt {
    var attempt = Attempt(outcome: .streams(answer))
    var hasStarted = false
    while true {
      let event: AnswerEvent?
      do {
        event = try await answer.next()
      } catch {
        guard error.code == HTTPExchangeError.interrupted, await !answer.hasBegun else { throw error }
        attempt.outcome = .mayTryOther(error, wasSent: true)
        return attempt
      }
      switch event {
      case .hops(let hops) where attempt.hops.isEmpty:
        attempt.hops = hops
        if hasStarted { return attempt }
      case .started where !hasStarted:
        // A node that calls others says whom before anything else.
        hasStarted = true
        if !callsOthers { return attempt }
      case .whole(let response) where !hasStarted:
        attempt.outcome = .answered(response)
        return attempt
      case .refused(let refusal):
        attempt.outcome = refusal.allowsOther ? .mayTryOther(refusal.error, wasSent: true) : .refused(refusal.error)
        return attempt
      case .data where hasStarted, .done where hasStarted:
        throw ClientError(ClientError.hopsMissing, "a node that calls others answers before it says whom it called")
      case .hops, .started, .whole, .data, .done, nil:
        throw ClientError(ClientError.answerMalformed, "answer starts in its middle")
      }
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

extension OuterRequest.Outcome {
  var isAnswer: Bool {
    switch self {
    case .answered, .streams: true
    case .refused, .mayTryOther: false
    }
  }
}

extension AnswerRefusal {
  /// A node that did no work, or that the gateway could not reach.
  var allowsOther: Bool {
    switch party {
    case .gateway: knownCode == ClientError.nodeUnreachable
    case .node: knownCode == ClientError.nodeBusy || knownCode == ClientError.noPeer
    }
  }

  var error: ClientError {
    switch party {
    case .gateway:
      ClientError(knownCode ?? party.otherCode, "gateway answered with status \(status)")
    case .node:
      // A stream has begun with 200 before a node can refuse within it.
      ClientError(
        knownCode ?? party.otherCode,
        knownCode.flatMap { Self.reasons[$0] }
          ?? (status == 0 ? "node broke its answer off" : "node answered with status \(status)"))
    }
  }

  /// What a node means by its codes.
  private static let reasons: [ErrorCode: String] = [
    ClientError.engineCannot: "the operator's nodes run no model or dictionary that can do this",
    ClientError.engineTooSlow: "the node's engine was not done in its time",
    ClientError.nodeBusy: "the node is busy",
    ClientError.noPeer: "the node found no other node that it could verify and call",
    ClientError.answerTooLarge: "the answer is larger than there is room for",
    ClientError.chatTooLong: "the chat takes more of the engine's work than one request may",
    InferenceError.draftTooLong: "the draft is too long for the node's engine",
    InferenceError.taskInvalid: "the node read a request that is not of its form",
  ]

  /// The code where it is one that this party may give; received text goes no further.
  private var knownCode: ErrorCode? { party.codes.first { $0.rawValue == code } }
}

extension AnswerRefusal.Party {
  /// Those that it may give. No other party gives one of them.
  var codes: [ErrorCode] {
    switch self {
    case .gateway: [ClientError.nodeUnreachable, ClientError.tokenRefused]
    case .node:
      [
        ClientError.nodeBusy, ClientError.noPeer, ClientError.engineCannot, ClientError.answerTooLarge,
        ClientError.chatTooLong, ClientError.engineTooSlow, InferenceError.draftTooLong, InferenceError.taskInvalid,
      ]
    }
  }

  /// What any other code of its becomes.
  var otherCode: ErrorCode {
    switch self {
    case .gateway: ClientError.gatewayRefused
    case .node: ClientError.nodeRefused
    }
  }
}
