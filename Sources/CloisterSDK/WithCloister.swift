@_exported public import ChatHistory
@_exported public import CloisterClient
@_exported public import ErrorCodes
import HTTPTransport
@_exported public import Inference

/// Lends a client that speaks through sockets, and closes them afterwards, also where `body` throws.
///
/// Relays and issuer are reached through two sets of connections, so that nobody sees that both are the same person's.
/// To put something else in the place of sockets, make a `CloisterClient` with an exchange of your own.
///
/// - Parameters:
///   - state: what the client remembers; the person's own, where `cloister` keeps it, by default.
///   - clock: the wall clock.
///   - account: what the issuer is shown at a draw; the account key that the state keeps by default.
///   - localAddress: the numeric address that connections start from; nil lets the system choose.
///   - preparesNext: as of `CloisterClient`; the token goes back at the end.
/// - Throws: `state-foreign`, `state-version`, `state-unusable`; what `body` throws.
public func withCloister<Result>(
  state: ClientState? = nil, clock: ClientClock = .system, account: (any AccountCredential)? = nil,
  localAddress: String? = nil, preparesNext: Bool = false, isolation: isolated (any Actor)? = #isolation,
  _ body: (CloisterClient) async throws -> Result
) async throws -> Result {
  let state = try state ?? ClientState(path: ClientState.defaultPath)
  let exchange = SocketHTTPExchange(localAddress: localAddress)
  let issuerExchange = SocketHTTPExchange(localAddress: localAddress)
  let client = CloisterClient(
    state: state, exchange: exchange, issuerExchange: issuerExchange, account: account, clock: clock,
    preparesNext: preparesNext)
  do {
    let result = try await body(client)
    try? await client.putTokenBack()
    await exchange.shutdown()
    await issuerExchange.shutdown()
    return result
  } catch {
    try? await client.putTokenBack()
    await exchange.shutdown()
    await issuerExchange.shutdown()
    throw error
  }
}
