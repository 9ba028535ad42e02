import HTTPServing
import NIOCore
import NIOPosix
public import PartyHosting
public import ServiceLifecycle

/// Serves a relay on a port until it is told to end.
public struct RelayServer: Service {
  private let configuration: RelayConfiguration
  private let connector: UpstreamConnector
  private let listen: ListenAddress
  private let serving: ServingConfiguration
  private let record: ObservationRecord?
  private let onListening: @Sendable (ListenAddress) -> Void

  /// - Parameters:
  ///   - serving: what each client is granted, and the certificate.
  ///   - record: where what the relay saw of each exchange is written.
  ///   - onListening: called once with the real port, after the socket accepts connections.
  public init(
    _ configuration: RelayConfiguration, connector: UpstreamConnector, listen: ListenAddress,
    serving: ServingConfiguration = ServingConfiguration(), record: ObservationRecord? = nil,
    onListening: @escaping @Sendable (ListenAddress) -> Void
  ) {
    self.configuration = configuration
    self.connector = connector
    self.listen = listen
    self.serving = serving
    self.record = record
    self.onListening = onListening
  }

  public func run() async throws {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let loop = try await eventLoop.submit { [configuration, connector, record] in
      let loop = try RelayLoop(
        configuration, connector: connector, eventLoop: eventLoop, observer: record?.relayObserver)
      loop.start(on: eventLoop)
      return NIOLoopBound(loop, eventLoop: eventLoop)
    }.get()
    let (host, onListening) = (listen.host, onListening)
    let server = HTTPServer(
      host: host, port: listen.port, limits: serving.limits, certificate: serving.certificate, group: eventLoop,
      onListening: { onListening(ListenAddress(host: host, port: $0)) },
      makeHandler: { loop.value.makeHandler(peerAddress: $0) })
    do {
      try await server.run()
    } catch {
      try await eventLoop.submit { loop.value.close() }.get()
      throw error
    }
    try await eventLoop.submit { loop.value.close() }.get()
  }
}
