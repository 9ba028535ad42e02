import HTTPMessages
import Testing

@Suite("Bodies that come in pieces")
struct BytePipeTests {
  @Test("pieces come in their order, and the end after them")
  func order() async throws {
    let (writer, stream) = ByteStream.pipe()
    try await writer.write([1])
    try await writer.write([])
    try await writer.write([2, 3])
    writer.finish()
    var pieces: [[UInt8]] = []
    for try await piece in stream { pieces.append(piece) }
    #expect(pieces == [[1], [2, 3]])
  }

  @Test("a writer waits while more than the capacity is unread")
  func backpressure() async throws {
    let (writer, stream) = ByteStream.pipe(capacity: 4)
    try await writer.write([1, 2, 3, 4])
    async let second: Void = writer.write([5])
    var iterator = stream.makeAsyncIterator()
    #expect(try await iterator.next() == [1, 2, 3, 4])
    try await second
    #expect(try await iterator.next() == [5])
  }

  @Test("a body whose writer goes away without finishing fails")
  func lostWriter() async throws {
    let stream = try await { () async throws -> ByteStream in
      let (writer, stream) = ByteStream.pipe()
      try await writer.write([1])
      return stream
    }()
    var iterator = stream.makeAsyncIterator()
    #expect(try await iterator.next() == [1])
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) { try await stream.collectRest() }
  }

  @Test("writing to a body that nobody reads any more is refused")
  func lostReader() async throws {
    let writer = try await { () async throws -> ByteStreamWriter in
      let (writer, stream) = ByteStream.pipe(capacity: 1)
      var iterator = stream.makeAsyncIterator()
      try await writer.write([1])
      _ = try await iterator.next()
      return writer
    }()
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) { try await writer.write([2]) }
  }

  @Test("a waiting writer and a waiting reader end when their task is cancelled")
  func cancelled() async throws {
    let (writer, stream) = ByteStream.pipe(capacity: 1)
    let writing = Task { try await writer.write([1, 2, 3]) }
    writing.cancel()
    await #expect(throws: HTTPExchangeError.self) { try await writing.value }
    let (idle, empty) = ByteStream.pipe()
    let reading = Task { try await empty.collect(byteLimit: 10) }
    reading.cancel()
    await #expect(throws: HTTPExchangeError.self) { try await reading.value }
    withExtendedLifetime((idle, stream)) {}
  }

  @Test("a body above its limit is refused, whole or in pieces", arguments: [3, 4])
  func limit(byteLimit: Int) async throws {
    let (writer, stream) = ByteStream.pipe()
    try await writer.write([1, 2])
    try await writer.write([3, 4])
    writer.finish()
    let inPieces = stream.limited(to: byteLimit)
    let whole = ByteStream([1, 2, 3, 4]).limited(to: byteLimit)
    if byteLimit == 4 {
      #expect(try await inPieces.collect(byteLimit: 9) == [1, 2, 3, 4])
      #expect(try await whole.collect(byteLimit: 9) == [1, 2, 3, 4])
    } else {
      let refusal = HTTPExchangeError(HTTPExchangeError.bodyTooLarge, "")
      await #expect(throws: refusal) { try await inPieces.collect(byteLimit: 9) }
      await #expect(throws: refusal) { try await whole.collect(byteLimit: 9) }
      await #expect(throws: refusal) { try await ByteStream([1, 2, 3, 4]).collect(byteLimit: byteLimit) }
    }
  }
}

extension ByteStream {
  fileprivate func collectRest() async throws(HTTPExchangeError) -> [UInt8] { try await collect(byteLimit: 100) }
}
