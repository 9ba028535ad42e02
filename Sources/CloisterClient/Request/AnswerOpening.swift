package import BinaryHTTP
import ErrorCodes
import Inference
package import ObliviousHTTP
import StrictJSON
package import Trust

/// What an answer turned out to hold, in its order.
package enum AnswerEvent: Sendable, Equatable {
  /// A party refused, inside its encryption; the last event that matters.
  case refused(AnswerRefusal)
  /// The nodes that the answering one says it put the request to: before anything that they answered, refusals too.
  case hops([[UInt8]])
  /// The node's answer starts, a stream.
  case started
  /// The data of one event of the stream.
  case data([UInt8])
  /// The stream is whole; filler may follow.
  case done
  /// The whole answer, where the class is one block.
  case whole(BinaryHTTP.Response)
}

package struct AnswerRefusal: Sendable, Equatable {
  package enum Party: String, Sendable, CaseIterable { case gateway, node }

  package let party: Party
  /// 0 for a refusal behind the start of a stream.
  package let status: Int
  /// As received, and so only to be compared.
  package let code: String?
}

/// Opens both layers of one answer as its bytes come, and holds it to the shape of its class. Pure.
package struct AnswerOpening: ~Copyable {
  /// Nil behind the answer's end.
  private var outer: ChunkedResponseOpener?
  private var inner: ChunkedResponseOpener?
  private var gatewayFrames: AnswerFrameReader
  private var nodeFrames: AnswerFrameReader
  private var gatewayAnswer = PartialResponse()
  private var nodeAnswer = PartialResponse()
  private var stream = EventStreamParser()
  private let answerClass: AnswerClass
  /// Whether the stream, if it is one, came to its end; nothing may follow it.
  private var isComplete = false
  private var events: [AnswerEvent] = []

  package init(
    _ answerClass: AnswerClass, outer: consuming ChunkedResponseOpener, inner: consuming ChunkedResponseOpener
  ) {
    self.answerClass = answerClass
    self.outer = consume outer
    self.inner = consume inner
    gatewayFrames = AnswerFrameReader(answerClass, .gateway)
    nodeFrames = AnswerFrameReader(answerClass, .node)
  }

  /// - Parameter bytes: untrusted, in any pieces.
  /// - Throws: `ohttp-decryption-failed`, `ohttp-chunk-refused`, `answer-shape`, `answer-malformed`, the codes of
  ///   `BinaryHTTPError`.
  package mutating func receive(_ bytes: [UInt8]) throws(ClientError) -> [AnswerEvent] {
    do {
      for plaintext in try outer?.feed(bytes) ?? [] { try take(gatewayEvents: try gatewayFrames.receive(plaintext)) }
    } catch {
      throw ClientError(wrapping: error)
    }
    defer { events = [] }
    return events
  }

  /// The end of the answer.
  /// - Throws: also `ohttp-truncated`, `answer-truncated`.
  package mutating func finish() throws(ClientError) -> [AnswerEvent] {
    do {
      guard let outer = outer.take() else { return [] }
      try take(gatewayEvents: try gatewayFrames.receive(try outer.finish()))
      try take(gatewayEvents: try gatewayFrames.finish())
      if gatewayAnswer.statusCode == 200, let inner = inner.take() {
        try take(nodeEvents: try nodeFrames.receive(try inner.finish()))
        try take(nodeEvents: try nodeFrames.finish())
      }
    } catch {
      throw ClientError(wrapping: error)
    }
    guard isComplete else {
      throw ClientError(ClientError.answerTruncated, "answer ended before it was whole")
    }
    return events
  }

  private mutating func take(gatewayEvents: [MessageEvent]) throws {
    for event in gatewayEvents {
      gatewayAnswer.take(event)
      switch event {
      case .headerFields where gatewayAnswer.statusCode == 200:
        guard gatewayAnswer.fields["content-type"] == OHTTPForm.chunked.responseMediaType else {
          throw ClientError(ClientError.answerMalformed, "gateway's answer is of another media type")
        }
      case .content(let piece) where gatewayAnswer.statusCode == 200:
        for plaintext in try inner?.feed(piece) ?? [] { try take(nodeEvents: try nodeFrames.receive(plaintext)) }
      case .trailerFields where gatewayAnswer.statusCode != 200: refuse(gatewayAnswer, .gateway)
      default: break
      }
      // What is passed on is not kept.
      if gatewayAnswer.statusCode == 200 { gatewayAnswer.content = [] }
    }
  }

  private mutating func take(nodeEvents: [MessageEvent]) throws {
    for event in nodeEvents {
      nodeAnswer.take(event)
      if case .headerFields(let fields) = event, let hops = fields[AnswerHops.fieldName] {
        events.append(.hops(try AnswerHops.nodes(inField: hops)))
      }
      switch event {
      case .headerFields where nodeAnswer.statusCode == 200 && answerClass.isStream:
        guard nodeAnswer.fields["content-type"] == ServerSentEvents.mediaType else {
          throw ClientError(ClientError.answerMalformed, "node's answer is of another media type")
        }
        events.append(.started)
      case .content(let piece) where nodeAnswer.statusCode == 200 && answerClass.isStream:
        nodeAnswer.content = []
        for data in try stream.receive(piece) { try take(data) }
      case .trailerFields where nodeAnswer.statusCode != 200: refuse(nodeAnswer, .node)
      case .end where nodeAnswer.statusCode == 200 && !answerClass.isStream:
        events.append(.whole(nodeAnswer.response))
        isComplete = true
      default: break
      }
    }
  }

  /// One event of the node's stream.
  private mutating func take(_ data: [UInt8]) throws {
    guard !isComplete else {
      throw ClientError(ClientError.answerMalformed, "event behind the end of the node's stream")
    }
    if data == ServerSentEvents.done {
      isComplete = true
      events.append(.done)
    } else if let hops = try AnswerHops.nodes(inEvent: data) {
      events.append(.hops(hops))
    } else if let code = Self.refusalCode(inEvent: data) {
      isComplete = true
      events.append(.refused(AnswerRefusal(party: .node, status: 0, code: code)))
    } else {
      events.append(.data(data))
    }
  }

  private mutating func refuse(_ answer: PartialResponse, _ party: AnswerRefusal.Party) {
    isComplete = true
    let code: String? =
      if var object = try? JSONObject(parsing: answer.content, name: "refusal") { try? object.string("code") } else {
        nil
      }
    events.append(.refused(AnswerRefusal(party: party, status: answer.statusCode, code: code)))
  }

  /// `{"error":{"code":"..."}}`
  private static func refusalCode(inEvent data: [UInt8]) -> String? {
    guard data.starts(with: Array(#"{"error""#.utf8)), var object = try? JSONObject(parsing: data, name: "event"),
      var error = try? object.object("error")
    else {
      return nil
    }
    return try? error.string("code")
  }
}

/// A response as far as it came.
private struct PartialResponse {
  var statusCode = 0
  var fields = FieldSection()
  var content: [UInt8] = []

  mutating func take(_ event: MessageEvent) {
    switch event {
    case .statusCode(let code): statusCode = code
    case .headerFields(let fields): self.fields = fields
    case .content(let piece): content += piece
    default: break
    }
  }

  var response: BinaryHTTP.Response {
    BinaryHTTP.Response(statusCode: statusCode, headerFields: fields, content: content)
  }
}

extension ClientError {
  /// What any library beneath refused, by its code.
  init(wrapping error: any Error) {
    switch error {
    case let error as ClientError: self = error
    case let error as any CodedError: self.init(error)
    default: self.init(ClientError.uncodedError, "a library failed without a code")
    }
  }
}
