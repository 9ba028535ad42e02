import BinaryHTTP
import ErrorCodes
import Testing

@Suite("Binary HTTP, incremental")
struct ParserTests {
  @Test("events come in the order of the message, content as it arrives")
  func order() throws {
    var parser = MessageParser(.response)
    var events = try parser.receive(MessageSerializer.head(of: exampleResponse))
    #expect(
      events == [
        .informational(exampleResponse.informational[0]), .informational(exampleResponse.informational[1]),
        .statusCode(200), .headerFields(exampleResponse.headerFields),
      ])
    events = try parser.receive(MessageSerializer.contentChunk(Array("wor".utf8)))
    #expect(events == [.content(Array("wor".utf8)[...])])
    #expect(try parser.receive(MessageSerializer.contentChunk([])).isEmpty)
    let chunk = MessageSerializer.contentChunk(Array("ld".utf8))
    #expect(try parser.receive(Array(chunk.dropLast())) == [.content(Array("l".utf8)[...])])
    #expect(try parser.receive([chunk[2]]) == [.content(Array("d".utf8)[...])])
    let end = MessageSerializer.end(trailerFields: exampleResponse.trailerFields)
    #expect(try parser.receive(end) == [.trailerFields(exampleResponse.trailerFields)])
    #expect(try parser.receive([0, 0, 0]).isEmpty)
    #expect(try parser.finish() == [.end])
    #expect(try parser.finish().isEmpty)
    #expect(code { _ = try parser.receive([0]) } == BinaryHTTPError.padding)
  }

  @Test("pieces of any size give the same message", arguments: Framing.allCases, [1, 2, 3, 7, 64])
  func pieces(framing: Framing, size: Int) throws {
    let bytes = exampleRequest.encoded(framing)
    var parser = MessageParser(.request)
    var events: [MessageEvent] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      events += try parser.receive(Array(bytes[start..<min(start + size, bytes.count)]))
    }
    events += try parser.finish()
    let controlData = RequestControlData(
      method: "POST", scheme: "https", authority: "example.com", path: "/v1/tasks")
    #expect(events.first == .requestControlData(controlData))
    #expect(events.dropFirst().first == .headerFields(exampleRequest.headerFields))
    #expect(joined(events) == exampleRequest.content)
    #expect(events.suffix(2) == [.trailerFields(exampleRequest.trailerFields), .end])
  }

  @Test("serialized pieces are the message of indeterminate length")
  func serializer() {
    let pieces =
      MessageSerializer.head(of: exampleRequest) + MessageSerializer.contentChunk(exampleRequest.content)
      + MessageSerializer.end(trailerFields: exampleRequest.trailerFields)
    #expect(pieces == exampleRequest.encoded(.indeterminateLength))
  }

  @Test("serialized pieces of known length are the message of known length")
  func knownLengthSerializer() {
    let request =
      MessageSerializer.head(of: exampleRequest, contentByteCount: exampleRequest.content.count)
      + exampleRequest.content + MessageSerializer.trailerSection(exampleRequest.trailerFields)
    #expect(request == exampleRequest.encoded())
    let response =
      MessageSerializer.head(of: exampleResponse, contentByteCount: exampleResponse.content.count)
      + exampleResponse.content + MessageSerializer.trailerSection(exampleResponse.trailerFields)
    #expect(response == exampleResponse.encoded())
  }

  @Test("content of 16 MiB passes through in the pieces it came in, and one byte more is refused")
  func largeContent() throws {
    let byteCount = 16 << 20
    var parser = MessageParser(.response)
    #expect(
      try parser.receive(MessageSerializer.head(of: Response(statusCode: 200), contentByteCount: byteCount)).count == 2)
    let piece = [UInt8](repeating: 5, count: 64 << 10)
    for _ in 0..<byteCount / piece.count { #expect(try parser.receive(piece) == [.content(piece[...])]) }
    #expect(try parser.finish() == [.trailerFields(FieldSection()), .end])
    var refusing = MessageParser(.response)
    let head = MessageSerializer.head(of: Response(statusCode: 200), contentByteCount: byteCount + 1)
    #expect(code { _ = try refusing.receive(head) } == BinaryHTTPError.limitExceeded)
  }

  @Test("chunks without the terminator are truncated content")
  func missingTerminator() throws {
    var parser = MessageParser(.request)
    _ = try parser.receive(MessageSerializer.head(of: exampleRequest))
    _ = try parser.receive(MessageSerializer.contentChunk([1, 2]))
    #expect(code { _ = try parser.finish() } == BinaryHTTPError.truncated)
    #expect(code { _ = try parser.receive([0]) } == BinaryHTTPError.truncated)
  }

  @Test("a parser that failed repeats its error")
  func failed() {
    var parser = MessageParser(.request)
    #expect(code { _ = try parser.receive([9]) } == BinaryHTTPError.framing)
    #expect(code { _ = try parser.receive([0]) } == BinaryHTTPError.framing)
    #expect(code { _ = try parser.finish() } == BinaryHTTPError.framing)
  }

  @Test("each limit holds at its value and refuses one more", arguments: Framing.allCases)
  func limits(framing: Framing) {
    func decode(_ change: (inout Limits) -> Void) -> ErrorCode? {
      var limits = Limits()
      change(&limits)
      return code { _ = try Request(decoding: exampleRequest.encoded(framing), limits: limits) }
    }
    let headerByteCount = 1 + 12 + 1 + 16 + 1 + 1 + 1
    #expect(decode { $0.controlDataByteCount = 11 } == nil)
    #expect(decode { $0.controlDataByteCount = 10 } == BinaryHTTPError.limitExceeded)
    #expect(decode { $0.fieldSectionByteCount = headerByteCount } == nil)
    #expect(decode { $0.fieldSectionByteCount = headerByteCount - 1 } == BinaryHTTPError.limitExceeded)
    #expect(decode { $0.fieldCount = 2 } == nil)
    #expect(decode { $0.fieldCount = 1 } == BinaryHTTPError.limitExceeded)
    #expect(decode { $0.contentByteCount = 5 } == nil)
    #expect(decode { $0.contentByteCount = 4 } == BinaryHTTPError.limitExceeded)
    let response = exampleResponse.encoded(framing)
    #expect(code { _ = try Response(decoding: response, limits: Limits(informationalCount: 2)) } == nil)
    #expect(
      code { _ = try Response(decoding: response, limits: Limits(informationalCount: 1)) }
        == BinaryHTTPError.limitExceeded)
  }

  @Test("the content limit counts all chunks together")
  func chunksTogether() throws {
    var parser = MessageParser(.request, limits: Limits(contentByteCount: 4))
    _ = try parser.receive(MessageSerializer.head(of: exampleRequest))
    _ = try parser.receive(MessageSerializer.contentChunk([1, 2, 3]))
    #expect(
      code { _ = try parser.receive(MessageSerializer.contentChunk([4, 5])) } == BinaryHTTPError.limitExceeded)
  }

  @Test("a length of 2^62 - 1 is refused before any byte of it is there")
  func hugeLengths() {
    let huge = [UInt8](repeating: 0xFF, count: 8)
    #expect(code { _ = try Request(decoding: [0] + huge) } == BinaryHTTPError.limitExceeded)
    #expect(code { _ = try Request(decoding: [0, 1, 0x41, 1, 0x61, 0, 0] + huge) } == BinaryHTTPError.limitExceeded)
    #expect(code { _ = try Request(decoding: [0, 1, 0x41, 1, 0x61, 0, 0, 0] + huge) } == BinaryHTTPError.limitExceeded)
    #expect(
      code { _ = try Request(decoding: [0, 1, 0x41, 1, 0x61, 0, 0, 9, 1] + huge) } == BinaryHTTPError.invalidField
        || code { _ = try Request(decoding: [0, 1, 0x41, 1, 0x61, 0, 0, 9, 1] + huge) } == BinaryHTTPError.truncated)
  }

  @Test("a single changed byte never traps")
  func changedBytes() {
    for framing in Framing.allCases {
      let bytes = exampleResponse.encoded(framing)
      for index in bytes.indices {
        for value in [0, 1, 0x3F, 0x40, 0x80, 0xC0, 0xFF] as [UInt8] {
          var changed = bytes
          changed[index] = value
          _ = try? Response(decoding: changed)
        }
      }
    }
  }
}
