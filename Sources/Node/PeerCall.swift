import BinaryHTTP
import ErrorCodes
import HTTPMessages
import Inference
import NodeVerification
import ObliviousHTTP
import StrictJSON
import Trust

/// The way to one verified peer, for one request: what is asked is sealed to the peer's key, exactly as a
/// client seals, and only that peer's answer opens. There is no other way, and no second peer.
struct PeerCall: EngineTransport {
  let peer: PeerEpoch.Peer
  let operatorOrigin: String
  /// Of answers that stream: the one that the client asked for.
  let answerClass: AnswerClass
  let exchange: any StreamingHTTPExchange

  func post(
    _ body: [UInt8], to path: String, answerByteLimit: Int
  ) async throws(InferenceError) -> [UInt8] {
    let answer = try await ask(body, path, .block)
    var message = Message()
    while let events = try await Self.next(answer) { for event in events { message.take(event) } }
    guard message.status == 200 else { throw InferenceError(peerRefusal: message.content) }
    guard message.content.count <= answerByteLimit else {
      throw InferenceError(InferenceError.engineFailed, "the peer's answer is above its limit")
    }
    return message.content
  }

  func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError) {
    let answer = try await ask(body, path, answerClass.isStream ? answerClass : .frames)
    // Unless whoever asked went away, which shows anyway.
    defer { if !Task.isCancelled { answer.readRemainder() } }
    var message = Message()
    var stream = EventStreamParser()
    while let events = try await Self.next(answer) {
      for event in events {
        message.take(event)
        switch event {
        case .content(let piece) where message.status == 200:
          message.content = []
          for data in try stream.receive(piece[...]) {
            if let refusal = Self.refusal(inEvent: data) { throw refusal }
            try await receive(ServerSentEvents.event(data))
            if data == ServerSentEvents.done { return }
          }
        case .trailerFields where message.status != 200: throw InferenceError(peerRefusal: message.content)
        default: break
        }
      }
    }
  }

  private func ask(
    _ body: [UInt8], _ path: String, _ answerClass: AnswerClass
  ) async throws(InferenceError) -> PeerAnswer {
    let request = BinaryHTTP.Request(
      method: "POST", scheme: "https", authority: operatorOrigin, path: path,
      headerFields: ["content-type": TaskRequest.jsonType, AnswerClass.fieldName: answerClass.rawValue], content: body
    ).encoded()
    guard let requestClass = RequestClass.smallest(holding: request.count) else {
      throw InferenceError(InferenceError.engineRefused, "request is above the largest class")
    }
    do {
      let sealed = try HybridSuite.seal(
        request + [UInt8](repeating: 0, count: requestClass.byteCount - request.count), to: peer.node.keyConfiguration)
      let message = sealed.message
      let opener = sealed.takeOpener()
      let response = try await exchange.stream(Self.request(message), to: peer.server)
      guard response.status == 200,
        OHTTPForm.chunked.responseMediaType.isMediaType(response.field("content-type"))
      else {
        throw Self.noAnswer
      }
      return PeerAnswer(response.body, answerClass, opener)
    } catch {
      throw Self.noAnswer
    }
  }

  private static func request(_ message: [UInt8]) -> StreamedRequest {
    StreamedRequest(
      method: "POST", path: OHTTPForm.gatewayPath,
      fields: [
        HTTPField("content-type", OHTTPForm.chunked.requestMediaType),
        HTTPField(OHTTPForm.incrementalFieldName, OHTTPForm.incrementalFieldValue),
      ],
      body: ByteStream(message))
  }

  private static func next(_ answer: PeerAnswer) async throws(InferenceError) -> [MessageEvent]? {
    do { return try await answer.next() } catch {
      throw InferenceError(InferenceError.engineFailed, "the peer's answer does not open, or broke off")
    }
  }

  private static let noAnswer = InferenceError(InferenceError.engineFailed, "the peer gave no answer")

  /// `{"error":{"code":"..."}}`
  private static func refusal(inEvent data: [UInt8]) -> InferenceError? {
    guard data.starts(with: Array(#"{"error""#.utf8)) else { return nil }
    guard var object = try? JSONObject(parsing: data, name: "event"), let error = object.optional("error") else {
      return noAnswer
    }
    return InferenceError(peerRefusal: error.canonicalBytes)
  }

  /// As far as it came.
  private struct Message {
    var status = 0
    var content: [UInt8] = []

    mutating func take(_ event: MessageEvent) {
      switch event {
      case .statusCode(let code): status = code
      case .content(let piece): content += piece
      default: break
      }
    }
  }
}

extension InferenceError {
  /// What a peer refuses, by the codes that it may give; received text goes no further.
  fileprivate init(peerRefusal content: [UInt8]) {
    let code: String? =
      if var object = try? JSONObject(parsing: content, name: "refusal") { try? object.string("code") } else { nil }
    let known = [
      NodeError.busy, Self.engineRefused, Self.engineCannot, Self.engineTooSlow, Self.chatTooLong, Self.draftTooLong,
      Self.taskInvalid,
    ].first { $0.rawValue == code }
    self.init(known ?? Self.engineFailed, "the peer answered with a refusal")
  }
}
