package import NIOCore

/// What a relay holds on its one event loop: rules, connections to operators, exchanges under way and their time.
///
/// One loop, so that all clients share all connections and both ends of an exchange are served without a change of
/// thread. More cores are used by more relays (docs/operations/relay.md).
package final class RelayLoop {
  let rules: RelayRules
  let limits: RelayLimits
  let authorities: [String]
  private let pools: [UpstreamPool]
  private var handlers: [ObjectIdentifier: RelayHandler] = [:]
  /// Called after each exchange.
  let observer: (@Sendable (RelayedExchange) -> Void)?
  private var seconds: RepeatedTask?
  private var random = BufferedRandom()
  /// Since the start.
  private(set) var now = 0

  /// On the event loop.
  /// - Throws: `configuration-invalid` where a server's URL cannot be read.
  package init(
    _ configuration: RelayConfiguration, connector: UpstreamConnector, eventLoop: any EventLoop,
    observer: (@Sendable (RelayedExchange) -> Void)? = nil
  ) throws {
    rules = RelayRules(configuration.operators)
    limits = configuration.limits
    self.observer = observer
    let servers = try rules.servers.map { try UpstreamServer(parsing: $0) }
    authorities = servers.map(\.authority)
    let limits = limits
    pools = servers.map { UpstreamPool(server: $0, eventLoop: eventLoop, connector: connector, limits: limits) }
  }

  /// Counts time from now on.
  package func start(on eventLoop: any EventLoop) {
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    seconds = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
      bound.value.passSecond()
    }
  }

  package func passSecond() {
    now += 1
    for handler in handlers.values { handler.checkTime() }
    for pool in pools { pool.passSecond() }
  }

  /// Ends what is unused; exchanges under way end by themselves.
  package func close() {
    seconds?.cancel()
    for pool in pools { pool.close() }
  }

  package func makeHandler(peerAddress: String) -> RelayHandler { RelayHandler(loop: self, peerAddress: peerAddress) }

  func pool(of server: Int) -> UpstreamPool { pools[server] }

  /// One of these servers at random, so that which it is says nothing of the client. One that could not be connected is
  /// passed over for a while where there is another.
  func choose(among servers: [Int], besides tried: Int? = nil) -> Int? {
    servers.randomElement(using: &random) { $0 != tried && !pools[$0].isPassedOver }
      ?? servers.randomElement(using: &random) { $0 != tried }
  }

  func add(_ handler: RelayHandler) { handlers[ObjectIdentifier(handler)] = handler }

  func remove(_ handler: RelayHandler) { handlers[ObjectIdentifier(handler)] = nil }
}
