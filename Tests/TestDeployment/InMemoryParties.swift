import BinaryHTTP
import Crypto
public import HTTPMessages
import Inference
import ObliviousHTTP
public import PrivacyPass
public import StrictJSON
import Synchronization
import Trust
import WireFormat

/// Relay, gateway, nodes and issuer of a fixture behind one exchange, which records every request that reaches it.
public final class InMemoryParties: StreamingHTTPExchange {
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
    /// Changes the node's encapsulated answer, frame by frame.
    public var editNodeFrames: @Sendable ([[UInt8]]) -> [[UInt8]] = { $0 }
    /// Changes the gateway's encapsulated answer, frame by frame.
    public var editFrames: @Sendable ([[UInt8]]) -> [[UInt8]] = { $0 }
    /// Called before each frame of an answer is handed out.
    public var beforeFrame: @Sendable (_ frame: Int) async -> Void = { _ in }
    /// Before which frame the connection breaks, if it does.
    public var brokenFrame: Int?
    /// The data of the events that nodes answer with in a class of frames, instead of the summary.
    public var events: [String]?
    /// Whom nodes say they called: a field of an answer that is whole, the first event of a stream.
    public var hops: [[UInt8]]?
    /// What the issuer signs with, if not the fixture's issuer.
    public var issuer: TokenIssuer?
    /// The issuer answers with these bytes.
    public var issuance: [UInt8]?
    /// How many tokens of a batch the issuer signs, if not all.
    public var issuedCount: Int?
    /// What the issuer says of the crowd.
    public var crowd: String?
    /// The status of the issuer's own refusal.
    public var issuerStatus: Int?
    /// The code in its body.
    public var issuerCode: String?
    /// The summary that nodes give.
    public var summary = "Extractive summary"
    /// The document that nodes give instead of a summary.
    public var document: JSONValue?

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
    let response = try await stream(StreamedRequest(request), to: server)
    return WholeResponse(
      status: response.status, fields: response.fields, body: try await response.body.collect(byteLimit: bodyLimit))
  }

  public func stream(
    _ request: StreamedRequest, to server: String
  ) async throws(HTTPExchangeError) -> StreamedResponse {
    let request = try await WholeRequest(collecting: request, byteLimit: .max)
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
    if let status = behaviour.relayStatus { return StreamedResponse(status: status) }
    let prefix = "/to/\(DeploymentFixture.origin)"
    switch (request.method, request.path) {
    case ("POST", "/token-request"): return StreamedResponse(issue(request, behaviour))
    case ("POST", prefix + "/.well-known/ohttp-gateway"):
      guard request.field("content-type") == OHTTPForm.chunked.requestMediaType, request.field("incremental") == "?1",
        let frames = try? passGateway(request.body, behaviour)
      else { return StreamedResponse(status: 400) }
      return StreamedResponse(
        status: 200, fields: [HTTPField("content-type", OHTTPForm.chunked.responseMediaType)],
        body: Self.body(behaviour.editFrames(frames), behaviour))
    case ("GET", let path) where path.hasPrefix(prefix + "/epoch/"):
      let file = UInt64(path.dropFirst(prefix.count + 7)).flatMap { epoch in state.withLock { $0.files[epoch] } }
      return StreamedResponse(
        file.map { WholeResponse(contentType: "application/octet-stream", body: $0) } ?? WholeResponse(status: 404))
    default: return StreamedResponse(status: 404)
    }
  }

  /// A body that hands out frame by frame.
  private static func body(_ frames: [[UInt8]], _ behaviour: Behaviour) -> ByteStream {
    ByteStream {
      var frame = 0
      return { _ throws(HTTPExchangeError) in
        await behaviour.beforeFrame(frame)
        if frame == behaviour.brokenFrame { throw HTTPExchangeError(HTTPExchangeError.interrupted, "broken") }
        guard frame < frames.count else { return nil }
        defer { frame += 1 }
        return frames[frame]
      }
    }
  }

  private func issue(_ request: WholeRequest, _ behaviour: Behaviour) -> WholeResponse {
    if let status = behaviour.issuerStatus {
      return WholeResponse(status: status, body: Array((behaviour.issuerCode.map { #"{"code":"\#($0)"}"# } ?? "").utf8))
    }
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
    if let crowd = behaviour.crowd { response.fields.append(HTTPField(CrowdClaim.fieldName, crowd)) }
    return response
  }

  /// The frames of the gateway's answer.
  private func passGateway(_ message: [UInt8], _ behaviour: Behaviour) throws -> [[UInt8]] {
    let (plaintext, sealer) = try Self.open(message, [fixture.gatewayKey])
    let request = try BinaryHTTP.Request(decoding: plaintext)
    let answerClass = try Self.answerClass(of: request)
    let frames: [[UInt8]]
    switch try answerOuter(request, behaviour) {
    case .refusal(let response): frames = try GatewayAnswer.frames(of: response, answerClass)
    case .passes(let nodeFrames):
      frames = nodeFrames.enumerated().map {
        GatewayAnswer.plaintext(ofFrame: $0, content: $1, answerClass)
      }
    }
    return try Self.seal(frames, sealer)
  }

  private static func answerClass(of request: BinaryHTTP.Request) throws -> AnswerClass {
    guard let answerClass = AnswerClass(rawValue: request.headerFields[AnswerClass.fieldName] ?? "") else {
      throw TrustError(TrustError.malformed, "request names no class of answers")
    }
    return answerClass
  }

  private static func open(
    _ message: [UInt8], _ keys: [GatewayKey]
  ) throws -> (plaintext: [UInt8], sealer: SealerBox) {
    var opener = ChunkedRequestOpener(keys: keys)
    var plaintext = try opener.feed(message).flatMap { $0 }
    let finished = try opener.finish()
    plaintext += finished.finalChunk
    return (plaintext, SealerBox(finished.takeSealer()))
  }

  private static func seal(_ frames: [[UInt8]], _ box: SealerBox) throws -> [[UInt8]] {
    try frames.enumerated().map { try box.sealer.sealChunk($1, isFinal: $0 == frames.count - 1) }
  }

  private enum OuterAnswer {
    case refusal(BinaryHTTP.Response)
    case passes([[UInt8]])
  }

  private func answerOuter(_ request: BinaryHTTP.Request, _ behaviour: Behaviour) throws -> OuterAnswer {
    let node = String(request.path.dropFirst("/nodes/".count))
    let isReplay = state.withLock { state in
      let authorization = request.headerFields["authorization"] ?? ""
      defer {
        state.authorizations.append(authorization)
        state.askedNodes.append(node)
      }
      return state.authorizations.contains(authorization)
    }
    if isReplay || behaviour.refusesTokens { return .refusal(Self.refusal("token-refused", status: 401)) }
    if behaviour.unreachableNodes.contains(node) { return .refusal(Self.refusal("node-unreachable", status: 502)) }
    let keys = fixture.nodeKeys.filter {
      Array(SHA256.hash(data: $0.keyConfiguration.encoded)).hexadecimal == node
    }
    let (plaintext, sealer) = try Self.open(request.content, keys)
    let inner = try BinaryHTTP.Request(decoding: plaintext)
    let answerClass = try Self.answerClass(of: inner)
    state.withLock { $0.innerRequests.append(inner) }
    let frames = try frames(behaviour.busyNodes.contains(node), answerClass, behaviour)
    return .passes(behaviour.editNodeFrames(try Self.seal(frames, sealer)))
  }

  private func frames(
    _ isBusy: Bool, _ answerClass: AnswerClass, _ behaviour: Behaviour
  ) throws -> [[UInt8]] {
    let summary = Self.summary(behaviour)
    var source =
      isBusy
      ? try AnswerFrames(whole: Self.refusal("node-busy", status: 503), answerClass)
      : answerClass.isStream ? AnswerFrames(streaming: answerClass) : try AnswerFrames(whole: summary, answerClass)
    var frames: [[UInt8]] = []
    if answerClass.isStream, !isBusy {
      // Each event in a frame of its own.
      if let hops = behaviour.hops { _ = source.append(ServerSentEvents.event(AnswerHops.event(hops))) }
      for event in behaviour.events ?? [String(decoding: summary.content, as: UTF8.self), "[DONE]"] {
        _ = source.append(ServerSentEvents.event(Array(event.utf8)))
        frames.append(source.next())
      }
    }
    while !source.isFinished { frames.append(source.next()) }
    return frames
  }

  private static func summary(_ behaviour: Behaviour) -> BinaryHTTP.Response {
    let json: JSONValue =
      behaviour.document ?? [
        "summary": .string(behaviour.summary), "engine": "test engine", "extractive": true, "engineMicroseconds": 10,
      ]
    var response = BinaryHTTP.Response(
      statusCode: 200, headerFields: ["content-type": "application/json"], content: json.canonicalBytes)
    if let hops = behaviour.hops {
      try? response.headerFields.append(name: AnswerHops.fieldName, value: AnswerHops.fieldValue(hops))
    }
    return response
  }

  private static func refusal(_ code: String, status: Int) -> BinaryHTTP.Response {
    BinaryHTTP.Response(
      statusCode: status, headerFields: ["content-type": "application/json"],
      content: JSONValue.object(["code": .string(code)]).canonicalBytes)
  }
}

/// A sealer that several calls share.
private final class SealerBox {
  var sealer: ChunkedResponseSealer

  init(_ sealer: consuming ChunkedResponseSealer) { self.sealer = sealer }
}

extension StreamedResponse {
  fileprivate init(_ whole: WholeResponse) {
    self.init(status: whole.status, fields: whole.fields, body: ByteStream(whole.body))
  }
}
