import BinaryHTTP
import Crypto
public import HTTPMessages
import ObliviousHTTP
public import PrivacyPass
import StrictJSON
import Synchronization
import Trust
import WireFormat

/// Relay, gateway, nodes and issuer of a fixture behind one exchange, which records every request that reaches it.
public final class InMemoryParties: HTTPExchange {
  /// What the parties do instead of answering.
  public struct Behaviour: Sendable {
    /// Hexadecimal identifiers of nodes that refuse as busy, inside the encryption.
    public var busyNodes: Set<String> = []
    /// Hexadecimal identifiers of nodes that the gateway cannot reach.
    public var unreachableNodes: Set<String> = []
    /// How many of the next requests meet no connection at all.
    public var refusedConnections = 0
    /// How many of the next requests end after something was sent.
    public var interruptedExchanges = 0
    /// The gateway takes no token.
    public var refusesTokens = false
    /// The status of the relay's own refusal.
    public var relayStatus: Int?
    /// Changes the node's encapsulated answer.
    public var editAnswer: @Sendable ([UInt8]) -> [UInt8] = { $0 }
    /// What the issuer signs with, if not the fixture's issuer.
    public var issuer: TokenIssuer?
    /// The issuer answers with these bytes.
    public var issuance: [UInt8]?
    /// How many tokens of a batch the issuer signs, if not all.
    public var issuedCount: Int?
    /// The status of the issuer's own refusal.
    public var issuerStatus: Int?
    /// The summary that nodes give.
    public var summary = "Extractive summary"

    public init() {}
  }

  /// A request as it arrived.
  public struct Arrival: Sendable {
    public let server: String
    public let request: WholeRequest
  }

  private struct State {
    var arrivals: [Arrival] = []
    var behaviour = Behaviour()
    var files: [UInt64: [UInt8]] = [:]
    var authorizations: [String] = []
    var askedNodes: [String] = []
    var innerRequests: [BinaryHTTP.Request] = []
  }

  private let fixture: DeploymentFixture
  private let state = Mutex(State())

  public init(_ fixture: DeploymentFixture) { self.fixture = fixture }

  public var arrivals: [Arrival] { state.withLock { $0.arrivals } }
  /// The `authorization` fields that the gateway opened, in their order.
  public var authorizations: [String] { state.withLock { $0.authorizations } }
  /// The hexadecimal identifiers of the nodes that were asked, in their order.
  public var askedNodes: [String] { state.withLock { $0.askedNodes } }
  /// The contents that nodes opened.
  public var contents: [[UInt8]] { state.withLock { $0.innerRequests.map(\.content) } }

  public func serve(_ file: [UInt8], epoch: UInt64) { state.withLock { $0.files[epoch] = file } }

  public func behave(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

  public func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    let behaviour = state.withLock { state in
      state.arrivals.append(Arrival(server: server, request: request))
      return state.behaviour
    }
    if behaviour.refusedConnections > 0, request.method == "POST" {
      behave { $0.refusedConnections -= 1 }
      throw HTTPExchangeError(HTTPExchangeError.unreachable, "no connection")
    }
    if behaviour.interruptedExchanges > 0, request.method == "POST" {
      behave { $0.interruptedExchanges -= 1 }
      throw HTTPExchangeError(HTTPExchangeError.interrupted, "interrupted")
    }
    if let status = behaviour.relayStatus { return WholeResponse(status: status) }
    let prefix = "/to/\(DeploymentFixture.origin)"
    switch (request.method, request.path) {
    case ("POST", "/token-request"): return issue(request, behaviour)
    case ("POST", prefix + "/.well-known/ohttp-gateway"):
      return (try? passGateway(request.body, behaviour)) ?? WholeResponse(status: 400)
    case ("GET", let path) where path.hasPrefix(prefix + "/epoch/"):
      let file = UInt64(path.dropFirst(prefix.count + 7)).flatMap { epoch in state.withLock { $0.files[epoch] } }
      return file.map { WholeResponse(contentType: "application/octet-stream", body: $0) } ?? WholeResponse(status: 404)
    default: return WholeResponse(status: 404)
    }
  }

  private func issue(_ request: WholeRequest, _ behaviour: Behaviour) -> WholeResponse {
    if let status = behaviour.issuerStatus { return WholeResponse(status: status) }
    let mediaType = BatchedTokenResponse.mediaType
    if let bytes = behaviour.issuance { return WholeResponse(contentType: mediaType, body: bytes) }
    guard request.field("authorization") == "Bearer account-key",
      request.field("content-type") == BatchedTokenRequest.mediaType,
      let batch = try? BatchedTokenRequest(decoding: request.body)
    else { return WholeResponse(status: 401) }
    // Another key signs whatever it is given, as a cheating issuer would.
    let issuer = behaviour.issuer ?? fixture.issuer
    let responses = batch.requests.enumerated().map { index, token -> TokenResponse? in
      guard index < behaviour.issuedCount ?? .max else { return nil }
      let renamed = [0, 2, issuer.publicKey.truncatedTokenKeyID] + token.blindedMessage
      return (try? TokenRequest(decoding: renamed)).flatMap { try? issuer.issue($0) }
    }
    guard let answer = try? BatchedTokenResponse(responses) else { return WholeResponse(status: 400) }
    var response = WholeResponse(contentType: mediaType, body: answer.encoded)
    response.status = answer.httpStatus
    return response
  }

  private func passGateway(_ message: [UInt8], _ behaviour: Behaviour) throws -> WholeResponse {
    let opened = try RequestOpener(keys: [fixture.gatewayKey]).open(message)
    let request = try BinaryHTTP.Request(decoding: opened.request)
    let sealer = opened.takeSealer()
    let response = try answerOuter(request, behaviour)
    return WholeResponse(
      contentType: OHTTPForm.singleShot.responseMediaType,
      body: try sealer.seal(try response.encoded(paddedTo: GatewayAnswer.singleShotByteCount)))
  }

  private func answerOuter(_ request: BinaryHTTP.Request, _ behaviour: Behaviour) throws -> BinaryHTTP.Response {
    let node = String(request.path.dropFirst("/nodes/".count))
    let isReplay = state.withLock { state in
      let authorization = request.headerFields["authorization"] ?? ""
      defer {
        state.authorizations.append(authorization)
        state.askedNodes.append(node)
      }
      return state.authorizations.contains(authorization)
    }
    if isReplay || behaviour.refusesTokens { return Self.refusal("token-refused", status: 401) }
    if behaviour.unreachableNodes.contains(node) { return Self.refusal("node-unreachable", status: 502) }
    let keys = fixture.nodeKeys.filter {
      Array(SHA256.hash(data: $0.keyConfiguration.encoded)).hexadecimal == node
    }
    let opened = try RequestOpener(keys: keys).open(request.content)
    let inner = try BinaryHTTP.Request(decoding: opened.request)
    let sealer = opened.takeSealer()
    state.withLock { $0.innerRequests.append(inner) }
    let answer = behaviour.busyNodes.contains(node) ? Self.refusal("node-busy", status: 503) : summary(behaviour)
    return BinaryHTTP.Response(
      statusCode: 200, headerFields: ["content-type": "message/ohttp-res"],
      content: behaviour.editAnswer(try sealer.seal(try answer.encoded(paddedTo: AnswerClass.block.answerByteCount))))
  }

  private func summary(_ behaviour: Behaviour) -> BinaryHTTP.Response {
    let json: JSONValue = [
      "summary": .string(behaviour.summary), "engine": "test engine", "extractive": true, "engineMicroseconds": 10,
    ]
    return BinaryHTTP.Response(
      statusCode: 200, headerFields: ["content-type": "application/json"], content: json.canonicalBytes)
  }

  private static func refusal(_ code: String, status: Int) -> BinaryHTTP.Response {
    BinaryHTTP.Response(
      statusCode: status, headerFields: ["content-type": "application/json"],
      content: JSONValue.object(["code": .string(code)]).canonicalBytes)
  }
}
