import HTTPServing
import NIOCore
import NIOHTTP1
import Testing

@Suite("a server on loopback")
struct LoopbackTests {
  private static let get = HTTP1ConnectionTests.get
  private static let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"

  @Test("a connection is served again and again")
  func serves() async throws {
    try await LoopbackServer.run { server in
      let client = try await server.connect()
      for _ in 0..<3 {
        try await client.send(Self.get)
        #expect(await client.received(until: "\r\n\r\n") == Self.answer)
      }
      client.close()
    }
  }

  @Test("a refused client that goes on sending gets its refusal whole")
  func lingering() async throws {
    try await LoopbackServer.run { server in
      let client = try await server.connect()
      try await client.send("POST / HTTP/1.1\r\ncontent-length: 100000000\r\n\r\n")
      for _ in 0..<64 { client.push(ByteBuffer(repeating: 0x78, count: 64 * 1024)) }
      let received = await client.rest()
      #expect(received.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
      #expect(received.hasSuffix(#"{"code":"http-request-malformed"}"#))
    }
  }

  @Test("a client that never reads is closed, and its answer ends")
  func neverReads() async throws {
    var limits = HTTPServerLimits()
    limits.writeStallTime = .milliseconds(100)
    let (ends, sink) = AsyncStream.makeStream(of: Void.self)
    try await LoopbackServer.run(
      limits: limits, makeHandler: { _ in EndlessAnswer { sink.finish() } }
    ) { server in
      let client = try await server.connect(readsAtOnce: false)
      try await client.send(Self.get)
      for await _ in ends {}
      client.close()
    }
  }

  @Test("a client that goes away ends the answer that nobody reads")
  func clientGone() async throws {
    let (ends, sink) = AsyncStream.makeStream(of: Void.self)
    try await LoopbackServer.run(makeHandler: { _ in EndlessAnswer { sink.finish() } }) { server in
      let client = try await server.connect()
      try await client.send(Self.get)
      client.close()
      for await _ in ends {}
    }
  }

  @Test("the answer under way is given when the server ends, and the connection with it")
  func drains() async throws {
    let answers = HeldAnswers()
    try await LoopbackServer.run(makeHandler: { _ in answers.makeHandler() }) { server in
      let idle = try await server.connect()
      let client = try await server.connect()
      try await client.send(Self.get)
      await answers.requestArrived()
      await server.shutDown()
      #expect(await idle.rest().isEmpty)
      answers.answer()
      let received = await client.rest()
      #expect(received == "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
      await #expect(throws: (any Error).self) { try await server.connect() }
    }
  }

  @Test("an answer that does not come is given up when the time to drain is over")
  func drainIsBounded() async throws {
    var limits = HTTPServerLimits()
    limits.drainTime = .milliseconds(50)
    let answers = HeldAnswers()
    try await LoopbackServer.run(limits: limits, makeHandler: { _ in answers.makeHandler() }) { server in
      let client = try await server.connect()
      try await client.send(Self.get)
      await answers.requestArrived()
      await server.shutDown()
      #expect(await client.rest().isEmpty)
    }
  }
}

/// Answers that a test gives when it likes.
final class HeldAnswers: Sendable {
  private let arrivals: AsyncStream<Void>
  private let arrival: AsyncStream<Void>.Continuation
  private let release: AsyncStream<Void>.Continuation
  private let releases: AsyncStream<Void>

  init() {
    (arrivals, arrival) = AsyncStream.makeStream()
    (releases, release) = AsyncStream.makeStream()
  }

  func makeHandler() -> any ChannelHandler { HeldAnswer(self) }

  func requestArrived() async { for await _ in arrivals { break } }

  func answer() { release.finish() }

  private final class HeldAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answers: HeldAnswers

    init(_ answers: HeldAnswers) { self.answers = answers }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .end = unwrapInboundIn(data) else { return }
      let released = context.eventLoop.makeFutureWithTask { [answers] in for await _ in answers.releases {} }
      released.assumeIsolated().whenComplete { _ in
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "0"])
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
      }
      answers.arrival.yield()
    }

    func channelInactive(context: ChannelHandlerContext) { answers.release.finish() }
  }
}
