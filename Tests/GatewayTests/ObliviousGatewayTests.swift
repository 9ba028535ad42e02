import BinaryHTTP
import Gateway
import HTTPMessages
import HybridPublicKeyEncryption
import ObliviousHTTP
import Testing

@Suite("The gateway resource of Oblivious HTTP")
struct ObliviousGatewayTests {
  private static func gateway(_ target: Target) -> ObliviousGateway {
    ObliviousGateway(target, contentLimit: 1 << 20, clock: SkippingClock())
  }

  private static let refusal = Array(#"{"code":"gateway-request-malformed"}"#.utf8)

  @Test(
    "every key configuration opens with every AEAD, in both forms", arguments: 0..<3,
    [AEADIdentifier.aes256GCM, .aes128GCM, .chaCha20Poly1305])
  func everySuite(key: Int, aead: AEADIdentifier) async throws {
    let gateway = Self.gateway(.echo)
    let request = Sealed.request(content: [1, 2, 3]).encoded()
    let sealed = try RequestSealer.seal(
      request, to: Sealed.keys[key].keyConfiguration, using: SymmetricAlgorithm(aead: aead))
    let message = sealed.encapsulatedRequest
    let opener = sealed.takeOpener()
    let answer = try await Sealed.askWhole(gateway, Sealed.message(.singleShot, ByteStream(message)))
    #expect(answer.field("content-type") == "message/ohttp-res")
    #expect(try BinaryHTTP.Response(decoding: opener.open(answer.body)).content == [1, 2, 3])

    let chunked = try Sealed.chunks([request], key: key, aead: aead)
    let chunkedAnswer = try await Sealed.askWhole(gateway, Sealed.message(.chunked, chunked.whole))
    #expect(chunkedAnswer.field("content-type") == "message/ohttp-chunked-res")
    #expect(chunkedAnswer.field("incremental") == "?1")
    #expect(try chunked.open(chunkedAnswer.body).content == [1, 2, 3])
  }

  @Test("the media type of a request is taken in any case, and refused with a parameter", arguments: OHTTPForm.allCases)
  func mediaTypeCase(form: OHTTPForm) async throws {
    let single = try RequestSealer.seal(Sealed.request().encoded(), to: Sealed.keys[1].keyConfiguration)
    let chunked = try Sealed.chunks([Sealed.request().encoded()])
    let body = form == .chunked ? chunked.whole : ByteStream(single.encapsulatedRequest)
    for (mediaType, status) in [
      (form.requestMediaType.uppercased(), 200), (form.requestMediaType + "; v=1", 415), (form.responseMediaType, 415),
    ] {
      var request = Sealed.message(form, body)
      request.fields = [HTTPField("content-type", mediaType)]
      #expect(try await Sealed.askWhole(Self.gateway(.echo), request).status == status)
    }
  }

  @Test("a chunked request that comes byte by byte is read as if it came at once")
  func dripFed() async throws {
    let request = Sealed.request().encoded(.indeterminateLength)
    let exchange = try Sealed.chunks([Array(request.prefix(9)), Array(request.dropFirst(9)), []])
    let (writer, body) = ByteStream.pipe()
    let bytes = Array(exchange.pieces.joined())
    async let writing: Void = {
      for byte in bytes { try await writer.write([byte]) }
      writer.finish()
    }()
    let answer = try await Sealed.askWhole(Self.gateway(.echo), Sealed.message(.chunked, body))
    try await writing
    #expect(try exchange.open(answer.body).content == Array("content".utf8))
  }

  @Test(
    "a request of the largest class as one final chunk is answered, and one chunk more than a request may be is not")
  func oneLongChunk() async throws {
    let gateway = ObliviousGateway(Target.echo, contentLimit: 600_000, clock: SkippingClock())
    for (count, status) in [(524_288, 200), (600_001, 400)] {
      let request = Sealed.request(content: [UInt8](repeating: 1, count: count)).encoded()
      var sealer = try ChunkedRequestSealer(
        to: Sealed.keys[1].keyConfiguration, maximumChunkByteCount: OHTTPChunk.largestMaximumByteCount)
      let body = ByteStream(try sealer.sealWhole(request))
      #expect(try await Sealed.askWhole(gateway, Sealed.message(.chunked, body)).status == status)
    }
  }

  @Test("a piece of the request reaches the target before the next is produced")
  func requestStreams() async throws {
    let (seen, seeing) = AsyncStream.makeStream(of: [UInt8].self)
    let target = Target { head, content in
      do {
        for try await piece in content { seeing.yield(piece) }
        return TargetAnswer(.whole(BinaryHTTP.Response(statusCode: 200)), shape: .whole(byteCount: 64))
      } catch {
        return TargetAnswer(.whole(BinaryHTTP.Response(statusCode: 502)), shape: .whole(byteCount: 64))
      }
    }
    let exchange = try Sealed.chunks([
      MessageSerializer.head(of: Sealed.request()), MessageSerializer.contentChunk([1, 1]),
      MessageSerializer.contentChunk([2, 2]), MessageSerializer.end(),
    ])
    let pieces = exchange.pieces
    let (writer, body) = ByteStream.pipe()
    async let asked = Sealed.askWhole(Self.gateway(target), Sealed.message(.chunked, body))
    var arrivals = seen.makeAsyncIterator()
    try await writer.write(pieces[0])
    try await writer.write(pieces[1])
    #expect(await arrivals.next() == [1, 1])
    try await writer.write(pieces[2])
    #expect(await arrivals.next() == [2, 2])
    try await writer.write(pieces[3])
    writer.finish()
    #expect(try exchange.open(try await asked.body).statusCode == 200)
  }

  @Test("truncated requests of both forms have one answer, whatever they are cut at")
  func truncated() async throws {
    let gateway = Self.gateway(.echo)
    let request = Sealed.request().encoded()
    let single = try RequestSealer.seal(request, to: Sealed.keys[1].keyConfiguration).encapsulatedRequest
    let chunked = Array(try Sealed.chunks([request, []]).pieces.joined())
    for (form, message) in [(OHTTPForm.singleShot, single), (.chunked, chunked)] {
      for length in 0..<message.count {
        let answer = try await Sealed.askWhole(
          gateway, Sealed.message(form, ByteStream(Array(message.prefix(length)))))
        #expect(answer.status == 400 && answer.body == Self.refusal)
      }
    }
  }

  @Test("one changed bit of a chunked request has the same answer, whichever it is")
  func changed() async throws {
    let gateway = Self.gateway(.echo)
    let message = Array(try Sealed.chunks([Sealed.request().encoded(), []]).pieces.joined())
    // The first seven bytes name key and algorithms.
    for offset in 7..<message.count {
      var changed = message
      changed[offset] ^= 1
      let answer = try await Sealed.askWhole(gateway, Sealed.message(.chunked, ByteStream(changed)))
      #expect(answer.status == 400 && answer.body == Self.refusal)
    }
  }

  @Test("an unknown key gets the ohttp-key problem, in both forms", arguments: OHTTPForm.allCases)
  func unknownKey(form: OHTTPForm) async throws {
    var message = Array(try Sealed.chunks([Sealed.request().encoded()]).pieces.joined())
    message[0] = 77
    let answer = try await Sealed.askWhole(Self.gateway(.echo), Sealed.message(form, ByteStream(message)))
    #expect(answer.status == 400)
    #expect(answer.field("content-type") == "application/problem+json")
    #expect(OHTTPProblem(mediaType: answer.field("content-type"), content: answer.body) == .keyUnknown)
  }

  @Test("a chunk that breaks after the first reached the target fails the content and is answered like the others")
  func brokenLater() async throws {
    let (endings, ending) = AsyncStream.makeStream(of: Bool.self)
    let target = Target { _, content in
      let isWhole = (try? await content.collect(byteLimit: 1_000)) != nil
      ending.yield(isWhole)
      return TargetAnswer(.whole(BinaryHTTP.Response(statusCode: 200)), shape: .whole(byteCount: 64))
    }
    var pieces = try Sealed.chunks([
      MessageSerializer.head(of: Sealed.request()), MessageSerializer.contentChunk([1]), MessageSerializer.end(),
    ]).pieces
    pieces[2][pieces[2].count - 1] ^= 1
    let (writer, body) = ByteStream.pipe()
    async let asked = Sealed.askWhole(Self.gateway(target), Sealed.message(.chunked, body))
    for piece in pieces { try await writer.write(piece) }
    writer.finish()
    let answer = try await asked
    #expect(answer.status == 400 && answer.body == Self.refusal)
    var results = endings.makeAsyncIterator()
    #expect(await results.next() == false)
  }

  @Test("Binary HTTP that is malformed is refused inside the encapsulation, wherever it breaks", arguments: [0, 1, 2])
  func malformed(place: Int) async throws {
    var plaintexts = [
      MessageSerializer.head(of: Sealed.request()), MessageSerializer.contentChunk([1]), MessageSerializer.end() + [0],
    ]
    // A framing indicator, a chunk's length and a byte of padding that none may be.
    plaintexts[place] =
      [[0x77], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], MessageSerializer.end() + [1]][place]
    for isWhole in [true, false] {
      let exchange = try Sealed.chunks(plaintexts)
      let pieces = exchange.pieces
      let (writer, body) = ByteStream.pipe(capacity: 1 << 20)
      for piece in pieces { try await writer.write(piece) }
      writer.finish()
      let answer = try await Sealed.askWhole(
        Self.gateway(.echo), Sealed.message(.chunked, isWhole ? exchange.whole : body))
      #expect(answer.status == 200)
      #expect(try exchange.open(answer.body).statusCode == 400)
    }
  }

  @Test("a target that answers without reading the content is heard once the request is whole")
  func answeredEarly() async throws {
    let target = Target { _, _ in
      TargetAnswer(.whole(BinaryHTTP.Response(statusCode: 404)), shape: .whole(byteCount: 64))
    }
    let content = [UInt8](repeating: 7, count: 16_000)
    let exchange = try Sealed.chunks(
      [MessageSerializer.head(of: Sealed.request())]
        + (0..<20).map { _ in MessageSerializer.contentChunk(content) } + [MessageSerializer.end()])
    let pieces = exchange.pieces
    let (writer, body) = ByteStream.pipe()
    async let asked = Sealed.askWhole(Self.gateway(target), Sealed.message(.chunked, body))
    for piece in pieces { try await writer.write(piece) }
    writer.finish()
    #expect(try exchange.open(try await asked.body).statusCode == 404)
  }

  @Test("a message of another media type is refused", arguments: ["text/html", "message/ohttp-res", ""])
  func otherMediaType(type: String) async throws {
    var request = Sealed.message(.chunked, ByteStream([1]))
    request.fields = [HTTPField("content-type", type)]
    let answer = try await Sealed.askWhole(Self.gateway(.echo), request)
    #expect(answer.status == 415 && answer.body == Self.refusal)
  }
}
