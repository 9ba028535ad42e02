import HTTPMessages
import HTTPTransport
import TestSupport
import Testing

@Suite("Exchanges with servers that misbehave")
struct MisbehavingServerTests {
  private static let short: Duration = .milliseconds(300)

  private func withServer(
    _ behaviour: ScriptedServer.Behaviour, timeLimit: Duration = .seconds(20),
    _ body: (SocketHTTPExchange, String) async throws -> Void
  ) async throws {
    let server = try await ScriptedServer(behaviour)
    let exchange = SocketHTTPExchange(timeLimit: timeLimit)
    try await body(exchange, server.server)
    await exchange.shutdown()
    try await server.close()
  }

  private static func post(_ body: ByteStream) -> StreamedRequest {
    StreamedRequest(method: "POST", path: "/", body: body)
  }

  /// Begins an exchange that alone holds the reading end of its request.
  private static func asking(
    _ exchange: SocketHTTPExchange, _ server: String
  ) -> (writer: ByteStreamWriter, answer: Task<StreamedResponse, any Error>) {
    let (writer, body) = ByteStream.pipe()
    return (writer, Task { try await exchange.stream(post(body), to: server) })
  }

  /// Writes pieces until nobody reads any more, or the exchange would have taken too much.
  private static func writeOn(_ writer: ByteStreamWriter) async -> HTTPExchangeError? {
    do throws(HTTPExchangeError) {
      for _ in 0..<4_096 { try await writer.write([UInt8](repeating: 7, count: 16_384)) }
      return nil
    } catch {
      return error
    }
  }

  @Test("a server that answers at once and never reads interrupts the exchange, and writing the request ends")
  func answersUnread() async throws {
    try await withServer(.answersUnread("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"), timeLimit: Self.short) {
      exchange, server in
      for _ in 0..<8 {
        let (writer, answer) = Self.asking(exchange, server)
        async let writing = Self.writeOn(writer)
        await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) { try await answer.value }
        #expect(await writing?.code == HTTPExchangeError.interrupted)
      }
    }
  }

  @Test("a refusal that comes before the request was read is heard, and writing the request ends")
  func refusesUnread() async throws {
    try await withServer(
      .answersUnread("HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nno")
    ) {
      exchange, server in
      let (writer, answer) = Self.asking(exchange, server)
      async let writing = Self.writeOn(writer)
      let response = try await answer.value
      #expect(response.status == 413)
      #expect(try await response.body.collect(byteLimit: 10) == [110, 111])
      #expect(await writing?.code == HTTPExchangeError.interrupted)
    }
  }

  @Test("a server that resets in the middle of a body interrupts the exchange", arguments: [1, 100_000])
  func resets(afterByteCount: Int) async throws {
    try await withServer(.resets(afterByteCount: afterByteCount)) { exchange, server in
      let (writer, answer) = Self.asking(exchange, server)
      async let writing = Self.writeOn(writer)
      await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) { try await answer.value }
      #expect(await writing?.code == HTTPExchangeError.interrupted)
    }
  }

  @Test("a server that never answers interrupts the exchange after its time limit")
  func isSilent() async throws {
    try await withServer(.isSilent, timeLimit: Self.short) { exchange, server in
      let error = await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) {
        try await exchange.stream(Self.post(ByteStream([1])), to: server)
      }
      #expect(error?.message.contains("silent for") == true)
    }
  }

  @Test("a server that stops in the middle of an answer breaks its body off after the time limit")
  func stalls() async throws {
    try await withServer(.answers("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nok"), timeLimit: .seconds(1)) {
      exchange, server in
      let response = try await exchange.stream(Self.post(ByteStream([1])), to: server)
      var pieces = response.body.makeAsyncIterator()
      #expect(try await pieces.next() == [111, 107])
      await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) { try await pieces.next() }
    }
  }

  @Test("a body that its writer breaks off is never ended for the server")
  func brokenRequest() async throws {
    try await withServer(.isSilent) { exchange, server in
      let (writer, body) = ByteStream.pipe()
      let answer = Task { try await exchange.stream(Self.post(body), to: server) }
      try await writer.write([1])
      writer.fail(HTTPExchangeError(HTTPExchangeError.interrupted, ""))
      await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) { try await answer.value }
    }
  }

  @Test(
    "without a network, a route or the local address nothing was sent: that is unreachable, not interrupted",
    arguments: [
      ("http://224.0.0.1:9", nil), ("http://127.0.0.1:9", "192.0.2.1"), ("http://127.0.0.1:9", "::1"),
      ("http://127.0.0.1:9", "nonsense"),
    ])
  func noConnection(server: String, localAddress: String?) async throws {
    let exchange = SocketHTTPExchange(localAddress: localAddress, timeLimit: .seconds(5))
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.unreachable, "")) {
      try await exchange.stream(Self.post(ByteStream([1])), to: server)
    }
    await exchange.shutdown()
  }

  @Test("a server whose TLS does not come about is unreachable: nothing was sent to whoever answers there")
  func noHandshake() async throws {
    let server = try await ScriptedServer(.answers("HTTP/1.1 302 Found\r\nlocation: /portal\r\n\r\n"))
    let exchange = SocketHTTPExchange(timeLimit: .seconds(5))
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.unreachable, "")) {
      try await exchange.stream(
        Self.post(ByteStream([1])), to: server.server.replacing("http://", with: "https://"))
    }
    await exchange.shutdown()
    try await server.close()
  }

  @Test("a server that nobody is behind is unreachable")
  func unreachable() async throws {
    let port = try ReservedPort()
    let exchange = SocketHTTPExchange(timeLimit: .seconds(5))
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.unreachable, "")) {
      try await exchange.stream(Self.post(ByteStream([1])), to: "http://127.0.0.1:\(port.number)")
    }
    await exchange.shutdown()
  }
}
