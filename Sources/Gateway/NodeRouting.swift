import BinaryHTTP
import ErrorCodes
package import Foundation
package import HTTPMessages
package import ObliviousHTTP
import PartyHosting
import PrivacyPass
package import SpentTokens
import Synchronization
import Trust
import WireFormat

/// Admits decrypted requests and hands what is sealed inside them to the node that the client drew.
///
/// A token is spent after everything else was checked and before the node is asked, so that nobody without one holds
/// a node's slot.
package struct NodeRouting: EncapsulatedTarget {
  private let served: ServedEpochs.Holder
  private let nodes: NodeServers
  private let store: any SpentTokenStore
  private let exchange: any StreamingHTTPExchange
  private let clock: any Clock<Duration>
  private let now: @Sendable () -> Date

  /// Our client sends no date.
  private static let dates = DateWindow(isRequired: false)

  package init(
    served: ServedEpochs.Holder, nodes: NodeServers, store: any SpentTokenStore, exchange: any StreamingHTTPExchange,
    clock: any Clock<Duration>, now: @escaping @Sendable () -> Date
  ) {
    self.served = served
    self.nodes = nodes
    self.store = store
    self.exchange = exchange
    self.clock = clock
    self.now = now
  }

  package func respond(to head: DecryptedHead, content: ByteStream) async -> TargetAnswer {
    let shape = AnswerShape(for: head)
    // An answer waits for the end of its request, so that no 100 (Continue) can come before (RFC 9458, section 5.1).
    guard head.fields["expect"] == nil else {
      return TargetAnswer(.whole(.refusal(GatewayError.requestMalformed, status: 417)), shape: shape)
    }
    // A token cannot be replayed; a client that says when it wrote is told where its clock is wrong (RFC 9458, 6.5.2).
    let time = now()
    guard Self.dates.accepts(head.fields["date"], at: time) else {
      return TargetAnswer(.whole(ReplayRefusal.dateNotAcceptable.response(at: time)), shape: shape)
    }
    do {
      let server = try server(of: head)
      let authorization = head.fields["authorization"]
      observe { $0.tokenDigest = authorization.flatMap { Self.tokenDigest($0) } }
      let admission = Admission(verifier: try served.value.tokenVerifier(at: time), store: store)
      let admitted = try admission.verify(authorization: authorization)
      // The only form that a node takes; anything else must not cost a token.
      guard OHTTPForm.chunked.requestMediaType.isMediaType(head.fields["content-type"]) else {
        throw GatewayError(GatewayError.requestMalformed, "the decrypted request is not one for a node")
      }
      try await admission.spend(admitted)
      return TargetAnswer(await ask(server, content), shape: shape)
    } catch {
      return TargetAnswer(.whole(refusal(error, at: time)), shape: shape)
    }
  }

  /// Whoever has no good token learns which would be one (RFC 9577, section 2.1), within the same frames as every
  /// answer.
  private func refusal(_ error: any Error, at time: Date) -> BinaryHTTP.Response {
    var response = Self.refusal(error)
    if response.statusCode == 401, let challenges = served.value.challengeField(at: time),
      let field = try? Field(name: "www-authenticate", value: challenges)
    {
      response.headerFields.append(field)
    }
    return response
  }

  package func refuseMalformed(_ head: DecryptedHead?, _ form: OHTTPForm) -> TargetAnswer {
    TargetAnswer(
      .whole(.refusal(GatewayError.requestMalformed, status: 400)),
      shape: head.map { AnswerShape(for: $0) } ?? .default(form))
  }

  /// The server of the node that the request is to.
  private func server(of head: DecryptedHead) throws(GatewayError) -> String {
    guard head.controlData.method == "POST", head.controlData.path.hasPrefix("/nodes/"),
      OHTTPForm.allCases.contains(where: { $0.requestMediaType.isMediaType(head.fields["content-type"]) })
    else {
      throw GatewayError(GatewayError.requestMalformed, "the decrypted request is not one to a node")
    }
    let identifier = String(head.controlData.path.dropFirst("/nodes/".count))
    guard let server = served.value.server(of: identifier) else {
      throw GatewayError(GatewayError.nodeUnknown, "no bundle names the node")
    }
    guard nodes.isReachable(server) else { throw .unreachable }
    return server
  }

  private func ask(_ server: String, _ content: ByteStream) async -> TargetAnswer.Message {
    let refusal = BinaryHTTP.Response.refusal(GatewayError.nodeUnreachable, status: 502)
    guard let lease = await nodes.slots(of: server).lease(clock: clock) else { return .whole(refusal) }
    let request = HandedOver(content)
    do {
      let answer = try await exchange.stream(
        StreamedRequest(
          method: "POST", path: OHTTPForm.gatewayPath, fields: Self.requestFields, body: request.body),
        to: server)
      // Nobody can answer a sealed request whose end has not come.
      guard request.isWhole, answer.status == 200,
        OHTTPForm.chunked.responseMediaType.isMediaType(answer.field("content-type"))
      else {
        return .whole(refusal)
      }
      return .stream(
        BinaryHTTP.Response(statusCode: 200, headerFields: ["content-type": OHTTPForm.chunked.responseMediaType]),
        content: answer.body.holding(lease), orElse: refusal)
    } catch {
      if error.code == HTTPExchangeError.unreachable { nodes.mark(server, isReachable: false) }
      return .whole(refusal)
    }
  }

  private static let requestFields = [
    HTTPField("content-type", OHTTPForm.chunked.requestMediaType), OHTTPForm.incrementalField,
  ]

  private static func refusal(_ error: any Error) -> BinaryHTTP.Response {
    switch error {
    case let error as any CodedError:
      let statuses = [
        GatewayError.tokenRefused: 401, GatewayError.requestMalformed: 400, GatewayError.nodeUnknown: 404,
        GatewayError.nodeUnreachable: 502,
      ]
      return .refusal(error.code, status: statuses[error.code] ?? 503)
    default: return .refusal(GatewayError.requestMalformed, status: 400)
    }
  }

  private static func tokenDigest(_ authorization: String) -> String? {
    (try? PrivateTokenAuthorization.token(fieldValue: authorization))?.digest.hexadecimal
  }
}

extension GatewayError {
  fileprivate static let unreachable = GatewayError(nodeUnreachable, "the node does not answer")
}

/// Content on its way to a node, and whether the node's side has read its end.
private struct HandedOver {
  let body: ByteStream
  private let end: Flag?

  init(_ content: ByteStream) {
    guard content.whole == nil else {
      (body, end) = (content, nil)
      return
    }
    let end = Flag()
    self.end = end
    body = ByteStream {
      var pieces = content.makeAsyncIterator()
      return { actor throws(HTTPExchangeError) in
        guard let piece = try await pieces.next(isolation: actor) else {
          end.set()
          return nil
        }
        return piece
      }
    }
  }

  var isWhole: Bool { end?.isSet ?? true }
}

private final class Flag: Sendable {
  private let value = Atomic(false)

  var isSet: Bool { value.load(ordering: .acquiring) }

  func set() { value.store(true, ordering: .releasing) }
}
