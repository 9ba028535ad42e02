import NIOCore
import Relay
import Testing

@Suite("Connections to operators", .timeLimit(.minutes(10)))
struct UpstreamConnectionTests {
  private static let clientCount = 50

  /// Each client asks again as soon as it has its answer: the hardest case, because then the connection that was just
  /// freed is the one at hand.
  private func requestsOfBusyClients(rounds: Int) async throws -> [RecordingUpstream.Request] {
    let upstream = try await RecordingUpstream.start()
    let relay = try await RelayUnderTest.start(gateway: "http://127.0.0.1:\(upstream.port)")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 10..<10 + Self.clientCount {
        group.addTask {
          let client = try await Wire.connect(to: relay.port)
          let request = post(2).replacing("qq", with: "\(number)")
          for _ in 0..<rounds {
            try await client.send(request)
            try await client.read(until: "\r\n\r\nok")
            client.forget()
          }
          await client.close()
        }
      }
      try await group.waitForAll()
    }
    let requests = upstream.requests
    try await relay.stop()
    await upstream.stop()
    return requests
  }

  /// How often whoever sees connections and clients guesses the next client of a connection rightly: the last one on
  /// it, or the most frequent one.
  private func shareOfRightGuesses(
    _ requests: [RecordingUpstream.Request], _ guess: ([String]) -> String?
  ) -> Double {
    var past: [Int: [String]] = [:]
    var (right, all) = (0, 0)
    for request in requests {
      if let guessed = guess(past[request.connection, default: []]) {
        all += 1
        if guessed == request.body { right += 1 }
      }
      past[request.connection, default: []].append(request.body)
    }
    return all == 0 ? 1 : Double(right) / Double(all)
  }

  @Test("with 50 clients, a connection predicts its client no better than chance plus 5 points")
  func connectionPredictsNothing() async throws {
    let requests = try await requestsOfBusyClients(rounds: 60)
    #expect(requests.count == 60 * Self.clientCount)
    // Without the first requests, while the pool still grows.
    let settled = Array(requests.dropFirst(requests.count / 4))
    let bar = 1 / Double(Self.clientCount) + 0.05
    let last = shareOfRightGuesses(settled) { $0.last }
    let mostFrequent = shareOfRightGuesses(settled) { past in
      Dictionary(past.map { ($0, 1) }, uniquingKeysWith: +).max { $0.value < $1.value }?.key
    }
    #expect(last <= bar)
    #expect(mostFrequent <= bar)
    // The measure itself can tell: the same requests, each client kept on one connection.
    let pinned = settled.map { RecordingUpstream.Request(connection: Int($0.body) ?? 0, body: $0.body) }
    #expect(shareOfRightGuesses(pinned) { $0.last } == 1)
  }

  @Test("requests wait for one of a bounded number of connections")
  func bounded() async throws {
    let upstream = try await RecordingUpstream.start()
    var limits = RelayLimits()
    limits.connectionsPerServer = 3
    let relay = try await RelayUnderTest.start(gateway: "http://127.0.0.1:\(upstream.port)", limits: limits)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          let client = try await Wire.connect(to: relay.port)
          for _ in 0..<5 {
            try await client.send(post(2))
            try await client.read(until: "\r\n\r\nok")
            client.forget()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(upstream.requests.count == 100)
    #expect(upstream.connectionCount <= 3)
    try await relay.stop()
    await upstream.stop()
  }

  @Test("more requests wait than may: relay-busy")
  func busy() async throws {
    var limits = RelayLimits.withoutSpares
    limits.connectionsPerServer = 1
    limits.waitingRequests = 1
    try await withRelay(limits: limits) { relay, gateway in
      let first = try await Wire.connect(to: relay.port)
      try await first.send(post(1))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "\r\n\r\nq")
      let second = try await Wire.connect(to: relay.port)
      try await second.send(post(2))
      try await relay.settle()
      let third = try await Wire.connect(to: relay.port)
      try await third.send(post(3))
      let refusal = try await third.read(until: "relay-busy")
      #expect(refusal.hasPrefix("HTTP/1.1 503 "))
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
      try await upstream.read(until: "\r\n\r\nqq")
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
      try await second.read(until: "\r\n\r\nok")
    }
  }

  @Test("a request that waits in vain while others are served: relay-busy, not unreachable")
  func waitsInVain() async throws {
    var limits = RelayLimits.withoutSpares
    limits.connectionsPerServer = 1
    try await withRelay(limits: limits) { relay, gateway in
      let first = try await Wire.connect(to: relay.port)
      try await first.send(post(1))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "\r\n\r\nq")
      let second = try await Wire.connect(to: relay.port)
      try await second.send(post(2))
      try await relay.settle()
      try await relay.passSeconds(RelayLimits().connectSeconds)
      #expect(second.receivedText.isEmpty)
      try await relay.passSeconds(1)
      let refusal = try await second.read(until: "relay-busy")
      #expect(refusal.hasPrefix("HTTP/1.1 503 "))
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
      try await first.read(until: "ok")
    }
  }

  @Test("more exchanges than a connection of HTTP/2 has streams go over further ones, as many as the server admits")
  func honoursStreamLimit() async throws {
    let gateway = try await WireServer.start()
    let relay = try await RelayUnderTest.start(gateway: "h2c://127.0.0.1:\(gateway.port)")
    // The server's SETTINGS, with one concurrent stream.
    let settings = ByteBuffer(bytes: [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1])
    for _ in 0..<3 {
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(20))
      // Each is a new one: those before it have their stream.
      let connection = try #require(await gateway.next())
      try await connection.send(settings)
      try await connection.read(until: String(repeating: "q", count: 20))
    }
    try await relay.stop()
    await gateway.stop()
  }

  @Test("a server of HTTP/2 that never says its SETTINGS is unreachable")
  func silentServer() async throws {
    let gateway = try await WireServer.start()
    let relay = try await RelayUnderTest.start(gateway: "h2c://127.0.0.1:\(gateway.port)")
    let client = try await Wire.connect(to: relay.port)
    try await client.send(post(1))
    let connection = try #require(await gateway.next())
    try await connection.read(until: "PRI * HTTP/2.0")
    try await relay.passSeconds(RelayLimits().connectSeconds + 1)
    let refusal = try await client.read(until: "relay-gateway-unreachable")
    #expect(refusal.hasPrefix("HTTP/1.1 502 "))
    try await relay.stop()
    await gateway.stop()
  }

  @Test("a server of HTTP/2 that ends before its SETTINGS is unreachable")
  func endsBeforeSettings() async throws {
    let gateway = try await WireServer.start()
    let relay = try await RelayUnderTest.start(gateway: "h2c://127.0.0.1:\(gateway.port)")
    let client = try await Wire.connect(to: relay.port)
    try await client.send(post(1))
    let connection = try #require(await gateway.next())
    await connection.close()
    try await client.read(until: "relay-gateway-unreachable")
    try await relay.stop()
    await gateway.stop()
  }

  @Test("connections that are unused for too long are closed")
  func unusedClosed() async throws {
    try await withRelay(limits: .withoutSpares) { relay, gateway in
      let client = try await Wire.connect(to: relay.port)
      try await client.send(post(1))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "\r\n\r\nq")
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
      try await client.read(until: "ok")
      try await relay.passSeconds(RelayLimits().idleSeconds + 2)
      await upstream.readUntilClosed()
    }
  }

  @Test("HTTP/2 to an operator: every exchange is a stream of few connections")
  func http2() async throws {
    let upstream = try await RecordingUpstream.start(.http2)
    let relay = try await RelayUnderTest.start(gateway: "h2c://127.0.0.1:\(upstream.port)")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          let client = try await Wire.connect(to: relay.port)
          for _ in 0..<5 {
            try await client.send(post(2))
            try await client.read(until: "\r\n\r\nok")
            client.forget()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(upstream.requests.map(\.body) == Array(repeating: "qq", count: 100))
    #expect(upstream.connectionCount == 1)
    try await relay.stop()
    await upstream.stop()
  }
}
