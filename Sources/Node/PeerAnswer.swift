import BinaryHTTP
import HTTPMessages
import ObliviousHTTP
import Trust

/// One answer of a peer on its way: opened frame by frame, held to the shape of its class, for one reader.
actor PeerAnswer {
  private var opener: ChunkedResponseOpener?
  private var frames: AnswerFrameReader
  private var pieces: ByteStream.Iterator?

  init(_ body: ByteStream, _ answerClass: AnswerClass, _ opener: consuming ChunkedResponseOpener) {
    self.opener = consume opener
    frames = AnswerFrameReader(answerClass, .node)
    pieces = body.makeAsyncIterator()
  }

  /// What the next piece brought; nil behind the class's last frame.
  /// - Throws: the codes of `OHTTPError`, `BinaryHTTPError` and `HTTPExchangeError`, `answer-shape`.
  func next() async throws -> [MessageEvent]? {
    guard var iterator = pieces else { return nil }
    guard let piece = try await iterator.next(isolation: self) else {
      pieces = nil
      guard let opener = opener.take() else { return nil }
      return try frames.receive(try opener.finish()) + frames.finish()
    }
    pieces = iterator
    var events: [MessageEvent] = []
    for plaintext in try opener?.feed(piece) ?? [] { events += try frames.receive(plaintext) }
    return events
  }

  /// Reads on to the class's end: who hangs up before shows how long the answer was.
  nonisolated func readRemainder() {
    Task { while (try? await next()) ?? nil != nil {} }
  }
}
