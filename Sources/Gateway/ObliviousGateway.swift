import BinaryHTTP
package import HTTPMessages
package import ObliviousHTTP
import PartyHosting

/// The gateway resource of Oblivious HTTP: opens encapsulated requests of both forms, has a target answer them, and
/// seals the answers. Nothing is kept of a request, and requests share nothing.
///
/// Whatever does not open has one answer, in clear; whatever opened is answered inside the encapsulation, refusals in
/// the shape of successes.
package struct ObliviousGateway: Sendable {
  private let target: any EncapsulatedTarget
  private let clock: any Clock<Duration>
  private let limits: Limits
  private let maximumChunkByteCount: Int

  /// - Parameters:
  ///   - contentLimit: the largest content of a decrypted request, and the longest chunk of one, in bytes. No chunk is kept
  ///     that the limit of the body does not bound.
  ///   - clock: keeps the cadence of refusals.
  package init(_ target: any EncapsulatedTarget, contentLimit: Int, clock: any Clock<Duration>) {
    self.target = target
    self.clock = clock
    limits = Limits(contentByteCount: contentLimit)
    maximumChunkByteCount = max(contentLimit, OHTTPChunk.defaultMaximumByteCount)
  }

  package func respond(to request: StreamedRequest, keys: [GatewayKey], _ answer: any ResponseWriter) async {
    do {
      let mediaType = request.field("content-type")
      if OHTTPForm.chunked.requestMediaType.isMediaType(mediaType) {
        try await answerChunks(request, keys, answer)
      } else if OHTTPForm.singleShot.requestMediaType.isMediaType(mediaType) {
        try await answerWhole(request, keys, answer)
      } else {
        try await answer.send(.refusal(GatewayError.requestMalformed, status: 415))
      }
    } catch {
      // A writer that throws has lost its reader; there is nobody to tell.
      try? await answer.send(Self.clearAnswer(error))
    }
  }

  /// What is answered where nothing was opened.
  private static func clearAnswer(_ error: any Error) -> WholeResponse {
    switch error {
    case let error as OHTTPError where error.code == OHTTPError.keyUnknown:
      WholeResponse(
        status: OHTTPProblem.keyUnknown.statusCode, contentType: OHTTPProblem.mediaType,
        body: OHTTPProblem.keyUnknown.content)
    case let error as HTTPExchangeError where error.code == HTTPExchangeError.bodyTooLarge: .requestTooLarge
    case is HTTPExchangeError: .refusal(HTTPExchangeError.interrupted, status: 400)
    default: .refusal(GatewayError.requestMalformed, status: 400)
    }
  }

  // MARK: Single-shot

  private func answerWhole(
    _ request: StreamedRequest, _ keys: [GatewayKey], _ answer: any ResponseWriter
  ) async throws {
    let opened = try RequestOpener(keys: keys).open(try await request.body.collect(byteLimit: .max))
    observe { $0.opened = .outer }
    let plaintext = opened.request
    let sealer = opened.takeSealer()
    let block = await self.answer(to: plaintext).whole()
    try await answer.send(
      WholeResponse(contentType: OHTTPForm.singleShot.responseMediaType, body: try sealer.seal(block)))
  }

  private func answer(to plaintext: [UInt8]) async -> TargetAnswer {
    guard let request = try? BinaryHTTP.Request(decoding: plaintext, limits: limits) else {
      return target.refuseMalformed(nil, .singleShot)
    }
    let controlData = RequestControlData(
      method: request.method, scheme: request.scheme, authority: request.authority, path: request.path)
    return await target.respond(
      to: DecryptedHead(controlData: controlData, fields: request.headerFields, form: .singleShot),
      content: ByteStream(request.content))
  }

  // MARK: Chunked

  private func answerChunks(
    _ request: StreamedRequest, _ keys: [GatewayKey], _ answer: any ResponseWriter
  ) async throws {
    let reader = ChunkedRequestReader(keys: keys, limits: limits, maximumChunkByteCount: maximumChunkByteCount)
    var body = RequestBody(request.body)
    var content: [[UInt8]] = []
    while reader.message.head == nil || reader.message.isMalformed || body.isWhole, let piece = try await body.next() {
      content += try reader.feed(piece)
    }
    observe { $0.opened = .outer }
    if body.isEnded {
      let finished = try reader.finish()
      content += finished.lastContent
      return await self.answer(finished, content: consume content, answer)
    }
    guard let head = reader.message.head else { return }
    let (writer, stream) = ByteStream.pipe()
    async let pending = self.answer(to: head, stream, closing: writer)
    let finished = try await Self.pass(&body, through: reader, first: content, to: writer)
    let isMalformed = finished.isMalformed
    let sealer = finished.takeSealer()
    let answered = await pending
    let given = isMalformed ? target.refuseMalformed(head, .chunked) : answered
    await ChunkedAnswer(given, clock: clock).send(sealer, to: answer)
  }

  /// Answers a request that is whole. An answer may take minutes: nothing of the request outlives its handing over.
  private func answer(
    _ finished: consuming FinishedRequest, content: consuming [[UInt8]], _ answer: any ResponseWriter
  ) async {
    let (head, isMalformed) = (finished.head, finished.isMalformed)
    let sealer = finished.takeSealer()
    let whole = ByteStream((consume content).concatenated)
    let answered: TargetAnswer
    if let head, !isMalformed {
      answered = await target.respond(to: head, content: consume whole)
    } else {
      answered = target.refuseMalformed(head, .chunked)
    }
    await ChunkedAnswer(answered, clock: clock).send(sealer, to: answer)
  }

  private func answer(
    to head: DecryptedHead, _ content: ByteStream, closing writer: ByteStreamWriter
  ) async -> TargetAnswer {
    // Nobody reads content once there is an answer, so that whoever writes it must not wait for a reader.
    defer { writer.fail(.notWhole) }
    return await target.respond(to: head, content: content)
  }

  /// Passes the content on while it arrives, and reads on where nobody wants it: the answer is sealed by what comes last.
  private static func pass(
    _ body: inout RequestBody, through reader: ChunkedRequestReader, first: [[UInt8]],
    to writer: ByteStreamWriter
  ) async throws -> FinishedRequest {
    do {
      for piece in first { try? await writer.write(piece) }
      while let bytes = try await body.next() {
        for piece in try reader.feed(bytes) { try? await writer.write(piece) }
      }
      let finished = try reader.finish()
      for piece in finished.lastContent { try? await writer.write(piece) }
      if finished.isMalformed { writer.fail(.notWhole) } else { writer.finish() }
      return finished
    } catch {
      writer.fail(.notWhole)
      throw error
    }
  }
}

/// The body of a request, and whether its end was reached.
private struct RequestBody {
  private var pieces: ByteStream.Iterator
  /// Every piece is there, so that nothing is gained by passing the first one on.
  let isWhole: Bool
  private(set) var isEnded = false

  init(_ body: ByteStream) {
    pieces = body.makeAsyncIterator()
    isWhole = body.whole != nil
  }

  mutating func next() async throws(HTTPExchangeError) -> [UInt8]? {
    guard !isEnded else { return nil }
    let piece = try await pieces.next()
    isEnded = piece == nil
    return piece
  }
}

extension HTTPExchangeError {
  fileprivate static let notWhole = HTTPExchangeError(interrupted, "the decrypted request is not whole")
}

extension [[UInt8]] {
  /// Copied by the piece: `joined` copies byte by byte.
  fileprivate var concatenated: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(reduce(0) { $0 + $1.count })
    for piece in self { bytes += piece }
    return bytes
  }
}
