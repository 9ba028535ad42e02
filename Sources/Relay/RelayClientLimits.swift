public import HTTPServing
public import PartyHosting

extension HTTPServerLimits {
  /// Connections at a time, and requests a second, that a relay grants one address where nothing else was said.
  public static let relayCountPerAddress = 128

  /// The same limits with those of a relay, which anybody may ask, for what was not set. On loopback they stay: there
  /// every client has one address, and so has whatever stands before the relay.
  public func ofRelay(listeningOn address: ListenAddress) -> HTTPServerLimits {
    guard !address.isLoopback else { return self }
    var limits = self
    limits.connectionCountPerAddress = connectionCountPerAddress ?? Self.relayCountPerAddress
    limits.requestRatePerAddress = requestRatePerAddress ?? Self.relayCountPerAddress
    return limits
  }
}
