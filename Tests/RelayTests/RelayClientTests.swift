import HTTPServing
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import Relay
import Testing

@Suite("Clients of a relay", .timeLimit(.minutes(10)))
struct RelayClientTests {
  @Test("a slow-loris client loses its connection, and others are served meanwhile")
  func slowLoris() async throws {
    var clients = HTTPServerLimits()
    // Long enough for the heads of others on a busy machine.
    clients.headTime = .seconds(5)
    try await withRelay(clients: clients) { relay, _ in
      let slow = try await Wire.connect(to: relay.port)
      try await slow.send("POST \(RelayUnderTest.gatewayPath) HTTP/1.1\r\nhost: r\r\nx: ")
      try await relay.settle()
      #expect(await slow.readUntilClosed().contains("request-timeout"))
    }
  }

  @Test("a client that drips its body loses its connection at the total limit, and its operator's exchange ends")
  func slowBody() async throws {
    var clients = HTTPServerLimits()
    clients.bodyTime = .seconds(1)
    try await withRelay(clients: clients) { relay, gateway in
      let slow = try await Wire.connect(to: relay.port)
      try await slow.send(post(1).replacing("content-length: 1", with: "content-length: 9"))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "\r\n\r\nq")
      #expect(await slow.readUntilClosed().contains("request-timeout"))
      await upstream.readUntilClosed()
    }
  }

  @Test("HTTP/2: streams of one connection are exchanges of their own, passed on as they come")
  func http2() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await HTTP2Client.connect(to: relay.port)
      let first = try await client.open(mediaType: "message/ohttp-chunked-req")
      try await first.send("first")
      let upstream = try #require(await gateway.next())
      #expect(try await upstream.read(until: "first").contains("incremental: ?1\r\n"))
      let second = try await client.open(mediaType: "message/ohttp-req")
      try await second.send("second", isEnd: true)
      let other = try #require(await gateway.next())
      try await other.read(until: "second")
      try await other.send("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\ntwo")
      #expect(try await second.read(until: "two").hasPrefix("200 "))
      try await upstream.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n")
      try await first.read(until: "one")
      try await first.send("last", isEnd: true)
      try await upstream.read(until: "last")
      try await upstream.send("0\r\n\r\n")
      try await first.read(until: "[end]")
      await client.close()
    }
  }

  @Test("HTTP/2: an operator that ends in its answer cuts the stream short, and the connection carries on")
  func http2CutShort() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await HTTP2Client.connect(to: relay.port)
      let first = try await client.open(mediaType: "message/ohttp-req")
      try await first.send("first", isEnd: true)
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "first")
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart")
      try await first.read(until: "part")
      await upstream.close()
      #expect(!(await first.readUntilClosed().contains("[end]")))
      let second = try await client.open(mediaType: "text/plain")
      try await second.send("x", isEnd: true)
      #expect(try await second.read(until: "[end]").hasPrefix("415 "))
      await client.close()
    }
  }
}

/// An HTTP/2 client in clear.
private struct HTTP2Client {
  private let channel: any Channel
  private let multiplexer: NIOHTTP2Handler.StreamMultiplexer

  static func connect(to port: Int) async throws -> HTTP2Client {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port).get()
    let multiplexer = try await channel.configureHTTP2Pipeline(
      mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
    ) { $0.close() }.get()
    return HTTP2Client(channel: channel, multiplexer: multiplexer)
  }

  /// A stream whose answer becomes text: the status, a space, the body, and `[end]` once it is whole.
  func open(mediaType: String) async throws -> HTTP2Stream {
    let opened = channel.eventLoop.makePromise(of: Wire.self)
    multiplexer.createStreamChannel(promise: nil) { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.pipeline.syncOperations.addHandlers([
          HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .http), AnswerText(),
        ])
        opened.succeed(try Wire.attach(to: stream))
      }
    }
    let stream = HTTP2Stream(wire: try await opened.futureResult.get())
    let head = HTTPRequestHead(
      version: .http1_1, method: .POST, uri: RelayUnderTest.gatewayPath,
      headers: ["host": "relay.test", "content-type": mediaType])
    try await stream.wire.channel.writeAndFlush(HTTPClientRequestPart.head(head))
    return stream
  }

  func close() async { try? await channel.close() }
}

private struct HTTP2Stream {
  let wire: Wire

  func send(_ text: String, isEnd: Bool = false) async throws {
    try await wire.channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: text))))
    if isEnd { try await wire.channel.writeAndFlush(HTTPClientRequestPart.end(nil)) }
  }

  @discardableResult
  func read(until text: String) async throws -> String { try await wire.read(until: text) }

  func readUntilClosed() async -> String { await wire.readUntilClosed() }
}

/// Turns an answer into the bytes that a `Wire` collects.
private final class AnswerText: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias InboundOut = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): context.fireChannelRead(wrapInboundOut(ByteBuffer(string: "\(head.status.code) ")))
    case .body(let body): context.fireChannelRead(wrapInboundOut(body))
    case .end: context.fireChannelRead(wrapInboundOut(ByteBuffer(string: "[end]")))
    }
  }
}
