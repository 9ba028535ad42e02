public import HTTPMessages
import HTTPTransport
import Logging
public import PartyHosting
public import Relay
import ServiceLifecycle
import Synchronization

/// The same parties behind sockets of loopback, in one process: what in memory is a call crosses a connection.
public final class SocketNetwork: Sendable {
  private let exchange = SocketHTTPExchange()
  private let addresses = Mutex<[String: String]>([:])
  private let servers = Mutex<[Task<Void, any Error>]>([])

  public init() {}

  /// Starts a server of a party and returns once it listens.
  public func attach(_ party: any Party, at server: String) async {
    await serve(at: server) { onListening in
      PartyServer(
        party, listen: Self.loopback, record: nil, logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() },
        onListening: onListening)
    }
  }

  /// Starts a relay as it is shipped and returns once it listens.
  ///
  /// - Parameter operators: by origin, with the names that their servers were attached at.
  public func attachRelay(of operators: [String: RelayConfiguration.Operator], at server: String) async throws {
    var configuration = RelayConfiguration(operators: operators)
    for (origin, names) in operators {
      configuration.operators[origin] = .init(
        gateways: try names.gateways.map(address), log: try names.log.map(address))
    }
    let connector = try UpstreamConnector()
    await serve(at: server) { [configuration] in
      RelayServer(configuration, connector: connector, listen: Self.loopback, onListening: $0)
    }
  }

  private static let loopback = ListenAddress(host: "127.0.0.1", port: 0)

  private func serve(
    at server: String, making: (@escaping @Sendable (ListenAddress) -> Void) -> some Service & Sendable
  ) async {
    let (listening, announce) = AsyncStream.makeStream(of: ListenAddress.self)
    let host = making { announce.yield($0) }
    let task = Task { try await host.run() }
    servers.withLock { $0.append(task) }
    for await address in listening {
      addresses.withLock { $0[server] = "http://\(address.host):\(address.port)" }
      return
    }
  }

  /// Puts a capture between a party and whoever connects to it from now on.
  ///
  /// - Parameter now: what bytes are timed by.
  public func capture(
    _ server: String, now: @escaping @Sendable () -> ContinuousClock.Instant
  ) async throws -> WireCapture {
    guard let port = try address(server).split(separator: ":").last.flatMap({ Int($0) }) else {
      throw HTTPExchangeError(HTTPExchangeError.unreachable, "party has no port")
    }
    let (capture, capturedPort) = try await WireCapture.start(before: port, now: now)
    addresses.withLock { $0[server] = "http://127.0.0.1:\(capturedPort)" }
    return capture
  }

  /// Sends by the names that the parties were attached at.
  public var sender: any StreamingHTTPExchange { Sender(network: self) }

  public func close() async {
    for task in servers.withLock({ $0 }) { task.cancel() }
    await exchange.shutdown()
  }

  /// Scheme, address and port of a party.
  public func address(_ server: String) throws(HTTPExchangeError) -> String {
    guard let address = addresses.withLock({ $0[server] }) else {
      throw HTTPExchangeError(HTTPExchangeError.unreachable, "no party of this name")
    }
    return address
  }

  private struct Sender: StreamingHTTPExchange {
    let network: SocketNetwork

    func send(
      _ request: WholeRequest, to server: String, bodyLimit: Int
    ) async throws(HTTPExchangeError) -> WholeResponse {
      try await network.exchange.send(request, to: try network.address(server), bodyLimit: bodyLimit)
    }

    func stream(_ request: StreamedRequest, to server: String) async throws(HTTPExchangeError) -> StreamedResponse {
      try await network.exchange.stream(request, to: try network.address(server))
    }
  }
}
