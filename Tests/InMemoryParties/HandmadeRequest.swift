public import BinaryHTTP
import Foundation
public import HTTPMessages
public import ObliviousHTTP
public import PrivacyPass
import StrictJSON
public import Trust
import WireFormat

/// A client that does each step by hand and none of the checks, so that tests can do any step wrong.
public struct HandmadeRequest: Sendable {
  public let deployment: InMemoryDeployment
  /// The epoch whose keys are used.
  public let bundle: EpochBundle
  private let exchange: any HTTPExchange

  public init(_ deployment: InMemoryDeployment, epoch: UInt64? = nil) async throws {
    self.deployment = deployment
    exchange = deployment.network.exchange(from: "client", address: "127.0.0.2")
    let epoch = try epoch ?? deployment.currentEpoch
    let answer = try await exchange.send(
      WholeRequest(method: "GET", path: Self.relayPath + "/epoch/\(epoch)"), to: DeploymentNames.relay,
      bodyLimit: EpochFile.byteLimit)
    bundle = try EpochBundle(decoding: EpochFile(decoding: answer.body).bundle)
  }

  static let relayPath = "/to/\(DeploymentNames.operatorOrigin)"

  // MARK: Tokens

  public var challenge: TokenChallenge {
    get throws {
      try .cloister(
        issuerName: DeploymentNames.issuerName, originInfo: DeploymentNames.operatorOrigin, issuerDay: bundle.issuerDay)
    }
  }

  /// Draws one token, under a challenge of the caller's choice.
  public func drawToken(challenge: TokenChallenge? = nil, account: String = "ada") async throws -> Token {
    let key = try IssuerPublicKey(subjectPublicKeyInfo: bundle.issuerKeys[0].publicKey)
    let pending = try PendingToken(challenge: try challenge ?? self.challenge, key: key)
    let accountKey = deployment.identity.accountKeys[account]?.hexadecimal ?? ""
    let request = WholeRequest(
      method: "POST", path: "/token-request",
      fields: [
        HTTPField("authorization", "Bearer \(accountKey)"), HTTPField("content-type", TokenRequest.mediaType),
      ], body: pending.request.encoded)
    let answer = try await exchange.send(request, to: DeploymentNames.issuer, bodyLimit: 4_096)
    return try pending.finalize(try TokenResponse(decoding: answer.body))
  }

  public func drawAuthorization() async throws -> String {
    PrivateTokenAuthorization.fieldValue(for: try await drawToken())
  }

  // MARK: Inner request

  /// The padded request that a node answers.
  public static func innerRequest(
    method: String = "POST", path: String = "/v1/tasks/summarize", fields: FieldSection? = nil, body: [UInt8],
    requestClass: RequestClass = .small, answerClass: AnswerClass = .block
  ) throws -> [UInt8] {
    try BinaryHTTP.Request(
      method: method, scheme: "https", authority: DeploymentNames.operatorOrigin, path: path,
      headerFields: fields
        ?? ["content-type": "application/json", AnswerClass.fieldName: answerClass.rawValue], content: body
    ).encoded(paddedTo: requestClass.byteCount)
  }

  public static func summarizeBody(_ transcript: String, reader: String? = nil) -> [UInt8] {
    var members: [String: JSONValue] = ["transcript": .string(transcript)]
    if let reader { members["reader"] = .string(reader) }
    return JSONValue.object(members).canonicalBytes
  }

  /// A short transcript with a line of the caller's choice in it.
  public static func transcript(saying text: String) -> String {
    ChatText.transcript([("Ada", "shall we meet on Friday at six?"), ("Ben", text), ("Ada", "yes, agreed")])
  }

  public func sealToNode(_ request: [UInt8], node: Int = 0) throws -> SealedChunks {
    try SealedChunks(request, to: try KeyConfiguration(decoding: bundle.nodes[node].keyConfiguration))
  }

  public var gatewayKey: KeyConfiguration {
    get throws { try KeyConfiguration(decoding: bundle.gatewayKeyConfiguration) }
  }

  // MARK: Outer request

  /// The request that the gateway admits and routes.
  public func outerRequest(
    node: Int = 0, path: String? = nil, authorization: String?,
    contentType: String = OHTTPForm.chunked.requestMediaType, answerClass: AnswerClass = .block, content: [UInt8]
  ) throws -> [UInt8] {
    var fields = FieldSection()
    if let authorization { try fields.append(name: "authorization", value: authorization) }
    try fields.append(name: "content-type", value: contentType)
    try fields.append(name: AnswerClass.fieldName, value: answerClass.rawValue)
    return BinaryHTTP.Request(
      method: "POST", scheme: "https", authority: DeploymentNames.operatorOrigin,
      path: path ?? "/nodes/\(bundle.nodes[node].identifier.hexadecimal)", headerFields: fields, content: content
    ).encoded()
  }

  public func sealToGateway(_ request: [UInt8]) throws -> SealedChunks {
    try SealedChunks(request, to: gatewayKey)
  }

  /// What the relay is asked.
  public func relayRequest(_ encapsulated: [UInt8]) -> WholeRequest {
    WholeRequest(
      method: "POST", path: Self.relayPath + "/.well-known/ohttp-gateway",
      fields: [HTTPField("content-type", OHTTPForm.chunked.requestMediaType), HTTPField("incremental", "?1")],
      body: encapsulated)
  }

  public func send(_ request: WholeRequest, to server: String) async throws -> WholeResponse {
    try await exchange.send(request, to: server, bodyLimit: 8 << 20)
  }

  /// Sends an outer request through the relay, or straight to a gateway, and opens the gateway's answer.
  public func ask(_ outerRequest: [UInt8], gateway: String? = nil) async throws -> BinaryHTTP.Response {
    let sealed = try sealToGateway(outerRequest)
    let message = sealed.encapsulatedRequest
    let opener = sealed.takeOpener()
    let answer =
      if let gateway {
        try await send(nodeRequest(message), to: gateway)
      } else {
        try await send(relayRequest(message), to: DeploymentNames.relay)
      }
    guard answer.status == 200 else { throw UnsealedAnswer(response: answer) }
    return try BinaryHTTP.Response(decoding: try opener.open(answer.body))
  }

  /// The whole way: inner request, token, both layers, and the node's answer.
  public func askNode(
    _ innerRequest: [UInt8], node: Int = 0, authorization: String, answerClass: AnswerClass = .block
  ) async throws -> BinaryHTTP.Response {
    let inner = try sealToNode(innerRequest, node: node)
    let message = inner.encapsulatedRequest
    let opener = inner.takeOpener()
    let outer = try await ask(
      try outerRequest(node: node, authorization: authorization, answerClass: answerClass, content: message))
    guard outer.statusCode == 200 else { return outer }
    return try BinaryHTTP.Response(decoding: try opener.open(outer.content))
  }

  /// A request straight to a node, as the gateway would hand it over.
  public func nodeRequest(_ encapsulated: [UInt8]) -> WholeRequest {
    WholeRequest(
      method: "POST", path: "/.well-known/ohttp-gateway",
      fields: [HTTPField("content-type", OHTTPForm.chunked.requestMediaType), HTTPField("incremental", "?1")],
      body: encapsulated)
  }
}

/// A request in chunks, sealed whole, and the means to open the one answer to it.
public struct SealedChunks: ~Copyable {
  public let encapsulatedRequest: [UInt8]
  private let opener: ChunkedResponseOpener

  public init(_ request: [UInt8], to configuration: KeyConfiguration) throws {
    var sealer = try ChunkedRequestSealer(to: configuration, using: nil, requiring: .xWing)
    let message = try sealer.sealWhole(request)
    self.init(message, try sealer.takeOpener())
  }

  private init(_ message: [UInt8], _ opener: consuming ChunkedResponseOpener) {
    encapsulatedRequest = message
    self.opener = opener
  }

  /// Gives the opener away; read `encapsulatedRequest` before.
  public consuming func takeOpener() -> WholeAnswerOpener { WholeAnswerOpener(opener) }
}

/// Opens an answer in chunks that is there as a whole.
public struct WholeAnswerOpener: ~Copyable {
  private var opener: ChunkedResponseOpener

  init(_ opener: consuming ChunkedResponseOpener) { self.opener = opener }

  public consuming func open(_ message: [UInt8]) throws -> [UInt8] {
    let chunks = try opener.feed(message)
    return chunks.flatMap { $0 } + (try opener.finish())
  }
}

/// An answer that came in clear where an encapsulated one was expected.
public struct UnsealedAnswer: Error {
  public let response: WholeResponse
}

extension WholeResponse {
  /// The code of a refusal `{"code": …}`; nil for any other body.
  public var refusalCode: String? { Self.refusalCode(in: body) }

  fileprivate static func refusalCode(in body: [UInt8]) -> String? {
    guard case .object(let members)? = try? JSONValue(parsing: body), case .string(let code)? = members["code"] else {
      return nil
    }
    return code
  }
}

extension BinaryHTTP.Response {
  /// The code of a refusal `{"code": …}`; nil for any other content.
  public var refusalCode: String? { WholeResponse.refusalCode(in: content) }
}
