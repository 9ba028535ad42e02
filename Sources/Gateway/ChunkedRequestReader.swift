package import BinaryHTTP
package import ObliviousHTTP

/// Opens a chunked request and reads the Binary HTTP in it as its bytes arrive.
///
/// A reference, so that whoever waits for the answer does not hold the room that reading took.
package final class ChunkedRequestReader {
  private var opener: ChunkedRequestOpener
  package private(set) var message: RequestReading

  /// - Parameter maximumChunkByteCount: a client may seal its whole request as one chunk.
  package init(keys: [GatewayKey], limits: Limits, maximumChunkByteCount: Int) {
    opener = ChunkedRequestOpener(keys: keys, maximumChunkByteCount: maximumChunkByteCount)
    message = RequestReading(limits: limits)
  }

  /// The content in the chunks that `bytes`, which are untrusted, complete.
  /// - Throws: as `ChunkedRequestOpener.feed`.
  package func feed(_ bytes: [UInt8]) throws(OHTTPError) -> [[UInt8]] {
    var content: [[UInt8]] = []
    for chunk in try opener.feed(bytes) { content += message.read(chunk) }
    return content
  }

  /// The end of the request: nothing can be fed after it.
  /// - Throws: as `ChunkedRequestOpener.finish`.
  package func finish() throws(OHTTPError) -> FinishedRequest {
    let finished = try exchange(&opener, with: ChunkedRequestOpener(keys: [])).finish()
    let content = message.read(finished.finalChunk) + message.finish()
    return FinishedRequest(
      head: message.head, isMalformed: message.isMalformed, lastContent: content, sealer: finished.takeSealer())
  }
}

/// A request that was whole, and the means to seal its answer.
package struct FinishedRequest: ~Copyable {
  /// Nil where it could not be read.
  package let head: DecryptedHead?
  package let isMalformed: Bool
  /// Content that came with the final chunk.
  package let lastContent: [[UInt8]]
  private let sealer: ChunkedResponseSealer

  init(
    head: DecryptedHead?, isMalformed: Bool, lastContent: [[UInt8]], sealer: consuming ChunkedResponseSealer
  ) {
    self.head = head
    self.isMalformed = isMalformed
    self.lastContent = lastContent
    self.sealer = sealer
  }

  consuming func takeSealer() -> ChunkedResponseSealer { sealer }
}

/// A decrypted request as its plaintext arrives.
///
/// What is malformed is remembered and not thrown: the refusal is sealed, and only the end of the request gives what
/// seals it.
package struct RequestReading: Sendable {
  private var parser: MessageParser
  private var controlData: RequestControlData?
  /// Nil until the header section is whole.
  package private(set) var head: DecryptedHead?
  package private(set) var isMalformed = false

  init(limits: Limits) { parser = MessageParser(.request, limits: limits) }

  /// The content in the next bytes.
  mutating func read(_ bytes: [UInt8]) -> [[UInt8]] {
    taking { (parser) throws(BinaryHTTPError) in try parser.receive(bytes) }
  }

  /// No more bytes come. Content that was cut off is malformed too.
  mutating func finish() -> [[UInt8]] {
    let content = taking { (parser) throws(BinaryHTTPError) in try parser.finish() }
    if head == nil { isMalformed = true }
    return content
  }

  private mutating func taking(
    _ events: (inout MessageParser) throws(BinaryHTTPError) -> [MessageEvent]
  ) -> [[UInt8]] {
    guard !isMalformed else { return [] }
    var content: [[UInt8]] = []
    do {
      for event in try events(&parser) {
        switch event {
        case .requestControlData(let data): controlData = data
        case .headerFields(let fields):
          if let controlData { head = DecryptedHead(controlData: controlData, fields: fields, form: .chunked) }
        case .content(let piece): content.append(Array(piece))
        case .informational, .statusCode, .trailerFields, .end: break
        }
      }
    } catch {
      isMalformed = true
    }
    return content
  }
}
