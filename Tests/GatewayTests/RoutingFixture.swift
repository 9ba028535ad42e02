import BinaryHTTP
import Foundation
import Gateway
import HTTPMessages
import ObliviousHTTP
import PrivacyPass
import SpentTokens
import Synchronization
import Trust

/// The gateway's request path over one published epoch, in front of a node made of a closure.
struct RoutingFixture {
  static let node = "00aa"
  static let server = "http://node.test"
  /// Making one takes a while.
  static let issuer = Result { try TokenIssuer() }

  /// What a node answers in class `block`.
  static let answer = [UInt8](repeating: 5, count: AnswerLayout(.block).nodeEncapsulatedByteCount(ofFrame: 0))

  let store = InMemorySpentTokens()
  let nodes = NodeServers()
  let gateway: ObliviousGateway
  let challenge: TokenChallenge

  /// - Parameter keyCount: keys that the day's bundle names, all of them the same.
  init(
    keyCount: Int = 1,
    _ answer: @escaping @Sendable (StreamedRequest) async throws(HTTPExchangeError) -> StreamedResponse
  ) async throws {
    let schedule = try EpochSchedule(start: 0, epochSeconds: 3_600)
    challenge = try TokenChallenge.cloister(issuerName: "issuer.test", originInfo: "cloister.test", issuerDay: 0)
    let served = ServedEpochs.Holder(ServedEpochs(schedule: schedule))
    let published = EpochAssembly.Published(
      epoch: 1, nodes: [Self.node: Self.server], issuerDay: 0,
      issuerKeys: Array(repeating: try Self.issuer.get().publicKey, count: keyCount))
    try served.change { value throws in
      try value.replace([published], issuerName: "issuer.test", operatorOrigin: "cloister.test")
    }
    try await store.hold(issuerDays: 0...0)
    gateway = ObliviousGateway(
      NodeRouting(
        served: served, nodes: nodes, store: store, exchange: FakeNode(answer: answer), clock: SkippingClock(),
        now: { Date(timeIntervalSince1970: 5_000) }),
      contentLimit: GatewayConfiguration.requestLimit, clock: SkippingClock())
  }

  func authorization() throws -> String {
    let issuer = try Self.issuer.get()
    let pending = try PendingToken(challenge: challenge, key: issuer.publicKey)
    let response = try issuer.issue(pending.request)
    return PrivateTokenAuthorization.fieldValue(for: try pending.finalize(response))
  }

  func fields(
    authorization: String?, type: String = OHTTPForm.chunked.requestMediaType
  ) throws -> FieldSection {
    var fields = FieldSection()
    if let authorization { try fields.append(name: "authorization", value: authorization) }
    try fields.append(name: "content-type", value: type)
    return fields
  }

  /// Asks with a single-shot request and opens the answer.
  func askSingleShot(_ request: BinaryHTTP.Request) async throws -> BinaryHTTP.Response {
    let sealed = try RequestSealer.seal(request.encoded(), to: Sealed.keys[2].keyConfiguration)
    let message = sealed.encapsulatedRequest
    let opener = sealed.takeOpener()
    let answer = try await Sealed.askWhole(gateway, Sealed.message(.singleShot, ByteStream(message)))
    return try BinaryHTTP.Response(decoding: opener.open(answer.body))
  }

  /// Asks with a whole chunked request and opens the answer.
  func ask(_ request: BinaryHTTP.Request) async throws -> BinaryHTTP.Response {
    let exchange = try Sealed.chunks([request.encoded()])
    let answer = try await Sealed.askWhole(gateway, Sealed.message(.chunked, exchange.whole))
    return try exchange.open(answer.body)
  }
}

/// One server, made of a closure.
struct FakeNode: StreamingHTTPExchange {
  let answer: @Sendable (StreamedRequest) async throws(HTTPExchangeError) -> StreamedResponse

  func stream(_ request: StreamedRequest, to server: String) async throws(HTTPExchangeError) -> StreamedResponse {
    try await answer(request)
  }

  func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    let response = try await answer(StreamedRequest(request))
    return WholeResponse(
      status: response.status, fields: response.fields, body: try await response.body.collect(byteLimit: bodyLimit))
  }
}

extension StreamedResponse {
  /// What a node answers to a sealed request.
  static func sealed(_ body: ByteStream) -> StreamedResponse {
    StreamedResponse(
      status: 200, fields: [HTTPField("content-type", OHTTPForm.chunked.responseMediaType)], body: body)
  }
}

extension BinaryHTTP.Response {
  /// The code of a refusal `{"code":…}`, as its text.
  var text: String { String(decoding: content, as: UTF8.self) }
}
