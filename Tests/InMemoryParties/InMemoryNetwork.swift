import Foundation
public import HTTPMessages
public import Logging
public import PartyHosting
import Synchronization

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
  private let passed = Mutex<[Message]>([])

  public init() {}

  /// - Parameters:
  ///   - server: scheme and authority, such as `http://gateway.test`.
  ///   - record: where the party writes what it saw of each request.
  public func attach(_ party: any Party, at server: String, record: ObservationRecord?, logger: Logger) {
    let hosted = HostedParty(party: party, record: record, logger: logger)
    hosts.withLock { $0[server] = Host(hosted: hosted) }
  }

  /// From now on no connection to the server comes about.
  public func kill(_ server: String) { hosts.withLock { $0[server]?.isAlive = false } }

  public func revive(_ server: String) { hosts.withLock { $0[server]?.isAlive = true } }

  /// - Parameter interception: nil lets everything pass again.
  public func intercept(_ server: String, _ interception: Interception?) {
    hosts.withLock { $0[server]?.interception = interception }
  }

  /// Everything that passed so far, in the order of the answers.
  public var messages: [Message] { passed.withLock { $0 } }

  public func messages(to server: String) -> [Message] { messages.filter { $0.server == server } }

  public func forgetMessages() { passed.withLock { $0 = [] } }

  /// What somebody outside the deployment sends by. Whoever holds it holds the deployment's parties.
  /// - Parameter address: the numeric address that servers see.
  public func exchange(from sender: String, address: String) -> any HTTPExchange {
    Exchange(network: self, sender: sender, address: address)
  }

  /// What a party sends by, which the network itself holds.
  func partyExchange(from sender: String, address: String) -> any HTTPExchange {
    PartyExchange(network: self, sender: sender, address: address)
  }

  private struct Exchange: HTTPExchange {
    let network: InMemoryNetwork
    let sender: String
    let address: String

    func send(
      _ request: WholeRequest, to server: String, bodyLimit: Int
    ) async throws(HTTPExchangeError) -> WholeResponse {
      try await network.send(request, from: (sender, address), to: server, bodyLimit: bodyLimit)
    }
  }

  private struct PartyExchange: HTTPExchange {
    weak let network: InMemoryNetwork?
    let sender: String
    let address: String

    init(network: InMemoryNetwork, sender: String, address: String) {
      self.network = network
      self.sender = sender
      self.address = address
    }

    func send(
      _ request: WholeRequest, to server: String, bodyLimit: Int
    ) async throws(HTTPExchangeError) -> WholeResponse {
      guard let network else { throw HTTPExchangeError(HTTPExchangeError.unreachable, "the deployment is over") }
      return try await network.send(request, from: (sender, address), to: server, bodyLimit: bodyLimit)
    }
  }

  private func send(
    _ request: WholeRequest, from sender: (name: String, address: String), to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    let response: WholeResponse
    do {
      response = try await deliver(request, from: sender.address, to: server)
    } catch {
      note(Message(sender: sender.name, server: server, request: request, response: nil))
      throw error
    }
    note(Message(sender: sender.name, server: server, request: request, response: response))
    guard response.body.count <= bodyLimit else {
      throw HTTPExchangeError(HTTPExchangeError.answerTooLarge, "answer is above \(bodyLimit) bytes")
    }
    return response
  }

  private func note(_ message: Message) { passed.withLock { $0.append(message) } }

  private func deliver(
    _ request: WholeRequest, from address: String, to server: String
  ) async throws(HTTPExchangeError) -> WholeResponse {
    guard let host = hosts.withLock({ $0[server] }), host.isAlive else {
      throw HTTPExchangeError(HTTPExchangeError.unreachable, "no connection to the server")
    }
    let authority = server.split(separator: "/").last.map(String.init) ?? ""
    @Sendable func answer(_ request: WholeRequest) async -> WholeResponse {
      var received = request
      received.fields.append(HTTPField("host", authority))
      received.peerAddress = address
      return await host.hosted.respond(to: received)
    }
    if let interception = host.interception { return try await interception(request, answer) }
    return await answer(request)
  }
}

extension HTTPExchangeError {
  /// As when a connection breaks after the request was sent.
  public static let lost = HTTPExchangeError(HTTPExchangeError.interrupted, "the message was lost")
}
