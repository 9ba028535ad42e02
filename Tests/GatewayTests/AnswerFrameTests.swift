import BinaryHTTP
import Gateway
import HTTPMessages
import ObliviousHTTP
import Synchronization
import Testing
import Trust

@Suite("Answers in frames")
struct AnswerFrameTests {
  private static let layout = AnswerLayout(.frames)
  /// What a node sends that answers in this class.
  private static let nodeBytes: [UInt8] = {
    let byteCount = (0..<layout.frameCount).reduce(0) { $0 + layout.nodeEncapsulatedByteCount(ofFrame: $1) }
    return (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) }
  }()
  private static let firstByteCount = layout.nodeEncapsulatedByteCount(ofFrame: 0)
  private static let secondEnd = firstByteCount + layout.nodeEncapsulatedByteCount(ofFrame: 1)

  private static func gateway(
    _ clock: SkippingClock = SkippingClock(), _ message: @escaping @Sendable () -> TargetAnswer.Message
  ) -> ObliviousGateway {
    ObliviousGateway(
      Target { _, _ in TargetAnswer(message(), shape: .frames(.frames)) }, contentLimit: 1_000, clock: clock)
  }

  private static func streaming(_ content: ByteStream) -> TargetAnswer.Message {
    .stream(
      BinaryHTTP.Response(statusCode: 200, headerFields: ["content-type": "message/ohttp-chunked-res"]),
      content: content, orElse: BinaryHTTP.Response(statusCode: 502, content: [9]))
  }

  /// The sizes of the pieces in which an answer was written, and the answer.
  private static func ask(
    _ gateway: ObliviousGateway
  ) async throws -> (byteCounts: [Int], answer: BinaryHTTP.Response) {
    let exchange = try Sealed.chunks([Sealed.request().encoded()])
    let response = try await Sealed.ask(gateway, Sealed.message(.chunked, exchange.whole))
    var pieces: [[UInt8]] = []
    for try await piece in response.body { pieces.append(piece) }
    return (pieces.map(\.count), try exchange.open(Array(pieces.joined())))
  }

  @Test(
    "however the node's bytes come in pieces, the frames are the same",
    arguments: [97, 530, 561, 562, 563, 100_000, 400_000])
  func segmentation(byteCount: Int) async throws {
    let (writer, content) = ByteStream.pipe(capacity: 1 << 20)
    for start in stride(from: 0, to: Self.nodeBytes.count, by: byteCount) {
      try await writer.write(Array(Self.nodeBytes[start..<min(start + byteCount, Self.nodeBytes.count)]))
    }
    writer.finish()
    let (byteCounts, answer) = try await Self.ask(Self.gateway { Self.streaming(content) })
    let once = try await Self.ask(Self.gateway { Self.streaming(ByteStream(Self.nodeBytes)) })
    #expect(byteCounts == once.byteCounts)
    #expect(byteCounts == (0..<600).map { Self.layout.gatewayEncapsulatedByteCount(ofFrame: $0) })
    #expect(answer.statusCode == 200)
    #expect(answer.content == Self.nodeBytes)
  }

  @Test("a refusal has the frames of a success, at its times")
  func refusal() async throws {
    let success = try await Self.ask(Self.gateway { Self.streaming(ByteStream(Self.nodeBytes)) })
    let clock = SkippingClock()
    let refusal = try await Self.ask(
      Self.gateway(clock) { .whole(BinaryHTTP.Response(statusCode: 502, content: [9])) })
    #expect(refusal.byteCounts == success.byteCounts)
    #expect(refusal.answer.statusCode == 502)
    #expect(clock.now.offset == AnswerClass.frames.duration)
  }

  @Test("the first frame leaves before the second is produced")
  func answerStreams() async throws {
    let (writer, content) = ByteStream.pipe()
    let exchange = try Sealed.chunks([Sealed.request().encoded()])
    let gateway = Self.gateway { Self.streaming(content) }
    try await writer.write(Array(Self.nodeBytes.prefix(Self.firstByteCount)))
    let response = try await Sealed.ask(gateway, Sealed.message(.chunked, exchange.whole))
    var pieces = response.body.makeAsyncIterator()
    var body = try #require(try await pieces.next())
    try await writer.write(Array(Self.nodeBytes[Self.firstByteCount..<Self.secondEnd]))
    body += try #require(try await pieces.next())
    try await writer.write(Array(Self.nodeBytes[Self.secondEnd...]))
    writer.finish()
    while let piece = try await pieces.next() { body += piece }
    #expect(try exchange.open(body).content == Self.nodeBytes)
  }

  @Test(
    "a node that ends early or fails in the middle breaks the answer off, without a final chunk",
    arguments: [true, false])
  func brokenOff(failing: Bool) async throws {
    let (writer, content) = ByteStream.pipe(capacity: 1 << 20)
    var exchange = try Sealed.chunks([Sealed.request().encoded()])
    try await writer.write(Array(Self.nodeBytes.dropLast()))
    if failing { writer.fail(HTTPExchangeError(HTTPExchangeError.interrupted, "")) } else { writer.finish() }
    let response = try await Sealed.ask(
      Self.gateway { Self.streaming(content) }, Sealed.message(.chunked, exchange.whole))
    var chunks: [[UInt8]] = []
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) {
      for try await piece in response.body { chunks.append(piece) }
    }
    #expect(chunks.count == 599)
    _ = try exchange.feed(Array(chunks.joined()))
    do {
      _ = try exchange.finish()
      Issue.record("a broken answer was whole")
    } catch {
      #expect((error as? OHTTPError)?.code == OHTTPError.truncated)
    }
  }

  @Test("a node that fails before its first frame is whole gets the refusal in its place")
  func brokenBefore() async throws {
    let (writer, content) = ByteStream.pipe(capacity: 1 << 20)
    try await writer.write(Array(Self.nodeBytes.prefix(Self.firstByteCount - 1)))
    writer.finish()
    let success = try await Self.ask(Self.gateway { Self.streaming(ByteStream(Self.nodeBytes)) })
    let (byteCounts, answer) = try await Self.ask(Self.gateway { Self.streaming(content) })
    #expect(byteCounts == success.byteCounts)
    #expect(answer.statusCode == 502)
  }

  @Test("a node that sends more than its class breaks the answer off")
  func tooLong() async throws {
    let exchange = try Sealed.chunks([Sealed.request().encoded()])
    let response = try await Sealed.ask(
      Self.gateway { Self.streaming(ByteStream(Self.nodeBytes + [0])) }, Sealed.message(.chunked, exchange.whole))
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) {
      for try await _ in response.body {}
    }
    _ = consume exchange
  }

  @Test("whoever goes away in the middle of an answer gives up the node's")
  func readerGone() async throws {
    let (writers, writing) = AsyncStream.makeStream(of: ByteStreamWriter.self)
    let gateway = Self.gateway {
      let (writer, content) = ByteStream.pipe(capacity: 1)
      writing.yield(writer)
      return Self.streaming(content)
    }
    let exchange = try Sealed.chunks([Sealed.request().encoded()])
    async let reading: Void = Self.readOnePiece(gateway, exchange.whole)
    var given = writers.makeAsyncIterator()
    let writer = try #require(await given.next())
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) {
      try await writer.write(Array(Self.nodeBytes.prefix(Self.firstByteCount)))
      while true { try await writer.write([0]) }
    }
    try await reading
  }

  private static func readOnePiece(_ gateway: ObliviousGateway, _ body: ByteStream) async throws {
    let response = try await Sealed.ask(gateway, Sealed.message(.chunked, body))
    var pieces = response.body.makeAsyncIterator()
    #expect(try await pieces.next() != nil)
  }
}
