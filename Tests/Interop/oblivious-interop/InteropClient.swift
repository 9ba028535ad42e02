import AsyncHTTPClient
import BinaryHTTP
import HybridPublicKeyEncryption
import NIOCore
import NIOHTTP1
import ObliviousHTTP

/// A claim about a stranger's gateway that does not hold.
struct ClaimFailure: Error, CustomStringConvertible {
  let description: String
}

/// Asks a stranger's gateway in every key configuration, AEAD and form that it offers.
actor InteropClient {
  private let gateway: String
  private let target: String
  private let client = HTTPClient.shared
  private var claimCount = 0

  /// - Parameters:
  ///   - gateway: the gateway itself, for its keys and its control.
  ///   - target: where requests go: the gateway's resource, or a relay's.
  init(gateway: String, target: String) {
    self.gateway = gateway
    self.target = target
  }

  func run() async throws -> Int {
    let list = try await send("GET", gateway + "/.well-known/ohttp-gateway", nil)
    let configurations = try KeyConfiguration.decodeList(list.content)
    try claim(Set(configurations.map(\.publicKey.kem)) == Set(KEMIdentifier.allCases), "the gateway offers every KEM")
    for configuration in configurations {
      for algorithm in configuration.symmetricAlgorithms {
        try await singleShot(configuration, algorithm)
        try await chunked(configuration, algorithm)
        print("  \(configuration.publicKey.kem) with \(algorithm.aead): requests and responses pass in both forms")
      }
    }
    try await refusals(configurations[0])
    try await responseStream(configurations[0])
    try await requestStream(configurations[0])
    return claimCount
  }

  private func claim(_ holds: Bool, _ what: String) throws {
    guard holds else { throw ClaimFailure(description: "does not hold: \(what)") }
    claimCount += 1
  }

  private func request(_ path: String, byteCount: Int) -> Request {
    Request(
      method: "POST", scheme: "https", authority: "target.example", path: path,
      headerFields: ["content-type": "text/plain"],
      content: (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 * 7) })
  }

  private func check(_ response: Response, echoes request: Request) throws {
    try claim(response.statusCode == 200, "echo: status inside is \(response.statusCode)")
    try claim(response.content == request.content, "echo of \(request.content.count) bytes")
    try claim(response.informational.map(\.statusCode) == [103], "an informational response comes along")
    try claim(response.trailerFields == ["t": "1"], "trailers come along")
  }

  private func singleShot(_ configuration: KeyConfiguration, _ algorithm: SymmetricAlgorithm) async throws {
    for (byteCount, framing) in [(0, Framing.knownLength), (5_000, .indeterminateLength), (70_000, .knownLength)] {
      let request = request("/echo", byteCount: byteCount)
      let sealed = try RequestSealer.seal(request.encoded(framing), to: configuration, using: algorithm)
      let answer = try await send("POST", target, .bytes(sealed.encapsulatedRequest))
      try claim(answer.status == 200, "single-shot: status outside is \(answer.status)")
      try claim(answer.mediaType == OHTTPForm.singleShot.responseMediaType, "single-shot: media type")
      try check(Response(decoding: sealed.takeOpener().open(answer.content)), echoes: request)
    }
  }

  private func chunked(_ configuration: KeyConfiguration, _ algorithm: SymmetricAlgorithm) async throws {
    for byteCount in [0, 5_000, 70_000] {
      let request = request("/echo", byteCount: byteCount)
      let message = request.encoded(.indeterminateLength)
      var sealer = try ChunkedRequestSealer(to: configuration, using: algorithm)
      var body = ByteBuffer()
      for start in stride(from: 0, to: message.count, by: 3_000) {
        body.writeBytes(try sealer.sealChunk(Array(message[start..<min(start + 3_000, message.count)]), isFinal: false))
      }
      body.writeBytes(try sealer.sealChunk([], isFinal: true))
      let answer = try await send("POST", target, .bytes(body), form: .chunked)
      try claim(answer.status == 200, "chunked: status outside is \(answer.status)")
      try claim(answer.mediaType == OHTTPForm.chunked.responseMediaType, "chunked: media type")
      var opener = try sealer.takeOpener()
      let chunks = try opener.feed(answer.content) + [opener.finish()]
      try check(Response(decoding: Array(chunks.joined())), echoes: request)
    }
  }

  private func refusals(_ configuration: KeyConfiguration) async throws {
    let dated = try RequestSealer.seal(request("/dated", byteCount: 1).encoded(), to: configuration)
    let answer = try await send("POST", target, .bytes(dated.encapsulatedRequest))
    let response = try Response(decoding: dated.takeOpener().open(answer.content))
    let problem = OHTTPProblem(mediaType: response.headerFields["content-type"], content: response.content)
    try claim(problem == .dateNotAcceptable, "a refused date is understood")
    try claim(response.headerFields["date"] != nil, "a refused date comes with the gateway's")
    let message = try RequestSealer.seal([1], to: configuration).encapsulatedRequest
    let unknown = try await send("POST", target, .bytes([message[0] ^ 0x80] + message.dropFirst()))
    try claim(
      OHTTPProblem(mediaType: unknown.mediaType, content: unknown.content) == .keyUnknown,
      "an unknown key is understood")
    let damaged = try await send("POST", target, .bytes(message.dropLast() + [message[message.count - 1] ^ 1]))
    try claim(damaged.status == 400, "a damaged request is refused")
    print("  refusals of dates, keys and damaged requests are understood")
  }

  /// The gateway holds the second piece back until told otherwise.
  private func responseStream(_ configuration: KeyConfiguration) async throws {
    var sealer = try ChunkedRequestSealer(to: configuration)
    let body = try sealer.sealChunk(request("/steps", byteCount: 0).encoded(), isFinal: true)
    let response = try await client.execute(post(.bytes(body), .chunked), timeout: .seconds(20))
    var opener = try sealer.takeOpener()
    var parser = MessageParser(.response)
    var content: [UInt8] = []
    var isReleased = false
    for try await buffer in response.body {
      for chunk in try opener.feed(buffer.readableBytesView) {
        for case .content(let piece) in try parser.receive(chunk) { content += piece }
      }
      guard content.elementsEqual("first".utf8), !isReleased else { continue }
      isReleased = true
      _ = try await send("POST", gateway + "/control/release", .bytes([]))
    }
    try claim(isReleased, "the first chunk of a response arrives before the second is made")
    for case .content(let piece) in try parser.receive(opener.finish()) + parser.finish() { content += piece }
    try claim(content.elementsEqual("first second third".utf8), "the rest of the stream follows")
    print("  the first chunk of a response arrives before the second is made")
  }

  /// The gateway says that it has the first chunk; only then is the second one sent.
  private func requestStream(_ configuration: KeyConfiguration) async throws {
    _ = try await send("POST", gateway + "/control/forget", .bytes([]))
    let request = request("/echo", byteCount: 4_000)
    let message = request.encoded()
    var sealer = try ChunkedRequestSealer(to: configuration)
    let pieces = [
      try sealer.sealChunk(Array(message[..<2_000]), isFinal: false),
      try sealer.sealChunk(Array(message[2_000...]), isFinal: true),
    ]
    let (body, source) = AsyncStream.makeStream(of: ByteBuffer.self)
    source.yield(ByteBuffer(bytes: pieces[0]))
    async let answer = send("POST", target, .stream(body, length: .unknown), form: .chunked)
    let received = try await send("GET", gateway + "/control/received", nil)
    source.yield(ByteBuffer(bytes: pieces[1]))
    source.finish()
    try claim(received.status == 200, "the first chunk of a request arrives before the second is sent")
    let content = try await answer.content
    var opener = try sealer.takeOpener()
    let chunks = try opener.feed(content) + [opener.finish()]
    try check(Response(decoding: Array(chunks.joined())), echoes: request)
    print("  the first chunk of a request arrives before the second is sent")
  }

  private struct Answer: Sendable {
    let status: UInt
    let mediaType: String?
    let content: [UInt8]
  }

  private func post(_ body: HTTPClientRequest.Body, _ form: OHTTPForm) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: target)
    request.method = .POST
    request.headers.add(name: "content-type", value: form.requestMediaType)
    if form == .chunked {
      request.headers.add(name: OHTTPForm.incrementalFieldName, value: OHTTPForm.incrementalFieldValue)
    }
    request.body = body
    return request
  }

  private func send(
    _ method: String, _ url: String, _ body: HTTPClientRequest.Body?, form: OHTTPForm = .singleShot
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url)
    if let body { request = post(body, form) }
    request.url = url
    request.method = HTTPMethod(rawValue: method)
    let response = try await client.execute(request, timeout: .seconds(20))
    var content: [UInt8] = []
    for try await buffer in response.body { content += buffer.readableBytesView }
    return Answer(
      status: response.status.code, mediaType: response.headers.first(name: "content-type"), content: content)
  }
}
