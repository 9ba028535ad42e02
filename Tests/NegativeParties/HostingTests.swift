import ErrorCodes
import HTTPMessages
import HTTPTransport
import InMemoryParties
import Logging
import PartyHosting
import Synchronization
import Testing

@Suite("Hosting a party on a socket", .keepsFolders)
struct HostingTests {
  /// Repeats what it was asked, so that a test sees what passed.
  private final class Mirror: WholeMessageParty {
    let name = "mirror"
    let seen = Mutex<[WholeRequest]>([])

    func requestBodyLimit(method: String, path: String) -> Int? { path == "/none" ? nil : 1_000 }

    func respond(to request: WholeRequest) async -> WholeResponse {
      seen.withLock { $0.append(request) }
      return WholeResponse(contentType: "application/octet-stream", body: request.body)
    }
  }

  private func withServer(
    _ body: @Sendable @escaping (_ mirror: Mirror, _ server: String, _ log: CapturedLog) async throws -> Void
  ) async throws {
    let mirror = Mirror()
    let log = CapturedLog()
    let (addresses, continuation) = AsyncStream.makeStream(of: ListenAddress.self)
    let server = PartyServer(
      mirror, listen: ListenAddress(host: "127.0.0.1", port: 0), record: nil, logger: log.logger(label: "mirror")
    ) { continuation.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      for await address in addresses {
        try await body(mirror, "http://\(address.host):\(address.port)", log)
        break
      }
      group.cancelAll()
      try? await group.waitForAll()
    }
  }

  @Test("hosting: a body above its limit gets 413, whole or endless, and the party is not asked")
  func oversized() async throws {
    try await withServer { mirror, server, _ in
      let exchange = SocketHTTPExchange(timeoutSeconds: 20)
      for count in [1_001, 1 << 20] {
        let request = WholeRequest(method: "POST", path: "/", body: Array(repeating: 7, count: count))
        do throws(HTTPExchangeError) {
          let answer = try await exchange.send(request, to: server, bodyLimit: 10_000)
          #expect(answer.status == 413)
          #expect(answer.refusalCode == "request-too-large")
        } catch {
          // The server may close before it read all of it.
          #expect(error.code == HTTPExchangeError.interrupted && count > 1_001)
        }
      }
      #expect(mirror.seen.withLock { $0.isEmpty })
      let request = WholeRequest(method: "POST", path: "/", body: Array(repeating: 7, count: 1_000))
      let answer = try await exchange.send(request, to: server, bodyLimit: 10_000)
      #expect(answer.status == 200)
      #expect(answer.body == request.body)
      await exchange.shutdown()
    }
  }

  @Test("hosting: an unknown path gets 404 before its body is read")
  func unknownPath() async throws {
    try await withServer { mirror, server, _ in
      let exchange = SocketHTTPExchange(timeoutSeconds: 20)
      let answer = try await exchange.send(
        WholeRequest(method: "POST", path: "/none", body: [1]), to: server, bodyLimit: 10_000)
      #expect(answer.status == 404)
      #expect(answer.refusalCode == "not-found")
      #expect(mirror.seen.withLock { $0.isEmpty })
      await exchange.shutdown()
    }
  }

  @Test("hosting: no log line has a path, a field or a body", .timeLimit(.minutes(10)))
  func logLines() async throws {
    try await withServer { mirror, server, log in
      let marker = "marker-4410-of-a-request"
      let exchange = SocketHTTPExchange(timeoutSeconds: 20)
      _ = try await exchange.send(
        WholeRequest(
          method: "POST", path: "/\(marker)?\(marker)", fields: [HTTPField("x-test", marker)], body: Array(marker.utf8)),
        to: server, bodyLimit: 10_000)
      let seen = try #require(mirror.seen.withLock { $0.first })
      #expect(seen.path == "/\(marker)?\(marker)")
      #expect(seen.field("x-test") == marker)
      #expect(seen.peerAddress == "127.0.0.1")
      await log.firstLine()
      #expect(!log.lines.contains { MarkerSearch(marker).isFound(in: $0) })
      await exchange.shutdown()
    }
  }

  @Test("exchange: an answer above its limit is given up")
  func answerTooLarge() async throws {
    try await withServer { _, server, _ in
      let exchange = SocketHTTPExchange(timeoutSeconds: 20)
      let request = WholeRequest(method: "POST", path: "/", body: Array(repeating: 7, count: 1_000))
      await #expect(throws: HTTPExchangeError(HTTPExchangeError.answerTooLarge, "")) {
        try await exchange.send(request, to: server, bodyLimit: 999)
      }
      await exchange.shutdown()
    }
  }
}
