import HTTPServing
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle

/// Serves one party over HTTP: reads bounded bodies, records observations when asked, logs method, status and code,
/// never a path, a field or a body.
public struct PartyServer: Service {
  private let hosted: HostedParty
  private let listen: ListenAddress
  private let serving: ServingConfiguration
  private let group: any EventLoopGroup
  private let onListening: @Sendable (ListenAddress) async -> Void

  /// - Parameter onListening: called once with the real port, after the socket accepts connections.
  public init(
    _ party: any Party, listen: ListenAddress, serving: ServingConfiguration = ServingConfiguration(),
    record: ObservationRecord?, logger: Logger, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    onListening: @escaping @Sendable (ListenAddress) async -> Void
  ) {
    hosted = HostedParty(party: party, record: record, logger: logger)
    self.listen = listen
    self.serving = serving
    self.group = group
    self.onListening = onListening
  }

  public func run() async throws {
    let hosted = hosted
    let host = listen.host
    let onListening = onListening
    let server = HTTPServer(
      host: host, port: listen.port, limits: serving.limits, certificate: serving.certificate, group: group,
      onListening: { port in await onListening(ListenAddress(host: host, port: port)) },
      makeHandler: { peerAddress in PartyHandler(hosted, peerAddress: peerAddress) })
    try await server.run()
  }
}
