import BinaryHTTP
import Foundation
import HybridPublicKeyEncryption
import ObliviousHTTP
import Testing

// The code of docs/libraries.md, compiled and run here; a test holds the page against this file.

// example: message
func helloRequest() throws -> [UInt8] {
  let request = Request(
    method: "POST", scheme: "https", authority: "target.example", path: "/greet",
    headerFields: ["content-type": "text/plain"], content: Array("hello".utf8))
  try request.validate()
  // Zero bytes up to a size that many messages share.
  return try request.encoded(paddedTo: 1_024)
}

func greeting(_ message: [UInt8]) throws -> [UInt8] {
  let request = try Request(decoding: message, limits: Limits(contentByteCount: 65_536))
  let response = Response(statusCode: request.path == "/greet" ? 200 : 404, content: request.content)
  return response.encoded()
}
// end

// example: stream
/// Adds up a message's content without ever holding more of it than what just arrived.
struct ContentCounter {
  private var parser = MessageParser(.response, limits: Limits(contentByteCount: 1 << 30))
  private(set) var statusCode = 0
  private(set) var byteCount = 0
  private(set) var isWhole = false

  mutating func receive(_ bytes: [UInt8]) throws { take(try parser.receive(bytes)) }

  mutating func finish() throws { take(try parser.finish()) }

  private mutating func take(_ events: [MessageEvent]) {
    for event in events {
      switch event {
      case .statusCode(let code): statusCode = code
      case .content(let piece): byteCount += piece.count
      case .end: isWhole = true
      default: break
      }
    }
  }
}
// end

// example: client
func ask(
  _ request: [UInt8], keyList: [UInt8], send: ([UInt8]) throws -> [UInt8]
) throws -> Response {
  // Whoever serves the list chooses the key: the caller makes sure that it is everybody's.
  let configurations = try KeyConfiguration.decodeList(keyList)
  guard let configuration = configurations.first(where: { $0.publicKey.kem == .xWing }) else {
    throw OHTTPExampleError.noHybridKey
  }
  let sealed = try RequestSealer.seal(request, to: configuration, requiring: .xWing)
  let answer = try send(sealed.encapsulatedRequest)
  return try Response(decoding: sealed.takeOpener().open(answer))
}
// end

enum OHTTPExampleError: Error { case noHybridKey }

// example: gateway
actor ExampleGateway {
  private var rotation = GatewayKeyRotation(
    suites: [
      .init(kem: .xWing, symmetricAlgorithms: [SymmetricAlgorithm(aead: .aes256GCM)]),
      .init(kem: .x25519, symmetricAlgorithms: [SymmetricAlgorithm(aead: .aes128GCM)]),
    ],
    lifetime: .seconds(86_400), overlap: .seconds(7_200))
  private var replays = ReplayRecord(window: DateWindow(tolerance: .seconds(300)), capacity: 100_000)

  func keyList(at now: Date) throws -> [UInt8] {
    _ = try rotation.advance(to: now)
    return KeyConfiguration.encodeList(rotation.keyConfigurations)
  }

  /// The answer to one encapsulated request: status, media type and body.
  func answer(_ encapsulated: [UInt8], at now: Date) -> (status: Int, mediaType: String?, body: [UInt8]) {
    do {
      _ = try rotation.advance(to: now)
      let opened = try RequestOpener(keys: rotation.keys).open(encapsulated)
      let response = respond(to: opened.request, encapsulatedKey: opened.encapsulatedKey, at: now)
      return (200, OHTTPForm.singleShot.responseMediaType, try opened.takeSealer().seal(response.encoded()))
    } catch {
      guard error.code == OHTTPError.keyUnknown else { return (400, nil, []) }
      let problem = OHTTPProblem.keyUnknown
      return (problem.statusCode, OHTTPProblem.mediaType, problem.content)
    }
  }

  private func respond(to message: [UInt8], encapsulatedKey: [UInt8], at now: Date) -> Response {
    guard let request = try? Request(decoding: message) else { return Response(statusCode: 400) }
    let verdict = replays.admit(encapsulatedKey, date: request.headerFields["date"], at: now)
    if case .refused(let refusal) = verdict { return refusal.response(at: now) }
    return Response(statusCode: 200, content: request.content)
  }
}
// end

// example: chunked
func askInChunks(
  _ pieces: [[UInt8]], to configuration: KeyConfiguration, send: ([[UInt8]]) throws -> [[UInt8]]
) throws -> [UInt8] {
  var sealer = try ChunkedRequestSealer(to: configuration)
  var sent: [[UInt8]] = []
  for piece in pieces { sent.append(try sealer.sealChunk(piece, isFinal: false)) }
  sent.append(try sealer.sealChunk([], isFinal: true))

  var opener = try sealer.takeOpener()
  var answer: [UInt8] = []
  for bytes in try send(sent) {
    // Bytes may come in any pieces; each chunk is there as soon as its last byte is.
    for chunk in try opener.feed(bytes) { answer += chunk }
  }
  // Without the final chunk the message was cut off, however good the chunks before it were.
  return answer + (try opener.finish())
}

func answerInChunks(_ received: [[UInt8]], keys: [GatewayKey], pieces: [[UInt8]]) throws -> [[UInt8]] {
  var opener = ChunkedRequestOpener(keys: keys)
  for bytes in received { _ = try opener.feed(bytes) }
  var sealer = try opener.finish().takeSealer()
  var sent: [[UInt8]] = []
  for piece in pieces { sent.append(try sealer.sealChunk(piece, isFinal: false)) }
  sent.append(try sealer.sealChunk([], isFinal: true))
  return sent
}
// end

@Suite("the examples of docs/libraries.md")
struct LibraryExampleTests {
  @Test("a message is padded, decoded and answered")
  func message() throws {
    let request = try helloRequest()
    #expect(request.count == 1_024)
    #expect(try Response(decoding: greeting(request)).content == Array("hello".utf8))
  }

  @Test("content is counted as it comes")
  func stream() throws {
    var counter = ContentCounter()
    try counter.receive(MessageSerializer.head(of: Response(statusCode: 200)))
    for _ in 0..<100 { try counter.receive(MessageSerializer.contentChunk([UInt8](repeating: 1, count: 1_000))) }
    #expect(counter.byteCount == 100_000 && !counter.isWhole)
    try counter.receive(MessageSerializer.end())
    try counter.finish()
    #expect(counter.statusCode == 200 && counter.isWhole)
  }

  @Test("client and gateway agree, in both forms")
  func exchange() async throws {
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let gateway = ExampleGateway()
    let list = try await gateway.keyList(at: now)
    let request = Request(
      method: "POST", scheme: "https", authority: "target.example", path: "/",
      headerFields: ["date": HTTPDate.text(now)], content: [7])
    let configuration = try #require(try KeyConfiguration.decodeList(list).first)
    let sealed = try RequestSealer.seal(request.encoded(), to: configuration)
    let answer = await gateway.answer(sealed.encapsulatedRequest, at: now)
    #expect(try Response(decoding: sealed.takeOpener().open(answer.body)).content == [7])
    let unknown = await gateway.answer([99] + [UInt8](repeating: 0, count: 60), at: now)
    #expect(unknown.status == 400 && unknown.body == OHTTPProblem.keyUnknown.content)

    let key = try Suite(kem: .xWing, aead: .aes256GCM).gatewayKey()
    let single = try ask([1, 2], keyList: KeyConfiguration.encodeList([key.keyConfiguration])) { message in
      let opened = try RequestOpener(keys: [key]).open(message)
      let response = Response(statusCode: 200, content: opened.request)
      return try opened.takeSealer().seal(response.encoded())
    }
    #expect(single.content == [1, 2])
    let chunks = try askInChunks([[1], [2]], to: key.keyConfiguration) { sent in
      try answerInChunks(sent, keys: [key], pieces: [[3], [4, 5]])
    }
    #expect(chunks == [3, 4, 5])
  }

  @Test("the page shows exactly this code")
  func page() throws {
    let file = URL(fileURLWithPath: #filePath)
    let root = file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("docs/libraries.md"), encoding: .utf8)
    let source = try String(contentsOf: file, encoding: .utf8)
    let examples = source.components(separatedBy: "\n// example: ").dropFirst().map { text in
      text.components(separatedBy: "\n// end")[0].split(separator: "\n", maxSplits: 1)[1]
    }
    #expect(examples.count == 5)
    for example in examples { #expect(page.contains("```swift\n\(example)\n```")) }
    #expect(page.components(separatedBy: "```swift\n").count == 1 + examples.count)
  }
}
