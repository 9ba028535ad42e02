import BinaryHTTP
import HTTPMessages
import InMemoryParties
import Inference
import ObliviousHTTP
import StrictJSON
import Testing
import Trust

@Suite("Requests that a node refuses", .keepsFolders)
struct NodeRequestRefusalTests {
  private static let body = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))

  private func ask(_ handmade: HandmadeRequest, _ message: [UInt8]) async throws -> WholeResponse {
    let node = handmade.deployment.nodeIndex(ofBundle: handmade.bundle, 0)
    return try await handmade.send(handmade.nodeRequest(message), to: DeploymentNames.node(node))
  }

  @Test("node: request replayed")
  func replayed() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let message = try handmade.sealToNode(try HandmadeRequest.innerRequest(body: Self.body)).encapsulatedRequest
    #expect(try await ask(handmade, message).status == 200)
    let again = try await ask(handmade, message)
    #expect(again.status == 400)
    #expect(again.refusalCode == "node-replay")
  }

  @Test("node: request replayed in chunks, before its end has come", .timeLimit(.minutes(10)))
  func replayedInChunks() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let message = try handmade.sealToNode(
      try HandmadeRequest.innerRequest(body: Self.body, requestClass: .large)
    ).encapsulatedRequest
    #expect(try await ask(handmade, message).status == 200)
    let whole = handmade.nodeRequest(message)
    let (writer, body) = ByteStream.pipe()
    async let writing: Void = writer.write(Array(message.prefix(4_096)))
    let node = DeploymentNames.node(handmade.deployment.nodeIndex(ofBundle: handmade.bundle, 0))
    let answer = try await handmade.deployment.network.exchange(from: "client", address: "127.0.0.2").stream(
      StreamedRequest(method: whole.method, path: whole.path, fields: whole.fields, body: body), to: node)
    try? await writing
    #expect(answer.status == 400)
    let refusal = WholeResponse(status: 400, body: try await answer.body.collect(byteLimit: 4_096))
    #expect(refusal.refusalCode == "node-replay")
  }

  /// Ways in which a gateway can lie about the chunks of a request.
  enum Damage: CaseIterable {
    case flipped, dropped, repeated, reordered, cutInside, cutBetween

    /// - Parameter chunks: framed; the last one is the final chunk.
    func apply(to chunks: [ArraySlice<UInt8>]) -> [UInt8] {
      var chunks = chunks
      switch self {
      case .flipped: chunks[2][chunks[2].endIndex - 1] ^= 1
      case .dropped: chunks.remove(at: 2)
      case .repeated: chunks.insert(chunks[2], at: 2)
      case .reordered: chunks.swapAt(2, 3)
      case .cutInside: chunks[chunks.count - 1].removeLast()
      case .cutBetween: chunks.removeLast()
      }
      return Array(chunks.joined())
    }
  }

  @Test("node: chunks of a request dropped, repeated, reordered or cut", arguments: Damage.allCases)
  func damaged(_ damage: Damage) async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let message = try handmade.sealToNode(
      try HandmadeRequest.innerRequest(body: Self.body, requestClass: .large)
    ).encapsulatedRequest
    // Key identifier, algorithms and encapsulated key; then chunks of 16 KiB behind lengths of four bytes.
    let headerByteCount = 7 + 1_120
    let chunkByteCount = 4 + 16_384 + 16
    let chunks = stride(from: headerByteCount, to: message.count, by: chunkByteCount).map { start in
      message[start..<min(start + chunkByteCount, message.count)]
    }
    #expect(chunks.count == 8)
    let answer = try await ask(handmade, Array(message.prefix(headerByteCount)) + damage.apply(to: chunks))
    #expect(answer.status == 400)
    #expect(answer.refusalCode == "request-malformed")
    // The request itself is as good as before.
    #expect(try await ask(handmade, message).status == 200)
  }

  @Test("node: a request of the largest class as one final chunk is answered, one longer than any request is refused")
  func oneLongChunk() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let configuration = try KeyConfiguration(decoding: handmade.bundle.nodes[0].keyConfiguration)
    let request = try HandmadeRequest.innerRequest(body: Self.body, requestClass: .largest)
    for (plaintext, statuses) in [(request, [200]), (request + [UInt8](repeating: 0, count: 5_000), [400, 413])] {
      var sealer = try ChunkedRequestSealer(
        to: configuration, maximumChunkByteCount: OHTTPChunk.largestMaximumByteCount)
      let answer = try await ask(handmade, sealer.sealWhole(plaintext))
      #expect(statuses.contains(answer.status))
    }
  }

  @Test("node: request of one epoch under the name of another epoch's key")
  func otherEpoch() async throws {
    let deployment = try await InMemoryDeployment.started()
    let old = try await HandmadeRequest(deployment)
    await deployment.passMinutes(50)
    let next = try await HandmadeRequest(deployment, epoch: 2)
    var message = try old.sealToNode(try HandmadeRequest.innerRequest(body: Self.body)).encapsulatedRequest
    #expect(message[0] == 1)
    message[0] = try KeyConfiguration(decoding: next.bundle.nodes[0].keyConfiguration).keyIdentifier
    let answer = try await ask(old, message)
    #expect(answer.status == 400)
    #expect(answer.refusalCode == "request-malformed")
  }

  @Test("node: request for another node's key")
  func otherNode() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let message = try handmade.sealToNode(try HandmadeRequest.innerRequest(body: Self.body), node: 1)
      .encapsulatedRequest
    let answer = try await ask(handmade, message)
    #expect(answer.status == 400)
    #expect(answer.refusalCode == "request-malformed")
  }

  @Test("node: request while it has no key")
  func withoutKey() async throws {
    let other = try await HandmadeRequest(InMemoryDeployment.started())
    let message = try other.sealToNode(try HandmadeRequest.innerRequest(body: Self.body)).encapsulatedRequest
    let deployment = try await InMemoryDeployment()
    let answer = try await deployment.network.exchange(from: "client", address: "127.0.0.2").send(
      other.nodeRequest(message), to: DeploymentNames.node(0), bodyLimit: 4_096)
    #expect(answer.status == 503)
    #expect(answer.refusalCode == "node-no-epoch")
  }

  @Test("node: request under a key that it never had")
  func unknownKey() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    var message = try handmade.sealToNode(try HandmadeRequest.innerRequest(body: Self.body)).encapsulatedRequest
    message[0] = 77
    let answer = try await ask(handmade, message)
    #expect(answer.status == 400)
    #expect(answer.field("content-type") == "application/problem+json")
  }

  @Test("node: truncated or changed encapsulation, always with the same answer")
  func notDecrypted() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let message = try handmade.sealToNode(try HandmadeRequest.innerRequest(body: Self.body)).encapsulatedRequest
    var answers: Set<[UInt8]> = []
    for length in [0, 1, 6, 7, 8, 600, 1_126, 1_127, 1_128, 1_142, 1_143, message.count - 1] {
      let answer = try await ask(handmade, Array(message.prefix(length)))
      #expect(answer.status == 400)
      answers.insert(answer.body)
    }
    for offset in [7, 8, 500, 1_095, 1_126, 1_127, 5_000, message.count - 17, message.count - 1] {
      var changed = message
      changed[offset] ^= 0x10
      let answer = try await ask(handmade, changed)
      #expect(answer.status == 400)
      answers.insert(answer.body)
    }
    let extended = try await ask(handmade, message + [0])
    #expect(extended.status == 400)
    answers.insert(extended.body)
    #expect(answers == [Array(#"{"code":"request-malformed"}"#.utf8)])
    #expect(try await ask(handmade, message).status == 200)
  }

  @Test(
    "node: decrypted request that is not of its closed form",
    arguments: [
      Case("unknown member", body: #"{"transcript":"","debug":true}"#),
      Case("duplicate member", body: #"{"transcript":"","transcript":""}"#),
      Case("missing member", body: #"{"reader":"Ada"}"#),
      Case("wrong type", body: #"{"transcript":7}"#),
      Case("reader of another type", body: #"{"transcript":"","reader":7}"#),
      Case("no JSON", body: "transcript"),
      Case("empty", body: ""),
      Case("transcript of another form", body: #"{"transcript":"hello"}"#),
      Case(
        "another field", fields: ["content-type": "application/json", "cookie": "a=b"], body: #"{"transcript":""}"#),
      Case("another content type", fields: ["content-type": "text/plain"], body: #"{"transcript":""}"#),
      Case("no content type", fields: FieldSection(), body: #"{"transcript":""}"#),
      Case("no binary HTTP", raw: Array(repeating: 0xFF, count: 8_192)),
      Case("empty plaintext", raw: []),
    ])
  func notOfItsForm(_ example: Case) async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let request =
      try example.raw
      ?? HandmadeRequest.innerRequest(fields: example.fields, body: Array(example.body.utf8))
    let answer = try await handmade.askNode(request, authorization: try await handmade.drawAuthorization())
    #expect(answer.statusCode == 400)
    #expect(answer.refusalCode == "request-malformed")
  }

  @Test(
    "node: decrypted request that expects 100-continue", arguments: [("GET", "/v1/models"), ("POST", "/v1/embeddings")])
  func expectation(method: String, path: String) async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let request = try HandmadeRequest.innerRequest(
      method: method, path: path, fields: ["content-type": "application/json", "expect": "100-continue"], body: [])
    let answer = try await handmade.askNode(request, authorization: try await handmade.drawAuthorization())
    #expect(answer.statusCode == 400)
    #expect(answer.refusalCode == "request-malformed")
  }

  /// One that did not pass its trial.
  private struct UntrustedEngine: Engine {
    let name = "untrusted"

    func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary { throw Self.refusal }

    func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
      throw Self.refusal
    }

    private static let refusal = InferenceError(InferenceError.engineKeepsState, "")
  }

  @Test("node: engine that keeps something of a request is the node's fault, not the request's")
  func untrustedEngine() async throws {
    var options = InMemoryDeployment.Options()
    options.engine = { _ in UntrustedEngine() }
    let handmade = try await HandmadeRequest(InMemoryDeployment.started(options))
    let answer = try await handmade.askNode(
      try HandmadeRequest.innerRequest(body: Self.body), authorization: try await handmade.drawAuthorization())
    #expect(answer.statusCode == 502)
    #expect(answer.refusalCode == "engine-keeps-state")
  }

  @Test("node: transcript whose sender is blanks behind a colon, in the time of its length")
  func endlessSender() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let transcript = "[2026-06-13 07:45] a:" + String(repeating: "\u{B}", count: 16_000) + "b: x\n"
    let request = try HandmadeRequest.innerRequest(
      body: HandmadeRequest.summarizeBody(transcript), requestClass: .large)
    let authorization = try await handmade.drawAuthorization()
    let start = ContinuousClock.now
    let answer = try await handmade.askNode(request, authorization: authorization)
    #expect(answer.refusalCode == "request-malformed")
    // A pass over the text for each blank took more than a minute.
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var fields: FieldSection?
    var body = ""
    var raw: [UInt8]?

    init(_ name: String, fields: FieldSection? = nil, body: String = "", raw: [UInt8]? = nil) {
      testDescription = name
      self.fields = fields
      self.body = body
      self.raw = raw
    }
  }

  @Test(
    "node: resource that it does not have",
    arguments: [("GET", "/v1/tasks/summarize"), ("POST", "/v1/audio/speech"), ("DELETE", "/v1/models"), ("POST", "/")])
  func unknownResource(method: String, path: String) async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let answer = try await handmade.askNode(
      try HandmadeRequest.innerRequest(method: method, path: path, body: Self.body),
      authorization: try await handmade.drawAuthorization())
    #expect(answer.statusCode == 404)
    #expect(answer.refusalCode == "request-unknown")
  }

  @Test("node: free chat, which its embedded engine cannot do")
  func engineCannot() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let body: JSONValue = ["model": "any", "messages": [["role": "user", "content": "hello"]]]
    let answer = try await handmade.askNode(
      try HandmadeRequest.innerRequest(path: "/v1/chat/completions", body: body.canonicalBytes),
      authorization: try await handmade.drawAuthorization())
    #expect(answer.statusCode == 422)
    #expect(answer.refusalCode == "engine-cannot")
  }

  @Test("node: message of another media type")
  func otherMediaType() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    var request = handmade.nodeRequest(
      try handmade.sealToNode(try HandmadeRequest.innerRequest(body: Self.body)).encapsulatedRequest)
    for fields in [[], [HTTPField("content-type", "application/json")]] {
      request.fields = fields
      #expect(try await handmade.send(request, to: DeploymentNames.node(0)).status == 415)
    }
  }
}
