import Foundation
public import HTTPMessages
public import Logging
public import PartyHosting
import Synchronization
import TestSupport

/// What every party of a deployment sends to the others, without sockets: routes server names to parties, does around
/// each answer what a server does, writes down every message, and can lose, change or repeat any of them.
public final class InMemoryNetwork: Sendable {
  /// One exchange as it passed, in clear where it was in clear.
  public struct Message: Sendable {
    /// The name of whoever asked.
    public let sender: String
    public let server: String
    /// As written by the sender: without what HTTP itself adds.
    public let request: WholeRequest
    /// Nil where there was none.
    public let response: WholeResponse?
    /// The pieces in which the response came.
    public let pieces: [Piece]
  }

  /// One piece of a response's body.
  public struct Piece: Sendable, Hashable {
    public let byteCount: Int
    /// Since the exchange began, by the deployment's clock.
    public let time: Duration
  }

  /// Stands between a server and whoever asks it: delivers, as often and as changed as it likes, or throws.
  public typealias Interception =
    @Sendable (
      _ request: WholeRequest,
      _ deliver: @Sendable (WholeRequest) async -> WholeResponse
    ) async throws(HTTPExchangeError) -> WholeResponse

  private struct Host {
    let hosted: HostedParty
    var isAlive = true
    var interception: Interception?
  }

  private let hosts = Mutex<[String: Host]>([:])
  private struct Passed {
    var messages: [Message] = []
    /// How often everything was forgotten.
    var forgottenCount = 0
  }

  private let passed = Mutex(Passed())
  private let sockets = Mutex<(any StreamingHTTPExchange)?>(nil)

  /// What pieces are timed by.
  fileprivate let now: @Sendable () -> ContinuousClock.Instant

  public init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

  /// - Parameters:
  ///   - server: scheme and authority, such as `http://gateway.test`.
  ///   - record: where the party writes what it saw of each request.
  public func attach(_ party: any Party, at server: String, record: ObservationRecord?, logger: Logger) {
    let hosted = HostedParty(party: party, record: record, logger: logger)
    hosts.withLock { $0[server] = Host(hosted: hosted) }
  }

  /// From now on everything crosses sockets of loopback, through a relay as it is shipped; interceptions and deaths no
  /// longer count.
  public func carry(over sockets: SocketNetwork) async throws {
    let parties = hosts.withLock { $0.mapValues(\.hosted.party) }
    for (server, party) in parties where !(party is InMemoryRelay) { await sockets.attach(party, at: server) }
    for (server, party) in parties {
      guard let relay = party as? InMemoryRelay else { continue }
      try await sockets.attachRelay(of: relay.operators, at: server)
    }
    self.sockets.withLock { $0 = sockets.sender }
  }

  /// From now on no connection to the server comes about.
  public func kill(_ server: String) { hosts.withLock { $0[server]?.isAlive = false } }

  public func revive(_ server: String) { hosts.withLock { $0[server]?.isAlive = true } }

  /// - Parameter interception: nil lets everything pass again.
  public func intercept(_ server: String, _ interception: Interception?) {
    hosts.withLock { $0[server]?.interception = interception }
  }

  /// Everything that passed so far, in the order of the answers.
  public var messages: [Message] { passed.withLock { $0.messages } }

  public func messages(to server: String) -> [Message] { messages.filter { $0.server == server } }

  /// Forgets what passed, and what began to: the rest of a stream may be read behind an answer.
  public func forgetMessages() {
    passed.withLock { passed in
      passed.messages = []
      passed.forgottenCount += 1
    }
  }

  fileprivate var forgottenCount: Int { passed.withLock { $0.forgottenCount } }

  /// What somebody outside the deployment sends by. Whoever holds it holds the deployment's parties.
  /// - Parameter address: the numeric address that servers see.
  public func exchange(from sender: String, address: String) -> any StreamingHTTPExchange {
    Exchange(network: self, sender: sender, address: address)
  }

  /// What a party sends by, which the network itself holds.
  func partyExchange(from sender: String, address: String) -> any StreamingHTTPExchange {
    PartyExchange(network: self, sender: sender, address: address)
  }

  private struct Exchange: StreamingHTTPExchange {
    let network: InMemoryNetwork
    let sender: String
    let address: String

    func send(
      _ request: WholeRequest, to server: String, bodyLimit: Int
    ) async throws(HTTPExchangeError) -> WholeResponse {
      try await network.send(request, from: (sender, address), to: server, bodyLimit: bodyLimit)
    }

    func stream(_ request: StreamedRequest, to server: String) async throws(HTTPExchangeError) -> StreamedResponse {
      try await network.stream(request, from: (sender, address), to: server)
    }
  }

  private struct PartyExchange: StreamingHTTPExchange {
    weak let network: InMemoryNetwork?
    let sender: String
    let address: String

    init(network: InMemoryNetwork, sender: String, address: String) {
      self.network = network
      self.sender = sender
      self.address = address
    }

    private func reached() throws(HTTPExchangeError) -> InMemoryNetwork {
      guard let network else { throw HTTPExchangeError(HTTPExchangeError.unreachable, "the deployment is over") }
      return network
    }

    func send(
      _ request: WholeRequest, to server: String, bodyLimit: Int
    ) async throws(HTTPExchangeError) -> WholeResponse {
      try await reached().send(request, from: (sender, address), to: server, bodyLimit: bodyLimit)
    }

    func stream(_ request: StreamedRequest, to server: String) async throws(HTTPExchangeError) -> StreamedResponse {
      try await reached().stream(request, from: (sender, address), to: server)
    }
  }

  private func send(
    _ request: WholeRequest, from sender: (name: String, address: String), to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    let response = try await stream(StreamedRequest(request), from: sender, to: server)
    let body = try await response.body.collect(byteLimit: .max)
    guard body.count <= bodyLimit else {
      throw HTTPExchangeError(HTTPExchangeError.answerTooLarge, "answer is above \(bodyLimit) bytes")
    }
    return WholeResponse(status: response.status, fields: response.fields, body: body)
  }

  /// Passes pieces as they are written; what passed is noted once the answer's end is read.
  private func stream(
    _ request: StreamedRequest, from sender: (name: String, address: String), to server: String
  ) async throws(HTTPExchangeError) -> StreamedResponse {
    let exchange = PassingExchange(request, network: self, sender: sender.name, server: server)
    do {
      let response = try await deliver(exchange.request, from: sender.address, to: server)
      return exchange.noting(response)
    } catch {
      exchange.end(nil)
      throw error
    }
  }

  /// - Parameter forgottenCount: when the exchange began.
  fileprivate func note(_ message: Message, forgottenCount: Int) {
    passed.withLock { if $0.forgottenCount == forgottenCount { $0.messages.append(message) } }
  }

  private func deliver(
    _ request: StreamedRequest, from address: String, to server: String
  ) async throws(HTTPExchangeError) -> StreamedResponse {
    if let sockets = sockets.withLock({ $0 }) { return try await sockets.stream(request, to: server) }
    guard let host = hosts.withLock({ $0[server] }), host.isAlive else {
      throw HTTPExchangeError(HTTPExchangeError.unreachable, "no connection to the server")
    }
    let authority = server.split(separator: "/").last.map(String.init) ?? ""
    @Sendable func answer(_ request: StreamedRequest) async throws(HTTPExchangeError) -> StreamedResponse {
      var received = request
      received.fields.append(HTTPField("host", authority))
      received.peerAddress = address
      let complete = received
      return try await StreamedAnswer { await host.hosted.respond(to: complete, $0) }.response()
    }
    guard let interception = host.interception else { return try await answer(request) }
    let whole = try await WholeRequest(collecting: request, byteLimit: .max)
    let response = try await interception(whole) { request in
      // A broken answer reaches an interception as one without a body.
      guard let response = try? await answer(StreamedRequest(request)),
        let body = try? await response.body.collect(byteLimit: .max)
      else { return WholeResponse(status: 502) }
      return WholeResponse(status: response.status, fields: response.fields, body: body)
    }
    return StreamedResponse(status: response.status, fields: response.fields, body: ByteStream(response.body))
  }
}

/// Collects one exchange as it passes, for the network's list of messages.
private final class PassingExchange: Sendable {
  private struct State {
    var requestBody: [UInt8] = []
    var response: WholeResponse?
    var pieces: [InMemoryNetwork.Piece] = []
    var isNoted = false
  }

  private let original: StreamedRequest
  private let network: InMemoryNetwork
  private let sender: String
  private let server: String
  private let start: ContinuousClock.Instant
  private let forgottenCount: Int
  private let state = Mutex(State())

  init(_ request: StreamedRequest, network: InMemoryNetwork, sender: String, server: String) {
    original = request
    self.network = network
    self.sender = sender
    self.server = server
    start = network.now()
    forgottenCount = network.forgottenCount
  }

  /// The request, whose pieces are kept as they are read.
  var request: StreamedRequest {
    var request = original
    if let whole = original.body.whole {
      state.withLock { $0.requestBody = whole }
    } else {
      let body = original.body
      request.body = ByteStream { [self] in
        var iterator = body.makeAsyncIterator()
        return { actor throws(HTTPExchangeError) in
          guard let piece = try await iterator.next(isolation: actor) else { return nil }
          self.state.withLock { $0.requestBody += piece }
          return piece
        }
      }
    }
    return request
  }

  func noting(_ response: StreamedResponse) -> StreamedResponse {
    let head = WholeResponse(status: response.status, fields: response.fields)
    if let whole = response.body.whole {
      end(WholeResponse(status: response.status, fields: response.fields, body: whole))
      return response
    }
    state.withLock { $0.response = head }
    var noted = response
    noted.body = ByteStream { [self] in
      var iterator = response.body.makeAsyncIterator()
      return { actor throws(HTTPExchangeError) in
        do throws(HTTPExchangeError) {
          if let piece = try await iterator.next(isolation: actor) {
            self.take(piece)
            return piece
          }
        } catch {
          self.end(self.state.withLock { $0.response })
          throw error
        }
        self.end(self.state.withLock { $0.response })
        return nil
      }
    }
    return noted
  }

  private func take(_ piece: [UInt8]) {
    let time = network.now() - start
    state.withLock {
      $0.response?.body += piece
      $0.pieces.append(.init(byteCount: piece.count, time: time))
    }
  }

  /// Notes what passed, once.
  func end(_ response: WholeResponse?) {
    let noted = state.withLock { state -> State? in
      guard !state.isNoted else { return nil }
      state.isNoted = true
      return state
    }
    guard let noted else { return }
    network.note(
      .init(
        sender: sender, server: server,
        request: WholeRequest(
          method: original.method, path: original.path, fields: original.fields, body: noted.requestBody),
        response: response, pieces: noted.pieces),
      forgottenCount: forgottenCount)
  }
}

extension HTTPExchangeError {
  /// As when a connection breaks after the request was sent.
  public static let lost = HTTPExchangeError(HTTPExchangeError.interrupted, "the message was lost")
}
