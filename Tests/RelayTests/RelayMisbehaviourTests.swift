import HTTPServing
import NIOCore
import Relay
import Testing

/// Each peer that misbehaves costs its own exchange, and nobody else's: after it, the relay serves the next.
@Suite("Peers that misbehave", .timeLimit(.minutes(10)))
struct RelayMisbehaviourTests {
  private static let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
  private static let streamHead =
    "POST \(RelayUnderTest.gatewayPath) HTTP/1.1\r\nhost: r\r\ncontent-type: message/ohttp-chunked-req\r\n"
    + "transfer-encoding: chunked\r\n\r\n"

  /// A whole exchange on connections of its own.
  private func expectServes(_ relay: RelayUnderTest, _ gateway: WireServer) async throws {
    let client = try await Wire.connect(to: relay.port)
    try await client.send(post(1))
    let upstream = try #require(await gateway.next())
    try await upstream.read(until: "\r\n\r\nq")
    try await upstream.send(Self.answer)
    try await client.read(until: "ok")
    await client.close()
    await upstream.close()
    try await relay.settle()
  }

  @Test("upstream answers at once and never reads: the answer passes, and the connection is not used again")
  func answersAtOnce() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(Self.streamHead)
      let upstream = try #require(await gateway.next())
      try await upstream.setReads(false)
      try await upstream.send(Self.answer)
      try await client.read(until: "ok")
      await upstream.readUntilClosed()
      // The rest of the request is dropped, and the client's connection carries on.
      try await client.send("4\r\nrest\r\n0\r\n\r\n")
      client.forget()
      try await client.send("GET /health HTTP/1.1\r\nhost: r\r\n\r\n")
      try await client.read(until: #"{"status":"ok"}"#)
      try await expectServes(relay, gateway)
    }
  }

  @Test("upstream resets before its answer: relay-gateway-unreachable")
  func resetsBeforeAnswer() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      await upstream.reset()
      let answer = try await client.read(until: "relay-gateway-unreachable")
      #expect(answer.hasPrefix("HTTP/1.1 502 "))
      try await expectServes(relay, gateway)
    }
  }

  @Test(
    "upstream ends in the middle of its answer: the client's is cut short, never completed",
    arguments: [
      "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\npart",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n",
    ])
  func resetsInAnswer(part: String) async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      try await upstream.send(part)
      try await client.read(until: "part")
      await upstream.close()
      let answer = await client.readUntilClosed()
      #expect(!answer.contains("0\r\n\r\n"))
      try await expectServes(relay, gateway)
    }
  }

  @Test(
    "upstream answers garbage: relay-gateway-unreachable",
    arguments: [
      "garbage\r\n\r\n", "HTTP/1.1 99999 x\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok", "HTTP/1.1 200 OK\r\nname value\r\n\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n", "HTTP/2 200\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
    ])
  func answersGarbage(garbage: String) async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      try await upstream.send(garbage)
      try await client.read(until: "relay-gateway-unreachable")
      await upstream.readUntilClosed()
      try await expectServes(relay, gateway)
    }
  }

  @Test("upstream says more than its answer: the connection is not used again")
  func saysMore() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      try await upstream.send(Self.answer)
      try await client.read(until: "ok")
      try await upstream.send(Self.answer)
      await upstream.readUntilClosed()
      try await expectServes(relay, gateway)
    }
  }

  @Test("upstream never answers: relay-gateway-timeout, at the limit for the head and not before")
  func neverAnswers() async throws {
    var limits = RelayLimits.withoutSpares
    limits.headSeconds = 7
    try await withRelay(limits: limits) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      try await relay.passSeconds(7)
      #expect(client.receivedText.isEmpty)
      try await relay.passSeconds(1)
      let answer = try await client.read(until: "relay-gateway-timeout")
      #expect(answer.hasPrefix("HTTP/1.1 504 "))
      await upstream.readUntilClosed()
      try await expectServes(relay, gateway)
    }
  }

  @Test("upstream stops in the middle of its answer: the client's is cut short at the limit")
  func stalls() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart")
      try await client.read(until: "part")
      try await relay.passSeconds(RelayLimits().stallSeconds + 1)
      await client.readUntilClosed()
      await upstream.readUntilClosed()
      try await expectServes(relay, gateway)
    }
  }

  @Test("upstream answers a byte at a time, without end: the client's answer is cut short when its whole time is over")
  func answersForever() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
      for count in 1...10 {
        try await relay.passSeconds(59)
        try await upstream.send("z")
        try await client.read(until: String(repeating: "z", count: count))
      }
      // 590 of 600 seconds are over.
      try await relay.passSeconds(10)
      try await upstream.send("z")
      try await client.read(until: String(repeating: "z", count: 11))
      try await relay.passSeconds(1)
      await client.readUntilClosed()
      await upstream.readUntilClosed()
      try await expectServes(relay, gateway)
    }
  }

  @Test("the whole time is over before the head of an answer: relay-gateway-timeout")
  func wholeTimeBeforeHead() async throws {
    var limits = RelayLimits.withoutSpares
    limits.answerSeconds = 5
    try await withRelay(limits: limits) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      // The request is not whole, so that no limit for the head of its answer runs.
      try await client.send(Self.streamHead + "4\r\npart\r\n")
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "part")
      try await relay.passSeconds(5)
      #expect(client.receivedText.isEmpty)
      try await relay.passSeconds(1)
      let answer = try await client.read(until: "relay-gateway-timeout")
      #expect(answer.hasPrefix("HTTP/1.1 504 "))
      await upstream.readUntilClosed()
    }
  }

  @Test("nobody listens at the gateway: relay-gateway-unreachable")
  func nobodyListens() async throws {
    try await withRelay { relay, gateway in
      await gateway.stop()
      let client = try await Wire.connect(to: relay.port)
      for _ in 0..<3 {
        try await client.send(post(4))
        try await client.read(until: "relay-gateway-unreachable")
        client.forget()
      }
    }
  }

  @Test("upstream closed an unused connection: the next request goes over a new one")
  func unusedConnectionClosed() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(1))
      let first = try #require(await gateway.next())
      try await first.read(until: "\r\n\r\nq")
      try await first.send(Self.answer)
      try await client.read(until: "ok")
      await first.close()
      try await relay.settle()
      client.forget()
      try await client.send(post(2))
      let second = try #require(await gateway.next())
      try await second.read(until: "qq")
      try await second.send(Self.answer)
      try await client.read(until: "ok")
    }
  }

  @Test("a client is gone in mid-stream: the exchange with the operator is cancelled")
  func clientGone() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(Self.streamHead + "4\r\npart\r\n")
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "part")
      await client.reset()
      await upstream.readUntilClosed()
      try await expectServes(relay, gateway)
    }
  }

  @Test("a client is gone in mid-answer: the exchange with the operator is cancelled")
  func clientGoneInAnswer() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      try await upstream.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n")
      try await client.read(until: "part")
      await client.close()
      await upstream.readUntilClosed()
      try await expectServes(relay, gateway)
    }
  }

  @Test(
    "a client's half-written chunk never becomes a whole request",
    arguments: ["4\r\npa", "4\r\npart\r\n", "4", "fffffffffffffffff\r\n", "4\r\npartX"])
  func halfChunk(chunk: String) async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(Self.streamHead + "5\r\nfirst\r\n")
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "first")
      try await client.send(chunk)
      await client.close()
      let received = await upstream.readUntilClosed()
      #expect(!received.contains("0\r\n\r\n"))
      try await expectServes(relay, gateway)
    }
  }

  @Test("a stream above the limit is refused, and not passed on as a whole")
  func streamAboveLimit() async throws {
    var limits = RelayLimits.withoutSpares
    limits.requestByteCount = 10
    try await withRelay(limits: limits) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(Self.streamHead + "6\r\n123456\r\n")
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "123456")
      try await client.send("6\r\n123456\r\n")
      try await client.read(until: "request-too-large")
      let received = await upstream.readUntilClosed()
      #expect(!received.contains("0\r\n\r\n"))
    }
  }

  @Test("a client that never reads holds up its operator's answer")
  func clientNeverReads() async throws {
    var clients = HTTPServerLimits()
    clients.writeStallTime = .seconds(3600)
    try await withUnreadAnswer(clients: clients) { relay, gateway, upstream in
      for _ in 0..<3 { try await expectServes(relay, gateway) }
      #expect(try await upstream.unsentByteCount() > 32 << 20, "the relay took most of an answer that nobody reads")
    }
  }

  @Test("a client that never reads is cut off at the server's limit")
  func clientCutOff() async throws {
    var clients = HTTPServerLimits()
    clients.writeStallTime = .milliseconds(100)
    try await withUnreadAnswer(clients: clients) { relay, gateway, upstream in
      await upstream.readUntilClosed()
      try await expectServes(relay, gateway)
    }
  }

  private func withUnreadAnswer(
    clients: HTTPServerLimits, _ body: (RelayUnderTest, WireServer, Wire) async throws -> Void
  ) async throws {
    var limits = RelayLimits.withoutSpares
    limits.answerByteCount = 1 << 30
    try await withRelay(limits: limits, clients: clients) { relay, gateway in
      let client = try await Wire.connect(to: relay.port, reads: false)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
      let piece = ByteBuffer(repeating: 0, count: 1 << 20)
      for _ in 0..<64 { upstream.channel.writeAndFlush(piece, promise: nil) }
      try await body(relay, gateway, upstream)
      await client.close()
    }
  }

  @Test("an operator that never reads holds up its client's request")
  func operatorNeverReads() async throws {
    var limits = RelayLimits.withoutSpares
    limits.requestByteCount = 1 << 30
    try await withRelay(limits: limits) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(
        "POST \(RelayUnderTest.gatewayPath) HTTP/1.1\r\nhost: r\r\ncontent-type: message/ohttp-req\r\n"
          + "content-length: 1000000000\r\n\r\n")
      let upstream = try #require(await gateway.next())
      try await upstream.setReads(false)
      let piece = ByteBuffer(repeating: 0, count: 1 << 20)
      for _ in 0..<64 { client.channel.writeAndFlush(piece, promise: nil) }
      for _ in 0..<3 { try await expectServes(relay, gateway) }
      #expect(try await client.unsentByteCount() > 32 << 20, "the relay took most of a request that nobody reads")
      try await relay.passSeconds(RelayLimits().stallSeconds + 1)
      try await client.read(until: "relay-gateway-timeout")
    }
  }
}

extension Wire {
  /// Bytes that wait to be taken by the peer.
  func unsentByteCount() async throws -> Int { try await channel.getOption(.bufferedWritableBytes).get() }
}
