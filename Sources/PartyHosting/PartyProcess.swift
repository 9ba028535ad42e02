import Foundation
import HTTPServing
public import Logging
public import ServiceLifecycle

/// Runs one party as a process: its server and services until a signal, or until standard input closes.
///
/// Once the socket accepts connections, one line `listening HOST:PORT` goes to standard output; log lines go to
/// standard error.
public struct PartyProcess: Sendable {
  public let listen: ListenAddress
  public let record: ObservationRecord?
  public let serving: ServingConfiguration
  public let endsWithParent: Bool
  public let logger: Logger

  /// - Throws: `configuration-invalid`, `observe-not-local`.
  public init(
    label: String, listen: String, serving: ServingConfiguration = ServingConfiguration(), observePath: String?,
    endsWithParent: Bool
  ) throws(HostingError) {
    // Else a line of the log could reach a client, in whose connection a closed standard error's number came to lie.
    StandardStreams.holdPlaces()
    self.listen = try ListenAddress(parsing: listen)
    if let observePath {
      record = try ObservationRecord(path: observePath, listen: self.listen)
    } else {
      record = nil
    }
    self.serving = serving
    self.endsWithParent = endsWithParent
    var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .info
    self.logger = logger
  }

  /// - Parameters:
  ///   - services: started before the server, in this order, ended after it.
  ///   - whenListening: called once the socket accepts connections, before anybody is told.
  public func run(
    _ party: any Party, services: [any Service] = [], whenListening: @escaping @Sendable () -> Void = {}
  ) async throws {
    try await run(services: services, whenListening: whenListening) { onListening in
      PartyServer(
        party, listen: listen, serving: serving, record: record, logger: logger, onListening: onListening)
    }
  }

  /// - Parameters:
  ///   - services: started before the server, in this order, ended after it.
  ///   - whenListening: called once the socket accepts connections, before anybody is told.
  ///   - makeServer: makes the server, which tells once where it listens.
  public func run(
    services: [any Service] = [], whenListening: @escaping @Sendable () -> Void = {},
    makeServer: (_ onListening: @escaping @Sendable (ListenAddress) -> Void) throws -> any Service
  ) async throws {
    let server = try makeServer { address in
      whenListening()
      print("listening \(address.text)")
      fflush(nil)
    }
    var all: [ServiceGroupConfiguration.ServiceConfiguration] = services.map { .init(service: $0) }
    if let certificate = serving.certificate {
      all.append(.init(service: CertificateReload(certificate, logger: logger)))
    }
    all.append(.init(service: server))
    if endsWithParent {
      all.append(.init(service: ParentLifeline(), successTerminationBehavior: .gracefullyShutdownGroup))
    }
    let group = ServiceGroup(
      configuration: .init(
        services: all, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
  }
}
