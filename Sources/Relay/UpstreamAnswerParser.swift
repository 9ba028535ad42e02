package import NIOCore

/// Reads the answers of an HTTP/1.1 connection (RFC 9112), piece by piece as they come. Bodies are handed over as they
/// are read; only heads and lines are collected.
///
/// Strict: lines end in CRLF, no field is folded, an answer has one length, and what could be read in two ways is
/// refused.
package struct UpstreamAnswerParser {
  package enum Event: Equatable {
    case head(UpstreamAnswer)
    case body(ByteBuffer)
    case end
  }

  package struct Malformed: Error, Equatable {
    package init() {}
  }

  /// The largest head, and the largest trailer section, in bytes.
  package static let headByteLimit = 16_384
  private static let chunkLineByteLimit = 256

  private enum State {
    /// No answer is expected.
    case idle
    case head
    case fixed(Int)
    case chunkLine
    case chunk(Int)
    case chunkEnd
    case trailers
    case untilClosed
    /// The end is to be handed over.
    case end
  }

  private var state = State.idle
  private var received = ByteBuffer()
  /// How far the end of the head was looked for.
  private var searched = 0
  private var trailerByteCount = 0
  /// Whether the connection may carry another exchange after this answer.
  package private(set) var staysOpen = false

  package init() {}

  /// The next bytes are the answer to a request.
  package mutating func begin() {
    state = .head
    staysOpen = false
    searched = 0
  }

  package mutating func feed(_ bytes: ByteBuffer) {
    if received.readableBytes == 0 { received = bytes } else { received.writeImmutableBuffer(bytes) }
  }

  package var hasBytes: Bool { received.readableBytes > 0 }

  /// Whether the body under way ends where the connection does.
  package var endsWithConnection: Bool { if case .untilClosed = state { true } else { false } }

  /// What comes next; nil where more bytes are needed.
  package mutating func next() throws(Malformed) -> Event? {
    while true {
      switch state {
      case .idle: return nil
      case .head:
        guard let answer = try readHead() else { return nil }
        if let answer { return .head(answer) }
      case .fixed(let left):
        guard let body = readBody(atMost: left) else { return nil }
        state = left == body.readableBytes ? .end : .fixed(left - body.readableBytes)
        return .body(body)
      case .chunkLine:
        guard let count = try readChunkLine() else { return nil }
        trailerByteCount = 0
        state = count == 0 ? .trailers : .chunk(count)
      case .chunk(let left):
        guard let body = readBody(atMost: left) else { return nil }
        state = left == body.readableBytes ? .chunkEnd : .chunk(left - body.readableBytes)
        return .body(body)
      case .chunkEnd:
        guard let line = try readLine(limit: 0) else { return nil }
        guard line.readableBytes == 0 else { throw Malformed() }
        state = .chunkLine
      case .trailers:
        guard let line = try readLine(limit: Self.headByteLimit - trailerByteCount) else { return nil }
        trailerByteCount += line.readableBytes
        if line.readableBytes == 0 { state = .end }
      case .untilClosed: return readBody(atMost: .max).map { .body($0) }
      case .end:
        state = .idle
        return .end
      }
    }
  }

  private mutating func readBody(atMost count: Int) -> ByteBuffer? {
    let length = min(count, received.readableBytes)
    return length == 0 ? nil : received.readSlice(length: length)
  }

  // MARK: Heads

  /// Nil where more bytes are needed; the inner nil for an interim answer, which is dropped.
  private mutating func readHead() throws(Malformed) -> UpstreamAnswer?? {
    guard let length = endOfHead() else {
      guard received.readableBytes <= Self.headByteLimit else { throw Malformed() }
      return nil
    }
    guard length <= Self.headByteLimit, let bytes = received.readBytes(length: length) else { throw Malformed() }
    searched = 0
    let head = try UpstreamHead(parsing: bytes[...])
    if (100..<200).contains(head.status) {
      // The relay asked for no other protocol.
      guard head.status != 101 else { throw Malformed() }
      return .some(nil)
    }
    staysOpen = head.staysOpen
    switch head.framing {
    case .none: state = .end
    case .fixed(let count): state = count == 0 ? .end : .fixed(count)
    case .chunked: state = .chunkLine
    case .untilClosed:
      staysOpen = false
      state = .untilClosed
    }
    return UpstreamAnswer(status: head.status, mediaType: head.mediaType, byteCount: head.byteCount)
  }

  /// The head's length with its empty line, where that is there.
  private mutating func endOfHead() -> Int? {
    let start = max(0, searched - 3)
    searched = received.readableBytes
    return received.withUnsafeReadableBytes { bytes in
      var index = start
      while index + 3 < bytes.count {
        if bytes[index] == 0x0D, bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D, bytes[index + 3] == 0x0A {
          return index + 4
        }
        index += 1
      }
      return nil
    }
  }

  // MARK: Lines of chunks and trailers

  private mutating func readChunkLine() throws(Malformed) -> Int? {
    guard let line = try readLine(limit: Self.chunkLineByteLimit) else { return nil }
    var count = 0
    var digits = 0
    for byte in line.readableBytesView {
      // An extension says nothing to a relay.
      if byte == UInt8(ascii: ";") { break }
      guard let digit = Self.hexadecimalValue(byte), digits < 8 else { throw Malformed() }
      count = count << 4 | digit
      digits += 1
    }
    guard digits > 0 else { throw Malformed() }
    return count
  }

  private static func hexadecimalValue(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// A line without its CRLF; nil where more bytes are needed.
  private mutating func readLine(limit: Int) throws(Malformed) -> ByteBuffer? {
    let view = received.readableBytesView
    guard let end = view.firstIndex(of: 0x0A) else {
      guard view.count <= limit + 1 else { throw Malformed() }
      return nil
    }
    let length = end - view.startIndex - 1
    guard length >= 0, length <= limit, view[end - 1] == 0x0D, let line = received.readSlice(length: length) else {
      throw Malformed()
    }
    received.moveReaderIndex(forwardBy: 2)
    guard line.readableBytesView.allSatisfy(UpstreamHead.isFieldByte) else { throw Malformed() }
    return line
  }
}
