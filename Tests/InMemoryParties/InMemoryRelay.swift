public import HTTPMessages
public import PartyHosting
import Relay

/// A relay without sockets: `RelayRules` decide what passes, as in the real one, and the exchange carries it. Over
/// sockets the real one takes its place.
public struct InMemoryRelay: Party {
  public let name = "relay"
  let operators: [String: RelayConfiguration.Operator]
  private let rules: RelayRules
  private let limits = RelayLimits()
  private let exchange: any StreamingHTTPExchange

  init(operators: [String: RelayConfiguration.Operator], exchange: any StreamingHTTPExchange) {
    self.operators = operators
    rules = RelayRules(operators)
    self.exchange = exchange
  }

  public func requestBodyLimit(method: String, path: String) -> Int? { method == "POST" ? limits.requestByteCount : 0 }

  public func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    let mediaTypes = request.fields.filter { $0.name == "content-type" }.map(\.value)
    let decision = rules.decide(
      method: request.method, path: request.path, mediaType: mediaTypes.count == 1 ? mediaTypes[0] : nil,
      hasBody: request.body.whole?.isEmpty == false)
    switch decision {
    case .health: try? await answer.send(.json(#"{"status":"ok"}"#))
    case .refuse(let code, let status): try? await answer.send(.refusal(code, status: status))
    case .forward(let forwarding): await forward(request, as: forwarding, answer)
    }
  }

  private func forward(
    _ request: StreamedRequest, as forwarding: RelayRules.Forwarding, _ answer: any ResponseWriter
  ) async {
    var fields = forwarding.mediaType.map { [HTTPField("content-type", $0)] } ?? []
    if forwarding.isIncremental { fields.append(HTTPField("incremental", "?1")) }
    let outgoing = StreamedRequest(
      method: forwarding.method.rawValue, path: forwarding.path, fields: fields, body: request.body)
    guard let server = forwarding.servers.randomElement(),
      let response = try? await exchange.stream(outgoing, to: rules.servers[server]),
      response.body.whole?.count ?? 0 <= limits.answerByteCount
    else {
      try? await answer.send(.refusal(RelayError.gatewayUnreachable, status: 502))
      return
    }
    await pass(response, answer)
  }

  private func pass(_ response: StreamedResponse, _ answer: any ResponseWriter) async {
    let mediaType = response.field("content-type")
    var fields = mediaType.map { [HTTPField("content-type", $0)] } ?? []
    if RelayRules.isIncremental(answer: mediaType) { fields.append(HTTPField("incremental", "?1")) }
    do {
      if let whole = response.body.whole {
        return try await answer.send(WholeResponse(status: response.status, fields: fields, body: whole))
      }
      try await answer.begin(status: response.status, fields: fields)
      for try await piece in response.body.limited(to: limits.answerByteCount) { try await answer.write(piece) }
    } catch {
      await answer.abort()
    }
  }
}
