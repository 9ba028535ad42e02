public import ArgumentParser
public import HTTPServing

/// The options by which every party is served, in its own words on the command line.
public struct ServingOptions: ParsableArguments {
  @Option(help: "PEM file of the certificate chain. With it the party speaks TLS 1.3, without it HTTP in clear.")
  public var tlsCertificate: String?

  @Option(help: "PEM file of the certificate's key. Both files are read again every minute.")
  public var tlsKey: String?

  @Option(help: "Connections at a time, of all clients together.")
  public var connectionLimit = HTTPServerLimits().connectionCount

  @Option(help: "Connections at a time from one address; no such limit by default, 128 at a relay.")
  public var connectionsPerAddress: Int?

  @Option(help: "Requests a second from one address, after a burst of twice as many; none by default, 128 at a relay.")
  public var requestsPerAddress: Int?

  @Option(help: "Largest head of a request, in bytes.")
  public var headBytes = HTTPServerLimits().headByteCount

  @Option(help: "Seconds for a whole head, TLS handshake included.")
  public var headSeconds = Int(HTTPServerLimits().headTime.components.seconds)

  @Option(help: "Seconds for a whole body, however steadily it comes.")
  public var bodySeconds = Int(HTTPServerLimits().bodyTime.components.seconds)

  @Option(help: "Seconds that a connection may be idle.")
  public var idleSeconds = Int(HTTPServerLimits().idleTime.components.seconds)

  @Option(help: "Seconds that a client may leave an answer unread. An answer itself may take any time.")
  public var stallSeconds = Int(HTTPServerLimits().writeStallTime.components.seconds)

  @Option(help: "Seconds that answers under way may take once the process is asked to end.")
  public var drainSeconds = Int(HTTPServerLimits().drainTime.components.seconds)

  public init() {}

  public func validate() throws {
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key are given together")
    }
    let counts = [
      connectionLimit, connectionsPerAddress ?? 1, requestsPerAddress ?? 1, headBytes, headSeconds, bodySeconds,
      idleSeconds, stallSeconds, drainSeconds,
    ]
    guard counts.allSatisfy({ $0 > 0 }) else { throw ValidationError("a limit is at least 1") }
  }

  /// - Throws: `certificate-unusable`.
  public func configuration() throws(HTTPServingError) -> ServingConfiguration {
    var configuration = ServingConfiguration()
    configuration.limits.connectionCount = connectionLimit
    configuration.limits.connectionCountPerAddress = connectionsPerAddress
    configuration.limits.requestRatePerAddress = requestsPerAddress
    configuration.limits.headByteCount = headBytes
    configuration.limits.headTime = .seconds(headSeconds)
    configuration.limits.bodyTime = .seconds(bodySeconds)
    configuration.limits.idleTime = .seconds(idleSeconds)
    configuration.limits.writeStallTime = .seconds(stallSeconds)
    configuration.limits.drainTime = .seconds(drainSeconds)
    if let tlsCertificate, let tlsKey {
      configuration.certificate = try ServerCertificate(certificatePath: tlsCertificate, keyPath: tlsKey)
    }
    return configuration
  }
}
