import BinaryHTTP
import CloisterClient
import ErrorCodes
import ObliviousHTTP
import Trust

extension FuzzTarget {
  static let answerOpening = [
    // The first byte says whose answer the others are; behind the encryption of that party, in frames of the right size.
    FuzzTarget("answer-opening", seeds: answerSeeds) { bytes in
      guard let first = bytes.first else { return }
      let plaintext = Array(bytes.dropFirst())
      let answerClass: AnswerClass = first & 1 == 0 ? .block : .frames
      let message =
        switch first >> 1 % 3 {
        case 0: try sealed(node: plaintext, answerClass)
        case 1: try sealed(gateway: plaintext, answerClass)
        default: plaintext
        }
      let whole = try OpenedAnswer(of: [message], answerClass)
      claim(
        try OpenedAnswer(of: message.cutByContent, answerClass) == whole, "an answer in pieces is opened as the whole")
      claim(whole.events.count { if case .whole = $0 { true } else { false } } <= 1, "an answer comes once")
      claim(whole.events.count { $0 == .done } <= 1, "a stream ends once")
    }
  ]

  /// As much of a node's answer as the plaintext fills, the last frame with zeros.
  private static func sealed(node plaintext: [UInt8], _ answerClass: AnswerClass) throws -> [UInt8] {
    let layout = AnswerLayout(answerClass)
    var node = try OHTTPFixture.responseSealer()
    var gateway = try OHTTPFixture.responseSealer()
    return try frames(plaintext, answerClass) { _ in
      layout.nodePlaintextByteCount
    } sealing: { frame, content in
      let isFinal = frame == layout.frameCount - 1
      let inner = try node.sealChunk(content, isFinal: isFinal)
      return try gateway.sealChunk(
        GatewayAnswer.plaintext(ofFrame: frame, content: inner, answerClass), isFinal: isFinal)
    }
  }

  /// The same of an answer that the gateway writes itself.
  private static func sealed(gateway plaintext: [UInt8], _ answerClass: AnswerClass) throws -> [UInt8] {
    let layout = AnswerLayout(answerClass)
    var gateway = try OHTTPFixture.responseSealer()
    return try frames(plaintext, answerClass, layout.gatewayPlaintextByteCount) { frame, content in
      try gateway.sealChunk(content, isFinal: frame == layout.frameCount - 1)
    }
  }

  private static func frames(
    _ plaintext: [UInt8], _ answerClass: AnswerClass, _ byteCount: (Int) -> Int,
    sealing seal: (_ frame: Int, _ content: [UInt8]) throws -> [UInt8]
  ) throws -> [UInt8] {
    var rest = plaintext[...]
    var message: [UInt8] = []
    var frame = 0
    repeat {
      let count = byteCount(frame)
      let content = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      message += try seal(frame, content + [UInt8](repeating: 0, count: count - content.count))
      frame += 1
    } while !rest.isEmpty && frame < answerClass.frameCount
    return message
  }

  @Sendable private static func answerSeeds() throws -> [[UInt8]] {
    let json = Response(
      statusCode: 200, headerFields: ["content-type": "application/json"], content: Array(#"{"summary":"x"}"#.utf8))
    let refusal = Response(
      statusCode: 503, headerFields: ["content-type": "application/json"], content: Array(#"{"code":"node-busy"}"#.utf8)
    )
    let stream = Response(statusCode: 200, headerFields: ["content-type": "text/event-stream"])
    let events = [
      "data: {\"a\":1}\n\n", ":    \n", "data: {\"error\":{\"code\":\"engine-failed\"}}\n\n", "data: [DONE]\n\n",
    ]
    let head = MessageSerializer.head(of: stream)
    return [
      [0] + json.encoded(), [0] + refusal.encoded(), [1] + refusal.encoded(), [2] + refusal.encoded(),
      [3] + refusal.encoded(), [2] + json.encoded(), [4] + json.encoded(), [1] + head,
    ] + events.map { [1] + head + MessageSerializer.contentChunk(Array($0.utf8)) }
  }
}

/// What a client makes of an answer that comes in these pieces: its events, or why it is none.
private struct OpenedAnswer: Equatable {
  var events: [AnswerEvent] = []
  var code: ErrorCode?

  init(of pieces: [[UInt8]], _ answerClass: AnswerClass) throws {
    var opening = AnswerOpening(
      answerClass, outer: try OHTTPFixture.responseOpener(), inner: try OHTTPFixture.responseOpener())
    do throws(ClientError) {
      for piece in pieces { events += try opening.receive(piece) }
      events += try opening.finish()
    } catch {
      // How much was read before depends on the pieces.
      (events, code) = ([], error.code)
    }
  }
}
