import HTTPServing
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTP2

/// A client of HTTP/2 frames and a server's connection, without sockets, on one clock. It grants no window beyond the
/// first, so it is a client that stops reading.
final class EmbeddedHTTP2Client {
  let server: EmbeddedConnection
  private let client: EmbeddedChannel
  private(set) var frames: [HTTP2Frame] = []

  init(limits: HTTPServerLimits = HTTPServerLimits(), handler: ScriptedHandler = ScriptedHandler()) throws {
    server = try EmbeddedConnection(limits: limits, handler: handler)
    client = EmbeddedChannel(handler: NIOHTTP2Handler(mode: .client), loop: server.loop)
    client.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 80), promise: nil)
    try exchange()
  }

  /// Carries bytes both ways until there are none.
  func exchange() throws {
    var isBusy = true
    while isBusy {
      isBusy = false
      server.loop.run()
      while let bytes = try client.readOutbound(as: IOData.self) {
        guard case .byteBuffer(let bytes) = bytes, server.isOpen else { continue }
        try server.channel.writeInbound(bytes)
        isBusy = true
      }
      while let bytes = try server.channel.readOutbound(as: IOData.self) {
        guard case .byteBuffer(let bytes) = bytes, client.isActive else { continue }
        try client.writeInbound(bytes)
        isBusy = true
      }
      while let frame = try client.readInbound(as: HTTP2Frame.self) { frames.append(frame) }
    }
  }

  func send(_ payload: HTTP2Frame.FramePayload, on stream: HTTP2StreamID) throws {
    client.writeAndFlush(HTTP2Frame(streamID: stream, payload: payload), promise: nil)
    try exchange()
  }

  func request(_ stream: HTTP2StreamID, method: String = "POST", endStream: Bool) throws {
    try send(
      .headers(
        .init(
          headers: [":method": method, ":scheme": "http", ":path": "/", ":authority": "a"], endStream: endStream)),
      on: stream)
  }

  func data(_ text: String, on stream: HTTP2StreamID, endStream: Bool = false) throws {
    try send(.data(.init(data: .byteBuffer(ByteBuffer(string: text)), endStream: endStream)), on: stream)
  }

  func advance(_ time: Duration) throws {
    server.advance(time)
    try exchange()
  }

  /// The status of a stream's answer.
  func status(_ stream: HTTP2StreamID) -> String? {
    for frame in frames where frame.streamID == stream {
      if case .headers(let headers) = frame.payload { return headers.headers.first(name: ":status") }
    }
    return nil
  }

  func isReset(_ stream: HTTP2StreamID) -> Bool {
    frames.contains { frame in
      if case .rstStream = frame.payload { frame.streamID == stream } else { false }
    }
  }

  var wasToldToGo: Bool {
    frames.contains { frame in
      if case .goAway = frame.payload { true } else { false }
    }
  }

  deinit {
    client.close(promise: nil)
    server.loop.run()
  }
}
