public import HTTPMessages
public import PartyHosting

/// Carries encapsulated requests and public files between clients and operators (RFC 9458, section 2): sees who asks,
/// and nothing of what.
///
/// - `POST /to/<origin>/.well-known/ohttp-gateway`: an encapsulated request, by its media type alone.
/// - `GET /to/<origin>/epoch/<n>` and `/to/<origin>/logs/…`: public files, the same for everyone.
///
/// A new request is written for the operator: of the client's only method, media type and body pass.
public struct RelayService: WholeMessageParty {
  public let name = "relay"
  private let configuration: RelayConfiguration
  private let exchange: any HTTPExchange

  public init(_ configuration: RelayConfiguration, exchange: any HTTPExchange) {
    self.configuration = configuration
    self.exchange = exchange
  }

  public func requestBodyLimit(method: String, path: String) -> Int? {
    method == "POST" ? RelayConfiguration.requestLimit : 0
  }

  public func respond(to request: WholeRequest) async -> WholeResponse {
    if request.path == "/health" { return .json(#"{"status":"ok"}"#) }
    guard !request.path.contains("?"), !request.path.contains("%"), !request.path.contains("..") else {
      return .refusal(RelayError.requestRefused, status: 400)
    }
    guard let target = RelayTarget(path: request.path) else { return .notFound }
    guard let servers = configuration.operators[target.origin] else {
      return .refusal(RelayError.gatewayUnknown, status: 404)
    }
    switch (request.method, target.resource) {
    case ("POST", .gateway):
      guard let mediaType = request.field("content-type"), Self.carriedMediaTypes.contains(mediaType) else {
        return .refusal(RelayError.mediaType, status: 415)
      }
      let outgoing = WholeRequest(
        method: "POST", path: RelayTarget.gatewayPath, fields: [HTTPField("content-type", mediaType)],
        body: request.body)
      return await forward(outgoing, to: servers.gateway)
    case ("GET", .epoch(let path)):
      guard request.body.isEmpty else { return .refusal(RelayError.requestRefused, status: 400) }
      return await forward(WholeRequest(method: "GET", path: path), to: servers.gateway)
    case ("GET", .log(let path)):
      guard request.body.isEmpty, let log = servers.log else { return .notFound }
      return await forward(WholeRequest(method: "GET", path: path), to: log)
    default: return .methodNotAllowed
    }
  }

  /// Requests of Oblivious HTTP (RFC 9458, section 9) and of its chunked form.
  private static let carriedMediaTypes: Set<String> = ["message/ohttp-req", "message/ohttp-chunked-req"]

  private func forward(_ request: WholeRequest, to server: String) async -> WholeResponse {
    do {
      let answer = try await exchange.send(request, to: server, bodyLimit: RelayConfiguration.answerLimit)
      let fields = answer.fields.filter { $0.name == "content-type" }
      return WholeResponse(status: answer.status, fields: fields, body: answer.body)
    } catch {
      return .refusal(RelayError.gatewayUnreachable, status: 502)
    }
  }
}

/// What a path of the relay names: an operator, and one of its public resources.
struct RelayTarget: Equatable {
  static let gatewayPath = "/.well-known/ohttp-gateway"

  enum Resource: Equatable {
    case gateway
    /// The path at the gateway.
    case epoch(String)
    /// The path at the log.
    case log(String)
  }

  let origin: String
  let resource: Resource

  init?(path: String) {
    guard path.hasPrefix("/to/") else { return nil }
    let parts = path.dropFirst("/to/".count).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    origin = String(parts[0])
    let rest = "/" + parts[1]
    if rest == Self.gatewayPath {
      resource = .gateway
    } else if let epoch = UInt64(rest.dropFirst("/epoch/".count)), rest == "/epoch/\(epoch)" {
      resource = .epoch(rest)
    } else if rest.hasPrefix("/logs/"), rest.hasSuffix("/checkpoint") || rest.contains("/tile/") {
      resource = .log(rest)
    } else {
      return nil
    }
  }
}
