import BinaryHTTP
import ErrorCodes
import HTTPMessages
import ObliviousHTTP
import StrictJSON
import Trust
import WireFormat

/// One attempt at one node: the inner encapsulation to the node, the outer one to the gateway, the relay in between.
///
/// A chunked form goes here: only this file knows that both layers are single-shot.
struct OuterRequest {
  let epoch: VerifiedEpoch
  let relay: TrustPolicy.Relay
  let exchange: any HTTPExchange

  /// How an attempt ended.
  enum Outcome {
    case answered(BinaryHTTP.Response)
    /// The drawn node did not do the work: the other one may be asked, once.
    case mayTryOther(ClientError, wasSent: Bool)
  }

  private var origin: String { epoch.policy.operatorOrigin }

  /// - Parameter request: the padded Binary HTTP request.
  /// - Throws: whatever ends the request for good.
  func send(
    _ request: [UInt8], to node: VerifiedNode, token: consuming ClaimedToken
  ) async throws(ClientError) -> Outcome {
    let inner = try HybridSuite.seal(request, to: node.keyConfiguration)
    let innerMessage = inner.encapsulatedRequest
    let innerOpener = inner.takeOpener()
    let outer = try HybridSuite.seal(
      try outerRequest(innerMessage, to: node, authorization: token.authorization()), to: epoch.gatewayKey)
    let outerMessage = outer.encapsulatedRequest
    let outerOpener = outer.takeOpener()
    let answer: WholeResponse
    do {
      answer = try await exchange.send(relayRequest(outerMessage), to: relay.server, bodyLimit: Self.answerLimit)
    } catch {
      guard error.code == HTTPExchangeError.unreachable else { throw ClientError(error) }
      return .mayTryOther(ClientError(error), wasSent: false)
    }
    guard answer.status == 200, answer.field("content-type") == OHTTPForm.singleShot.responseMediaType else {
      throw ClientError(ClientError.relayRefused, "relay or gateway answered with status \(answer.status)")
    }
    let gatewayAnswer = try Self.open(answer.body, outerOpener, byteCount: GatewayAnswer.singleShotByteCount)
    guard gatewayAnswer.statusCode == 200 else { return try Self.gatewayRefusal(gatewayAnswer) }
    let nodeAnswer = try Self.open(gatewayAnswer.content, innerOpener, byteCount: AnswerClass.block.answerByteCount)
    guard nodeAnswer.statusCode == 200 else { return try Self.nodeRefusal(nodeAnswer) }
    return .answered(nodeAnswer)
  }

  private static let answerLimit = GatewayAnswer.singleShotByteCount + 4_096

  private func outerRequest(
    _ innerMessage: [UInt8], to node: VerifiedNode, authorization: String
  ) throws(ClientError) -> [UInt8] {
    try coded {
      var fields = FieldSection()
      try fields.append(name: "authorization", value: authorization)
      try fields.append(name: "content-type", value: OHTTPForm.singleShot.requestMediaType)
      return BinaryHTTP.Request(
        method: "POST", scheme: "https", authority: origin, path: "/nodes/\(node.identifier.hexadecimal)",
        headerFields: fields, content: innerMessage
      ).encoded()
    }
  }

  private func relayRequest(_ message: [UInt8]) -> WholeRequest {
    WholeRequest(
      method: "POST", path: "/to/\(origin)/.well-known/ohttp-gateway",
      fields: [HTTPField("content-type", OHTTPForm.singleShot.requestMediaType)], body: message)
  }

  private static func open(
    _ message: [UInt8], _ opener: consuming ResponseOpener, byteCount: Int
  ) throws(ClientError) -> BinaryHTTP.Response {
    let bytes: [UInt8]
    do {
      bytes = try opener.open(message)
    } catch {
      throw ClientError(error)
    }
    guard bytes.count == byteCount else {
      throw ClientError(ClientError.answerMalformed, "answer has \(bytes.count) bytes, expected \(byteCount)")
    }
    return try coded { try BinaryHTTP.Response(decoding: bytes) }
  }

  private static func gatewayRefusal(_ response: BinaryHTTP.Response) throws(ClientError) -> Outcome {
    let code = known([ClientError.nodeUnreachable, ClientError.tokenRefused], in: response)
    let refusal = ClientError(
      code ?? ClientError.gatewayRefused, "gateway answered with status \(response.statusCode)")
    guard code == ClientError.nodeUnreachable else { throw refusal }
    return .mayTryOther(refusal, wasSent: true)
  }

  private static func nodeRefusal(_ response: BinaryHTTP.Response) throws(ClientError) -> Outcome {
    let code = known([ClientError.nodeBusy, ClientError.engineCannot], in: response)
    let refusal = ClientError(code ?? ClientError.nodeRefused, "node answered with status \(response.statusCode)")
    guard code == ClientError.nodeBusy else { throw refusal }
    return .mayTryOther(refusal, wasSent: true)
  }

  /// The code of a refusal where it is one of these; received text goes no further.
  private static func known(_ codes: [ErrorCode], in response: BinaryHTTP.Response) -> ErrorCode? {
    guard var object = try? JSONObject(parsing: response.content, name: "refusal"),
      let text = try? object.string("code")
    else { return nil }
    return codes.first { $0.rawValue == text }
  }
}
