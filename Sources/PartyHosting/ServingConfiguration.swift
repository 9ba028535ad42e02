public import HTTPServing

/// How a party is served: what each client may take, and under which certificate.
public struct ServingConfiguration: Sendable {
  public var limits = HTTPServerLimits()
  /// Nil serves in clear.
  public var certificate: ServerCertificate?

  public init() {}
}
