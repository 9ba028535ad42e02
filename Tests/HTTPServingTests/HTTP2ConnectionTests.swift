import HTTPServing
import NIOCore
import NIOHTTP1
import NIOHTTP2
import Testing

@Suite("HTTP/2 connections")
struct HTTP2ConnectionTests {
  @Test("a client that begins with the preface is served HTTP/2, several streams on one connection")
  func priorKnowledge() throws {
    let client = try EmbeddedHTTP2Client()
    for stream in [HTTP2StreamID(1), 3, 5] {
      try client.request(stream, endStream: false)
      try client.data("hi", on: stream, endStream: true)
      #expect(client.status(stream) == "200")
    }
    #expect(client.server.handler.bodyByteCount == 6)
  }

  @Test("the preface is recognised byte by byte, and so is a method that begins like it")
  func preface() throws {
    let connection = try EmbeddedConnection()
    for character in "PROPFIND / HTTP/1.1\r\nhost: a\r\n\r\n" { try connection.send(String(character)) }
    #expect(try connection.received().hasPrefix("HTTP/1.1 200 OK\r\n"))
  }

  @Test("the client is told how many streams and how large a head it may use")
  func settings() throws {
    var limits = HTTPServerLimits()
    limits.streamCount = 7
    let client = try EmbeddedHTTP2Client(limits: limits)
    let settings = client.frames.compactMap { frame -> [HTTP2Setting]? in
      if case .settings(.settings(let settings)) = frame.payload { settings } else { nil }
    }
    #expect(
      settings.first == [
        HTTP2Setting(parameter: .maxConcurrentStreams, value: 7),
        HTTP2Setting(parameter: .maxHeaderListSize, value: 16 * 1024),
      ])
  }

  @Test(
    "a head without an authority, and one of CONNECT: refused at once, whether its stream ends or not",
    arguments: [true, false], [true, false])
  func headOfNoRequest(isCONNECT: Bool, endStream: Bool) throws {
    let client = try EmbeddedHTTP2Client(handler: ScriptedHandler(.waits))
    try client.send(
      .headers(
        .init(
          headers: isCONNECT
            ? [":method": "CONNECT", ":authority": "a:443"] : [":method": "POST", ":scheme": "http", ":path": "/"],
          endStream: endStream)), on: 1)
    #expect(client.status(1) == "400")
    #expect(client.isReset(1) || endStream)
    #expect(client.server.handler.bodyByteCount == 0)
    try client.request(3, endStream: true)
    #expect(client.server.isOpen)
    // No stream is left behind that would keep the connection for ever.
    try client.send(.rstStream(.cancel), on: 3)
    try client.advance(.seconds(75 + 30))
    #expect(!client.server.isOpen)
  }

  @Test("a body that drips in is refused when its time is over, and only its stream ends")
  func slowBody() throws {
    let client = try EmbeddedHTTP2Client(handler: ScriptedHandler(.waits))
    try client.request(1, endStream: false)
    for _ in 0..<59 {
      try client.data("x", on: 1)
      try client.advance(.seconds(1))
    }
    #expect(client.status(1) == nil)
    try client.advance(.seconds(1))
    #expect(client.status(1) == "408")
    #expect(client.isReset(1))
    #expect(client.server.isOpen)
  }

  @Test("a stream whose client grants no window for the stall time is reset")
  func stalled() throws {
    let client = try EmbeddedHTTP2Client(handler: ScriptedHandler(.waits))
    try client.request(1, endStream: true)
    client.server.handler.begin()
    client.server.handler.write(ByteBuffer(repeating: 0x78, count: 200_000))
    try client.exchange()
    try client.advance(.seconds(29))
    #expect(!client.isReset(1))
    try client.advance(.seconds(1))
    #expect(client.isReset(1))
    #expect(client.server.isOpen)
  }

  @Test("an answer that streams for an hour is not cut off while its client reads")
  func longAnswer() throws {
    let client = try EmbeddedHTTP2Client(handler: ScriptedHandler(.waits))
    try client.request(1, endStream: true)
    client.server.handler.begin()
    for _ in 0..<60 {
      client.server.handler.write(ByteBuffer(string: "frame"))
      try client.advance(.seconds(60))
    }
    #expect(!client.isReset(1))
    #expect(client.server.isOpen)
  }

  @Test("a client that opens no stream is closed when the time of a head is over")
  func silent() throws {
    let client = try EmbeddedHTTP2Client()
    try client.advance(.seconds(9))
    #expect(client.server.isOpen)
    try client.advance(.seconds(1))
    #expect(!client.server.isOpen)
  }

  @Test("an idle connection is told to go, and closed")
  func idle() throws {
    let client = try EmbeddedHTTP2Client()
    try client.request(1, endStream: true)
    try client.advance(.seconds(74))
    #expect(client.server.isOpen && !client.wasToldToGo)
    try client.advance(.seconds(1))
    #expect(client.wasToldToGo)
    #expect(!client.server.isOpen)
  }

  @Test("a client that resets its streams again and again is closed")
  func rapidReset() throws {
    let client = try EmbeddedHTTP2Client(handler: ScriptedHandler(.waits))
    var stream: HTTP2StreamID = 1
    for _ in 0..<100 {
      try client.request(stream, endStream: true)
      try client.send(.rstStream(.cancel), on: stream)
      stream = stream.advanced(by: 2)
    }
    #expect(client.server.isOpen)
    try client.request(stream, endStream: true)
    try client.send(.rstStream(.cancel), on: stream)
    #expect(!client.server.isOpen)
  }

  @Test("a draining connection tells its client to go, ends its streams and closes")
  func drains() throws {
    let client = try EmbeddedHTTP2Client(handler: ScriptedHandler(.waits))
    try client.request(1, endStream: true)
    client.server.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    try client.exchange()
    #expect(client.wasToldToGo)
    #expect(client.server.isOpen)
    client.server.handler.answer()
    try client.exchange()
    #expect(client.status(1) == "200")
    #expect(!client.server.isOpen)
  }

  @Test("a draining connection whose answer does not come is closed when the time to drain is over")
  func drainIsBounded() throws {
    let client = try EmbeddedHTTP2Client(handler: ScriptedHandler(.waits))
    try client.request(1, endStream: true)
    client.server.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    try client.advance(.seconds(29))
    #expect(client.server.isOpen)
    try client.advance(.seconds(1))
    #expect(!client.server.isOpen)
  }
}
