import BinaryHTTP
import HTTPMessages
import ObliviousHTTP
import Trust

/// Seals one answer chunk by chunk in its shape and sends every chunk at once.
///
/// An answer that breaks after its first chunk ends without a final chunk, which nobody takes for a whole one.
struct ChunkedAnswer {
  private let answer: TargetAnswer
  private let clock: any Clock<Duration>

  init(_ answer: TargetAnswer, clock: any Clock<Duration>) {
    self.answer = answer
    self.clock = clock
  }

  private static let fields = [
    HTTPField("content-type", OHTTPForm.chunked.responseMediaType), OHTTPForm.incrementalField,
  ]

  func send(_ sealer: consuming ChunkedResponseSealer, to writer: any ResponseWriter) async {
    do {
      switch (answer.shape, answer.message) {
      case (.whole, _):
        var sealer = sealer
        let body = try sealer.sealWhole(await answer.whole())
        try await writer.send(WholeResponse(status: 200, fields: Self.fields, body: body))
      case (.frames(let answerClass), .whole(let response)):
        try await Self.sendPaced(response, answerClass, sealer, to: writer, clock: clock)
      case (.frames(let answerClass), .stream(_, let content, let orElse)):
        var frames = NodeFrames(content, answerClass)
        guard let first = try? await frames.next() else {
          return try await Self.sendPaced(orElse, answerClass, sealer, to: writer, clock: clock)
        }
        try await Self.pass(first, &frames, sealer, to: writer)
      }
    } catch {
      await writer.abort()
    }
  }

  /// Frames at the times that a node's would come.
  private static func sendPaced<C: Clock>(
    _ response: BinaryHTTP.Response, _ answerClass: AnswerClass, _ sealer: consuming ChunkedResponseSealer,
    to writer: any ResponseWriter, clock: C
  ) async throws where C.Duration == Duration {
    var frames = try GatewayAnswer.RefusalFrames(response, answerClass)
    var sealer = sealer
    var time = clock.now
    try await writer.begin(status: 200, fields: fields)
    while let frame = frames.next() {
      try await writer.write(try sealer.sealChunk(frame, isFinal: frames.isFinished))
      guard !frames.isFinished else { break }
      time = time.advanced(by: answerClass.cadence)
      try await clock.sleep(until: time, tolerance: nil)
    }
  }

  /// The node's frames as they come.
  private static func pass(
    _ first: [UInt8], _ frames: inout NodeFrames, _ sealer: consuming ChunkedResponseSealer,
    to writer: any ResponseWriter
  ) async throws {
    var sealer = sealer
    var next: [UInt8]? = first
    try await writer.begin(status: 200, fields: fields)
    while let chunk = next {
      try await writer.write(try sealer.sealChunk(chunk, isFinal: frames.isComplete))
      next = try await frames.next()
    }
  }
}

/// The plaintexts of the gateway's chunks, each around one frame of the node.
private struct NodeFrames {
  private let answerClass: AnswerClass
  private var pieces: ByteStream.Iterator
  private var cutter: FrameCutter

  init(_ content: ByteStream, _ answerClass: AnswerClass) {
    self.answerClass = answerClass
    pieces = content.makeAsyncIterator()
    cutter = FrameCutter(answerClass)
  }

  var isComplete: Bool { cutter.isComplete }

  /// Nil after the last one, which is given once the node's answer has ended there.
  mutating func next() async throws(HTTPExchangeError) -> [UInt8]? {
    guard !cutter.isComplete else { return nil }
    while true {
      if let frame = cutter.takeFrame() {
        if cutter.isComplete { try await checkEnd() }
        return GatewayAnswer.plaintext(ofFrame: frame.index, content: frame.bytes, answerClass)
      }
      guard let piece = try await pieces.next() else { throw .otherShape }
      cutter.append(piece)
    }
  }

  private mutating func checkEnd() async throws(HTTPExchangeError) {
    guard !cutter.hasExcess, try await pieces.next() == nil else { throw .otherShape }
  }
}

extension TargetAnswer {
  /// The answer as one padded message; what does not fit or breaks becomes the refusal in its place.
  func whole() async -> [UInt8] {
    let byteCount = shape.byteCount
    switch message {
    case .whole(let response): return response.padded(to: byteCount)
    case .stream(var response, let content, let orElse):
      guard let bytes = try? await content.collect(byteLimit: byteCount) else { return orElse.padded(to: byteCount) }
      response.content = bytes
      return (try? response.encoded(paddedTo: byteCount)) ?? orElse.padded(to: byteCount)
    }
  }
}

extension BinaryHTTP.Response {
  /// Unpadded where it is longer, which no refusal is.
  fileprivate func padded(to byteCount: Int) -> [UInt8] { (try? encoded(paddedTo: byteCount)) ?? encoded() }
}

extension OHTTPForm {
  /// Asks every hop to pass chunks on as they come (draft-ietf-httpbis-incremental).
  static let incrementalField = HTTPField(OHTTPForm.incrementalFieldName, OHTTPForm.incrementalFieldValue)
}

extension HTTPExchangeError {
  fileprivate static let otherShape = HTTPExchangeError(interrupted, "the node's answer is not of the class asked for")
}
