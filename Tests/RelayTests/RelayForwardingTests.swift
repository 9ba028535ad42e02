import NIOCore
import Relay
import Synchronization
import Testing

@Suite("What a relay passes on, over sockets", .timeLimit(.minutes(10)))
struct RelayForwardingTests {
  private static let answer = "HTTP/1.1 200 OK\r\ncontent-type: message/ohttp-res\r\ncontent-length: 2\r\n\r\nok"

  @Test("a request is written anew: method, media type, body and nothing else")
  func rewritten() async throws {
    try await withRelay { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(3, extra: "user-agent: marker\r\ncookie: marker\r\nx-forwarded-for: 1.2.3.4\r\n"))
      let upstream = try #require(await gateway.next())
      let received = try await upstream.read(until: "qqq")
      #expect(
        received == "POST /.well-known/ohttp-gateway HTTP/1.1\r\nhost: 127.0.0.1:\(gateway.port)\r\n"
          + "content-type: message/ohttp-req\r\ncontent-length: 3\r\n\r\nqqq")
      try await upstream.send(
        "HTTP/1.1 200 OK\r\nserver: marker\r\nset-cookie: marker\r\ncontent-type: message/ohttp-res\r\n"
          + "content-length: 2\r\n\r\nok")
      let answered = try await client.read(until: "ok")
      #expect(answered == Self.answer)
    }
  }

  @Test("a media type is taken in any case and written in lower case")
  func mediaTypeCase() async throws {
    try await withRelay { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(1, mediaType: "Message/OHTTP-Chunked-Req"))
      let upstream = try #require(await gateway.next())
      let received = try await upstream.read(until: "0\r\n\r\n")
      #expect(received.contains("content-type: message/ohttp-chunked-req\r\nincremental: ?1\r\n"))
      try await upstream.send(
        "HTTP/1.1 200 OK\r\ncontent-type: MESSAGE/OHTTP-CHUNKED-RES\r\ncontent-length: 2\r\n\r\nok")
      #expect(try await client.read(until: "ok").contains("incremental: ?1\r\n"))
    }
  }

  @Test("a stream's parts pass in both directions before the next are there")
  func streams() async throws {
    try await withRelay { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(
        "POST \(RelayUnderTest.gatewayPath) HTTP/1.1\r\nhost: r\r\ncontent-type: message/ohttp-chunked-req\r\n"
          + "transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
      let upstream = try #require(await gateway.next())
      let head = try await upstream.read(until: "first")
      #expect(head.contains("incremental: ?1\r\n"))
      #expect(head.contains("transfer-encoding: chunked\r\n"))
      // The answer begins before the request is whole.
      try await upstream.send(
        "HTTP/1.1 200 OK\r\ncontent-type: message/ohttp-chunked-res\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n")
      let begun = try await client.read(until: "one")
      #expect(begun.contains("incremental: ?1\r\n"))
      try await client.send("6\r\nsecond\r\n")
      try await upstream.read(until: "second")
      try await upstream.send("3\r\ntwo\r\n")
      try await client.read(until: "two")
      try await client.send("0\r\n\r\n")
      try await upstream.read(until: "0\r\n\r\n")
      try await upstream.send("0\r\n\r\n")
      try await client.read(until: "0\r\n\r\n")
    }
  }

  @Test("public files are fetched without a body or a field", arguments: ["/epoch/17", "/logs/epochs/checkpoint"])
  func publicFiles(path: String) async throws {
    try await withRelay { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send("GET /to/\(RelayUnderTest.origin)\(path) HTTP/1.1\r\nhost: r\r\nif-none-match: x\r\n\r\n")
      let upstream = try #require(await gateway.next())
      #expect(
        try await upstream.read(until: "\r\n\r\n") == "GET \(path) HTTP/1.1\r\nhost: 127.0.0.1:\(gateway.port)\r\n\r\n")
      try await upstream.send("HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\netag: x\r\n\r\ngone")
      #expect(try await client.read(until: "gone") == "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\ngone")
    }
  }

  @Test("requests on one connection follow each other, and pipelined ones keep their order")
  func keepAlive() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(1) + post(2))
      let upstream = try #require(await gateway.next())
      for count in 1...2 {
        try await upstream.read(until: "content-length: \(count)\r\n\r\n" + String(repeating: "q", count: count))
        upstream.forget()
        try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na\(count)")
        try await client.read(until: "a\(count)")
      }
    }
  }

  @Test("a client that waits for 100 Continue is told to go on")
  func expectContinue() async throws {
    try await withRelay { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(
        "POST \(RelayUnderTest.gatewayPath) HTTP/1.1\r\nhost: r\r\ncontent-type: message/ohttp-req\r\n"
          + "expect: 100-continue\r\ncontent-length: 4\r\n\r\n")
      try await client.read(until: "100 Continue\r\n\r\n")
      try await client.send("body")
      let upstream = try #require(await gateway.next())
      let received = try await upstream.read(until: "body")
      #expect(!received.contains("expect"))
      try await upstream.send(Self.answer)
      try await client.read(until: "ok")
    }
  }

  @Test("GET /health answers without an operator")
  func health() async throws {
    try await withRelay { relay, _ in
      let client = try await Wire.connect(to: relay.port)
      try await client.send("GET /health HTTP/1.1\r\nhost: r\r\nconnection: close\r\n\r\n")
      let answer = await client.readUntilClosed()
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.hasSuffix(#"{"status":"ok"}"#))
    }
  }

  @Test("an observer is told sizes, names and status, and the names of fields alone")
  func observed() async throws {
    let seen = Mutex<[RelayedExchange]>([])
    try await withRelay(observer: { exchange in seen.withLock { $0.append(exchange) } }) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(3, extra: "Cookie: marker\r\n"))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqq")
      try await upstream.send(Self.answer)
      try await client.read(until: "ok")
    }
    let exchange = try #require(seen.withLock { $0.first })
    #expect(exchange.peerAddress == "127.0.0.1")
    #expect(exchange.method == "POST")
    #expect(exchange.path == RelayUnderTest.gatewayPath)
    #expect(exchange.fieldNames == ["host", "content-type", "cookie", "content-length"])
    #expect((exchange.requestByteCount, exchange.answerByteCount, exchange.status) == (3, 2, 200))
  }
}
