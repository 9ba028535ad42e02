package import NIOCore

/// Gives each accepted connection its handlers, or closes it where it is one too many.
package struct ConnectionAcceptance: Sendable {
  let limits: HTTPServerLimits
  let certificate: ServerCertificate?
  let makeHandler: HTTPServer.MakeHandler
  let connections: OpenConnections
  let addresses: AddressTable

  package init(
    limits: HTTPServerLimits, certificate: ServerCertificate?, makeHandler: @escaping HTTPServer.MakeHandler
  ) {
    self.limits = limits
    self.certificate = certificate
    self.makeHandler = makeHandler
    connections = OpenConnections(limit: limits.connectionCount)
    addresses = AddressTable(limits: limits)
  }

  /// On the connection's event loop, before anything is read.
  package func configure(_ channel: any Channel) throws {
    guard connections.add(channel) else { throw ConnectionRefused() }
    channel.closeFuture.whenComplete { _ in connections.remove(channel) }
    var client: ClientAddress?
    if addresses.isNeeded, let address = channel.remoteAddress, let key = AddressKey(address) {
      guard let counted = addresses.connectionOpened(from: key, now: channel.eventLoop.now) else {
        throw ConnectionRefused()
      }
      channel.closeFuture.whenComplete { _ in
        addresses.connectionClosed(from: counted, now: channel.eventLoop.now)
      }
      client = counted
    }
    let serving = ConnectionServing(
      limits: limits, peerAddress: channel.remoteAddress?.ipAddress ?? "", client: client, handlers: makeHandler)
    let selection = ProtocolSelection(
      serving: serving, isEncrypted: certificate != nil,
      headDeadline: channel.eventLoop.now + TimeAmount(limits.headTime))
    if let certificate { try channel.pipeline.syncOperations.addHandler(certificate.makeHandler()) }
    try channel.pipeline.syncOperations.addHandler(selection)
  }
}

/// Closes the connection at once.
private struct ConnectionRefused: Error {}
