import Relay
import Synchronization
import TestSupport
import Testing

@Suite("Several gateways of one operator behind one relay", .timeLimit(.minutes(10)))
struct SeveralGatewaysTests {
  /// Asks one after the other, each answered `ok`.
  private func ask(_ count: Int, _ relay: RelayUnderTest) async throws {
    let client = try await Wire.connect(to: relay.port)
    for _ in 0..<count {
      try await client.send(post(2))
      let answer = try await client.read(until: "\r\n\r\nok")
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
      client.forget()
    }
    await client.close()
  }

  @Test(
    "two gateways share the work; one that ends is passed over, without a request that fails",
    arguments: [RecordingUpstream.Version.http1, .http2])
  func share(version: RecordingUpstream.Version) async throws {
    let scheme = version == .http1 ? "http" : "h2c"
    let gateways = [try await RecordingUpstream.start(version), try await RecordingUpstream.start(version)]
    let relay = try await RelayUnderTest.start(
      gateway: "\(scheme)://127.0.0.1:\(gateways[0].port)", others: ["\(scheme)://127.0.0.1:\(gateways[1].port)"])
    try await ask(100, relay)
    // Fewer than a quarter of fair draws: about once in two million runs.
    for gateway in gateways { #expect(gateway.requests.count > 25) }
    await gateways[0].end()
    try await relay.settle()
    let counts = gateways.map(\.requests.count)
    try await ask(40, relay)
    #expect(gateways[0].requests.count == counts[0])
    #expect(gateways[1].requests.count == counts[1] + 40)
    try await relay.stop()
    await gateways[1].stop()
  }

  @Test("a gateway that was passed over is asked again after a while")
  func askedAgain() async throws {
    let port = try ReservedPort()
    let other = try await RecordingUpstream.start()
    let relay = try await RelayUnderTest.start(
      gateway: "http://127.0.0.1:\(port.number)", others: ["http://127.0.0.1:\(other.port)"])
    try await ask(40, relay)
    #expect(other.requests.count == 40)
    let back = try await RecordingUpstream.start(port: Int(port.number))
    try await ask(40, relay)
    #expect(back.requests.isEmpty)
    try await relay.passSeconds(RelayLimits().passOverSeconds)
    try await ask(40, relay)
    #expect(!back.requests.isEmpty)
    try await relay.stop()
    await back.stop()
    await other.stop()
  }

  @Test("no gateway of the operator can be connected: relay-gateway-unreachable")
  func noneLeft() async throws {
    let ports = [try ReservedPort(), try ReservedPort()]
    let relay = try await RelayUnderTest.start(
      gateway: "http://127.0.0.1:\(ports[0].number)", others: ["http://127.0.0.1:\(ports[1].number)"])
    let client = try await Wire.connect(to: relay.port)
    for _ in 0..<3 {
      try await client.send(post(2))
      let answer = try await client.read(until: "relay-gateway-unreachable")
      #expect(answer.hasPrefix("HTTP/1.1 502 "))
      client.forget()
    }
    try await relay.stop()
  }

  @Test("a request that was sent goes to no other gateway when its connection breaks")
  func neverTwice() async throws {
    let gateways = [try await WireServer.start(), try await WireServer.start()]
    let relay = try await RelayUnderTest.start(
      gateway: "http://127.0.0.1:\(gateways[0].port)", others: ["http://127.0.0.1:\(gateways[1].port)"],
      limits: .withoutSpares)
    let client = try await Wire.connect(to: relay.port)
    try await client.send(post(20))
    let asked = Asked()
    async let _: Void = asked.reset(at: gateways[0])
    async let _: Void = asked.reset(at: gateways[1])
    let answer = try await client.read(until: "relay-gateway-unreachable")
    #expect(answer.hasPrefix("HTTP/1.1 502 "))
    #expect(asked.count.withLock { $0 } == 1)
    try await relay.stop()
    for gateway in gateways { await gateway.stop() }
  }

  /// How often a request of 20 bytes came to a gateway.
  private final class Asked: Sendable {
    let count = Mutex(0)

    /// Where the gateway is asked, it resets once it has the body.
    func reset(at gateway: WireServer) async {
      guard let upstream = await gateway.next(),
        (try? await upstream.read(until: String(repeating: "q", count: 20))) != nil
      else { return }
      count.withLock { $0 += 1 }
      await upstream.reset()
    }
  }
}
