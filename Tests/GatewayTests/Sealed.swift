import BinaryHTTP
import Gateway
import HTTPMessages
import HybridPublicKeyEncryption
import ObliviousHTTP
import Synchronization
import TestSupport
import Testing

/// A client of the gateway resource, by hand.
struct Sealed {
  /// X-Wing, X25519 and P-256.
  static let keys = [KEMIdentifier.xWing, .x25519, .p256].enumerated().compactMap { index, kem in
    try? GatewayKey(
      keyIdentifier: UInt8(index + 1), privateKey: .generate(kem), symmetricAlgorithms: algorithms)
  }

  static let algorithms = [AEADIdentifier.aes256GCM, .aes128GCM, .chaCha20Poly1305].map { SymmetricAlgorithm(aead: $0) }

  static func request(
    path: String = "/nodes/a", fields: FieldSection = [:], content: [UInt8] = Array("content".utf8)
  ) -> BinaryHTTP.Request {
    BinaryHTTP.Request(
      method: "POST", scheme: "https", authority: "cloister.test", path: path, headerFields: fields, content: content)
  }

  /// A chunked request sealed in these chunks, the last of them final.
  static func chunks(
    _ plaintexts: [[UInt8]], key: Int = 1, aead: AEADIdentifier? = nil
  ) throws -> ChunkedExchange {
    var sealer = try ChunkedRequestSealer(
      to: keys[key].keyConfiguration, using: aead.map { SymmetricAlgorithm(aead: $0) })
    var pieces: [[UInt8]] = []
    for (index, plaintext) in plaintexts.enumerated() {
      pieces.append(try sealer.sealChunk(plaintext, isFinal: index == plaintexts.count - 1))
    }
    return ChunkedExchange(pieces: pieces, opener: try sealer.takeOpener())
  }

  /// Asks the gateway, and gives its answer while it is being made.
  static func ask(_ gateway: ObliviousGateway, _ request: StreamedRequest) async throws -> StreamedResponse {
    try await StreamedAnswer { await gateway.respond(to: request, keys: keys, $0) }.response()
  }

  static func askWhole(_ gateway: ObliviousGateway, _ request: StreamedRequest) async throws -> WholeResponse {
    let response = try await ask(gateway, request)
    return WholeResponse(
      status: response.status, fields: response.fields, body: try await response.body.collect(byteLimit: 1 << 22))
  }

  static func message(_ form: OHTTPForm, _ body: ByteStream) -> StreamedRequest {
    StreamedRequest(
      method: "POST", path: "/.well-known/ohttp-gateway",
      fields: [HTTPField("content-type", form.requestMediaType)], body: body)
  }
}

/// A sealed request, and what opens its answer.
struct ChunkedExchange: ~Copyable {
  let pieces: [[UInt8]]
  private var opener: ChunkedResponseOpener

  init(pieces: [[UInt8]], opener: consuming ChunkedResponseOpener) {
    self.pieces = pieces
    self.opener = opener
  }

  var whole: ByteStream { ByteStream(Array(pieces.joined())) }

  mutating func feed(_ bytes: [UInt8]) throws -> [[UInt8]] { try opener.feed(bytes) }

  consuming func finish() throws -> [UInt8] { try opener.finish() }

  /// The answer, which must be whole.
  consuming func open(_ body: [UInt8]) throws -> BinaryHTTP.Response {
    let chunks = try opener.feed(body)
    return try BinaryHTTP.Response(decoding: Array(chunks.joined()) + opener.finish())
  }
}

/// A target made of a closure.
struct Target: EncapsulatedTarget {
  let answer: @Sendable (DecryptedHead, ByteStream) async -> TargetAnswer

  func respond(to head: DecryptedHead, content: ByteStream) async -> TargetAnswer { await answer(head, content) }

  func refuseMalformed(_ head: DecryptedHead?, _ form: OHTTPForm) -> TargetAnswer {
    TargetAnswer(.whole(BinaryHTTP.Response(statusCode: 400)), shape: .whole(byteCount: 64))
  }

  /// Sends the content back.
  static let echo = Target { _, content in
    guard let bytes = try? await content.collect(byteLimit: 1 << 20) else {
      return TargetAnswer(.whole(BinaryHTTP.Response(statusCode: 502)), shape: .whole(byteCount: 64))
    }
    return TargetAnswer(
      .whole(BinaryHTTP.Response(statusCode: 200, content: bytes)), shape: .whole(byteCount: bytes.count + 64))
  }
}

/// A clock whose sleeps take no time and are written down.
final class SkippingClock: Clock {
  typealias Duration = Swift.Duration

  struct Instant: InstantProtocol {
    let offset: Swift.Duration

    func advanced(by duration: Swift.Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private let time = Mutex(Instant(offset: .zero))

  var now: Instant { time.withLock { $0 } }
  let minimumResolution = Swift.Duration.nanoseconds(1)

  func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
    try Task.checkCancellation()
    time.withLock { $0 = max($0, deadline) }
  }
}
