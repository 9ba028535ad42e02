import BinaryHTTP
import Gateway
import HTTPMessages
import ObliviousHTTP
import PrivacyPass
import Synchronization
import Testing

@Suite("The way from an opened request to a node and back")
struct NodeRoutingTests {
  private static let path = "/nodes/\(RoutingFixture.node)"

  /// How often a node was asked.
  private final class Count: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  /// A node that answers, and how often it was asked.
  private static func countingFixture() async throws -> (fixture: RoutingFixture, asked: Count) {
    let asked = Count()
    let fixture = try await RoutingFixture { _ throws(HTTPExchangeError) in
      asked.add()
      return .sealed(ByteStream(RoutingFixture.answer))
    }
    return (fixture, asked)
  }

  private static func expectRefusal(
    _ answer: BinaryHTTP.Response, _ code: String, _ status: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(answer.text == #"{"code":"\#(code)"}"#, sourceLocation: sourceLocation)
    #expect(answer.statusCode == status, sourceLocation: sourceLocation)
  }

  @Test("the node gets the sealed message, its media type and nothing else; its answer comes back as it is")
  func passes() async throws {
    let seen = Mutex<StreamedRequest?>(nil)
    let fixture = try await RoutingFixture { request throws(HTTPExchangeError) in
      seen.withLock { $0 = request }
      return .sealed(ByteStream(RoutingFixture.answer))
    }
    let fields = try fixture.fields(authorization: fixture.authorization())
    let answer = try await fixture.ask(Sealed.request(path: Self.path, fields: fields, content: [1, 2, 3]))
    #expect(answer.statusCode == 200)
    #expect(answer.headerFields["content-type"] == "message/ohttp-chunked-res")
    #expect(answer.content == RoutingFixture.answer)
    let request = try #require(seen.withLock { $0 })
    #expect(request.body.whole == [1, 2, 3])
    #expect(
      request.fields == [HTTPField("content-type", "message/ohttp-chunked-req"), HTTPField("incremental", "?1")])
  }

  @Test("a chunked message inside a stranger's single-shot message is passed and answered whole")
  func singleShot() async throws {
    let fixture = try await RoutingFixture { _ throws(HTTPExchangeError) in .sealed(ByteStream([4, 5, 6])) }
    let fields = try fixture.fields(authorization: fixture.authorization())
    let opened = try await fixture.askSingleShot(Sealed.request(path: Self.path, fields: fields))
    #expect(opened.content == [4, 5, 6])
    #expect(opened.headerFields["content-type"] == "message/ohttp-chunked-res")
  }

  @Test("a single-shot message to a node, which takes none, is refused and costs no token")
  func innerSingleShot() async throws {
    let (fixture, asked) = try await Self.countingFixture()
    let authorization = try fixture.authorization()
    let singleShot = try fixture.fields(authorization: authorization, type: "message/ohttp-req")
    let request = Sealed.request(path: Self.path, fields: singleShot)
    Self.expectRefusal(try await fixture.ask(request), "gateway-request-malformed", 400)
    Self.expectRefusal(try await fixture.askSingleShot(request), "gateway-request-malformed", 400)
    #expect(asked.value == 0)
    let chunked = try fixture.fields(authorization: authorization)
    #expect(try await fixture.ask(Sealed.request(path: Self.path, fields: chunked)).statusCode == 200)
  }

  @Test("an inner media type is taken in any case and reaches the node in lower case")
  func innerMediaTypeCase() async throws {
    let seen = Mutex<StreamedRequest?>(nil)
    let fixture = try await RoutingFixture { request throws(HTTPExchangeError) in
      seen.withLock { $0 = request }
      return .sealed(ByteStream(RoutingFixture.answer))
    }
    let fields = try fixture.fields(authorization: fixture.authorization(), type: "Message/OHTTP-Chunked-Req")
    #expect(try await fixture.ask(Sealed.request(path: Self.path, fields: fields)).statusCode == 200)
    #expect(seen.withLock { $0 }?.field("content-type") == "message/ohttp-chunked-req")
  }

  @Test("the first piece of a request reaches the node before the second is produced")
  func requestStreams() async throws {
    let (seen, seeing) = AsyncStream.makeStream(of: [UInt8].self)
    let fixture = try await RoutingFixture { request throws(HTTPExchangeError) in
      for try await piece in request.body { seeing.yield(piece) }
      return .sealed(ByteStream(RoutingFixture.answer))
    }
    let fields = try fixture.fields(authorization: fixture.authorization())
    let exchange = try Sealed.chunks([
      MessageSerializer.head(of: Sealed.request(path: Self.path, fields: fields)),
      MessageSerializer.contentChunk([1, 1]), MessageSerializer.contentChunk([2, 2]), MessageSerializer.end(),
    ])
    let pieces = exchange.pieces
    let (writer, body) = ByteStream.pipe()
    async let asked = Sealed.askWhole(fixture.gateway, Sealed.message(.chunked, body))
    var arrivals = seen.makeAsyncIterator()
    for piece in pieces[0...1] { try await writer.write(piece) }
    #expect(await arrivals.next() == [1, 1])
    for piece in pieces[2...3] { try await writer.write(piece) }
    writer.finish()
    #expect(await arrivals.next() == [2, 2])
    #expect(try exchange.open(try await asked.body).statusCode == 200)
  }

  @Test("what is no request to a node of a bundle reaches none and costs no token")
  func notRouted() async throws {
    let (fixture, asked) = try await Self.countingFixture()
    let authorization = try fixture.authorization()
    let good = try fixture.fields(authorization: authorization)
    let other = try fixture.fields(authorization: authorization, type: "application/json")
    Self.expectRefusal(
      try await fixture.ask(Sealed.request(path: "/nodes/00ab", fields: good)), "node-unknown", 404)
    Self.expectRefusal(
      try await fixture.ask(Sealed.request(path: "/node/00aa", fields: good)), "gateway-request-malformed", 400)
    Self.expectRefusal(
      try await fixture.ask(Sealed.request(path: Self.path, fields: other)), "gateway-request-malformed", 400)
    fixture.nodes.mark(RoutingFixture.server, isReachable: false)
    Self.expectRefusal(
      try await fixture.ask(Sealed.request(path: Self.path, fields: good)), "node-unreachable", 502)
    #expect(asked.value == 0)
    fixture.nodes.mark(RoutingFixture.server, isReachable: true)
    #expect(try await fixture.ask(Sealed.request(path: Self.path, fields: good)).statusCode == 200)
  }

  @Test("a request that expects 100-continue is refused inside, and costs no token", arguments: OHTTPForm.allCases)
  func expectation(form: OHTTPForm) async throws {
    let (fixture, asked) = try await Self.countingFixture()
    let fields = try fixture.fields(authorization: fixture.authorization())
    for value in ["100-continue", "100-Continue", "foo, 100-continue"] {
      var expecting = fields
      try expecting.append(name: "expect", value: value)
      let request = Sealed.request(path: Self.path, fields: expecting)
      let answer = form == .chunked ? try await fixture.ask(request) : try await fixture.askSingleShot(request)
      Self.expectRefusal(answer, "gateway-request-malformed", 417)
    }
    #expect(asked.value == 0)
    #expect(try await fixture.ask(Sealed.request(path: Self.path, fields: fields)).statusCode == 200)
  }

  @Test("a request that says it was written at another time is refused with the date problem, and costs no token")
  func otherDate() async throws {
    let (fixture, asked) = try await Self.countingFixture()
    let fields = try fixture.fields(authorization: fixture.authorization())
    // The gateway's clock stands at 01:23:20; the tolerance is five minutes.
    for date in ["Thu, 01 Jan 1970 01:18:19 GMT", "Thu, 01 Jan 1970 01:28:21 GMT", "yesterday"] {
      var dated = fields
      try dated.append(name: "date", value: date)
      let answer = try await fixture.ask(Sealed.request(path: Self.path, fields: dated))
      #expect(answer.statusCode == 400)
      let problem = OHTTPProblem(mediaType: answer.headerFields["content-type"], content: answer.content)
      #expect(problem == .dateNotAcceptable)
      #expect(answer.headerFields["date"] == "Thu, 01 Jan 1970 01:23:20 GMT")
    }
    #expect(asked.value == 0)
    var dated = fields
    try dated.append(name: "date", value: "Thu, 01 Jan 1970 01:18:20 GMT")
    #expect(try await fixture.ask(Sealed.request(path: Self.path, fields: dated)).statusCode == 200)
  }

  @Test("a token is spent once, and without one no node is asked")
  func tokens() async throws {
    let (fixture, asked) = try await Self.countingFixture()
    let fields = try fixture.fields(authorization: fixture.authorization())
    #expect(try await fixture.ask(Sealed.request(path: Self.path, fields: fields)).statusCode == 200)
    Self.expectRefusal(
      try await fixture.ask(Sealed.request(path: Self.path, fields: fields)), "token-refused", 401)
    let none = try fixture.fields(authorization: nil)
    Self.expectRefusal(try await fixture.ask(Sealed.request(path: Self.path, fields: none)), "token-refused", 401)
    #expect(asked.value == 1)
  }

  @Test("whoever has no token is told the challenge and the key, and the token drawn for them is admitted")
  func challenge() async throws {
    let (fixture, asked) = try await Self.countingFixture()
    let none = try fixture.fields(authorization: nil)
    let refused = try await fixture.ask(Sealed.request(path: Self.path, fields: none))
    let fields = refused.headerFields.values(named: "www-authenticate")
    let offered = try PrivateTokenChallenge.answerable(fieldValues: fields, from: ServerName("cloister.test".utf8))
    #expect(offered.map(\.challenge) == [fixture.challenge])
    let issuer = try RoutingFixture.issuer.get()
    let key = try IssuerPublicKey(subjectPublicKeyInfo: #require(offered.first?.parameters.tokenKey))
    let pending = try PendingToken(challenge: #require(offered.first?.challenge), key: key)
    let response = try issuer.issue(pending.request)
    let token = try pending.finalize(response)
    let drawn = try fixture.fields(authorization: PrivateTokenAuthorization.fieldValue(for: token))
    let admitted = try await fixture.ask(Sealed.request(path: Self.path, fields: drawn))
    #expect(admitted.statusCode == 200)
    #expect(admitted.headerFields["www-authenticate"] == nil)
    #expect(asked.value == 1)
  }

  @Test("many keys are named as far as they fit, and the refusal is as long as any answer")
  func manyKeys() async throws {
    let fixture = try await RoutingFixture(keyCount: 64) { _ throws(HTTPExchangeError) in
      .sealed(ByteStream(RoutingFixture.answer))
    }
    func answer(_ authorization: String?) async throws -> (response: BinaryHTTP.Response, byteCount: Int) {
      let request = Sealed.request(path: Self.path, fields: try fixture.fields(authorization: authorization))
      let exchange = try Sealed.chunks([request.encoded()])
      let answer = try await Sealed.askWhole(fixture.gateway, Sealed.message(.chunked, exchange.whole))
      return (try exchange.open(answer.body), answer.body.count)
    }
    let refused = try await answer(nil)
    let admitted = try await answer(try fixture.authorization())
    #expect(refused.response.statusCode == 401 && admitted.response.statusCode == 200)
    #expect(refused.byteCount == admitted.byteCount)
    let field = try #require(refused.response.headerFields["www-authenticate"])
    #expect(field.utf8.count <= 12 << 10)
    #expect(try PrivateTokenChallenge.parseAll(fieldValue: field).count > 16)
  }

  @Test("a node that answers before it has read the request is refused")
  func answersEarly() async throws {
    let fixture = try await RoutingFixture { _ throws(HTTPExchangeError) in .sealed(ByteStream(RoutingFixture.answer)) }
    let fields = try fixture.fields(authorization: fixture.authorization())
    let head = MessageSerializer.head(of: Sealed.request(path: Self.path, fields: fields))
    let content = (0..<8).map { _ in MessageSerializer.contentChunk([UInt8](repeating: 1, count: 16_000)) }
    let exchange = try Sealed.chunks([head] + content + [MessageSerializer.end()])
    let pieces = exchange.pieces
    let (writer, body) = ByteStream.pipe()
    async let asked = Sealed.askWhole(fixture.gateway, Sealed.message(.chunked, body))
    for piece in pieces { try await writer.write(piece) }
    writer.finish()
    Self.expectRefusal(try exchange.open(try await asked.body), "node-unreachable", 502)
  }

  @Test("a node that cannot be connected is not asked again until it says that it is well")
  func unreachable() async throws {
    let asked = Count()
    let fixture = try await RoutingFixture { request throws(HTTPExchangeError) in
      if request.path == "/health" { return StreamedResponse(status: 200) }
      asked.add()
      throw HTTPExchangeError(HTTPExchangeError.unreachable, "")
    }
    for _ in 0..<3 {
      let fields = try fixture.fields(authorization: fixture.authorization())
      Self.expectRefusal(
        try await fixture.ask(Sealed.request(path: Self.path, fields: fields)), "node-unreachable", 502)
    }
    #expect(asked.value == 1)
    await fixture.nodes.check(
      [RoutingFixture.server], by: FakeNode { _ throws(HTTPExchangeError) in StreamedResponse(status: 200) })
    let fields = try fixture.fields(authorization: fixture.authorization())
    _ = try await fixture.ask(Sealed.request(path: Self.path, fields: fields))
    #expect(asked.value == 2)
  }

  @Test(
    "a node that resets, answers in clear or with another status becomes node-unreachable",
    arguments: ["reset", "clear", "status"])
  func brokenNode(way: String) async throws {
    let fixture = try await RoutingFixture { _ throws(HTTPExchangeError) in
      switch way {
      case "clear": return StreamedResponse(status: 200, fields: [HTTPField("content-type", "application/json")])
      case "status": return StreamedResponse(status: 503, fields: [], body: ByteStream([1]))
      default: throw HTTPExchangeError(HTTPExchangeError.interrupted, "")
      }
    }
    let fields = try fixture.fields(authorization: fixture.authorization())
    Self.expectRefusal(try await fixture.ask(Sealed.request(path: Self.path, fields: fields)), "node-unreachable", 502)
  }

  @Test("a client that goes away while the node works cancels the node's exchange and frees its slot")
  func clientGone() async throws {
    let (events, event) = AsyncStream.makeStream(of: String.self)
    let fixture = try await RoutingFixture { _ throws(HTTPExchangeError) in
      event.yield("asked")
      let (never, continuation) = AsyncStream.makeStream(of: Never.self)
      for await _ in never {}
      _ = continuation
      event.yield("cancelled")
      throw HTTPExchangeError(HTTPExchangeError.interrupted, "")
    }
    let fields = try fixture.fields(authorization: fixture.authorization())
    let body = try Sealed.chunks([Sealed.request(path: Self.path, fields: fields).encoded()]).whole
    let asking = Task { try await Sealed.askWhole(fixture.gateway, Sealed.message(.chunked, body)) }
    var happened = events.makeAsyncIterator()
    #expect(await happened.next() == "asked")
    #expect(fixture.nodes.slots(of: RoutingFixture.server).underWayCount == 1)
    asking.cancel()
    #expect(await happened.next() == "cancelled")
    _ = await asking.result
    #expect(fixture.nodes.slots(of: RoutingFixture.server).underWayCount == 0)
  }

  @Test("a node with no room left becomes node-unreachable, once the wait is over")
  func full() async throws {
    let fixture = try await RoutingFixture { _ throws(HTTPExchangeError) in .sealed(ByteStream(RoutingFixture.answer)) }
    var leases: [NodeSlots.Lease] = []
    let slots = fixture.nodes.slots(of: RoutingFixture.server)
    while leases.count < NodeSlots.underWayLimit, let lease = await slots.lease(clock: SkippingClock()) {
      leases.append(lease)
    }
    let fields = try fixture.fields(authorization: fixture.authorization())
    Self.expectRefusal(try await fixture.ask(Sealed.request(path: Self.path, fields: fields)), "node-unreachable", 502)
    leases = []
    let again = try fixture.fields(authorization: fixture.authorization())
    #expect(try await fixture.ask(Sealed.request(path: Self.path, fields: again)).statusCode == 200)
  }
}
