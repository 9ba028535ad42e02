import BinaryHTTP
import ErrorCodes
import Testing
import WireFormat

let exampleRequest = Request(
  method: "POST", scheme: "https", authority: "example.com", path: "/v1/tasks",
  headerFields: ["content-type": "application/json", "x": ""], content: Array("hello".utf8),
  trailerFields: ["t": "1"])

let exampleResponse = Response(
  statusCode: 200, headerFields: ["content-type": "text/plain"], content: Array("world".utf8),
  trailerFields: ["checksum": "7"],
  informational: [
    InformationalResponse(statusCode: 103, headerFields: ["link": "</a>; rel=preload"]),
    InformationalResponse(statusCode: 102),
  ])

func code(_ body: () throws -> Void) -> ErrorCode? {
  do { try body() } catch { return (error as? any CodedError)?.code }
  return nil
}

@Suite("Binary HTTP messages")
struct MessageTests {
  /// RFC 9292, section 5.1, the request of known length.
  @Test("the request of RFC 9292 encodes to its published bytes")
  func publishedRequest() throws {
    let request = Request(
      method: "GET", scheme: "https", authority: "", path: "/hello.txt",
      headerFields: [
        "user-agent": "curl/7.16.3 libcurl/7.16.3 OpenSSL/0.9.7l zlib/1.2.3", "host": "www.example.com",
        "accept-language": "en, mi",
      ])
    let published =
      "0003474554056874747073000a2f68656c6c6f2e747874406c0a757365722d6167656e74346375726c2f372e31362e33206c69"
      + "626375726c2f372e31362e33204f70656e53534c2f302e392e376c207a6c69622f312e322e3304686f73740f7777772e65"
      + "78616d706c652e636f6d0f6163636570742d6c616e677561676506656e2c206d690000"
    #expect(request.encoded().hexadecimal == published)
  }

  @Test("messages survive a round trip in both framings", arguments: Framing.allCases)
  func roundTrip(framing: Framing) throws {
    #expect(try Request(decoding: exampleRequest.encoded(framing)) == exampleRequest)
    #expect(try Response(decoding: exampleResponse.encoded(framing)) == exampleResponse)
  }

  @Test("lengths at the borders of variable-length integers survive", arguments: [0, 1, 62, 63, 64, 16383, 16384])
  func boundaries(byteCount: Int) throws {
    var request = exampleRequest
    request.content = [UInt8](repeating: 7, count: byteCount)
    try request.headerFields.append(name: "long", value: String(repeating: "v", count: byteCount))
    for framing in Framing.allCases {
      let bytes = request.encoded(framing)
      #expect(try Request(decoding: bytes) == request)
    }
  }

  @Test("integers in a longer form than needed are legal")
  func longIntegers() throws {
    let bytes: [UInt8] = [0x80, 0, 0, 0, 0x40, 3] + Array("GET".utf8) + [0xC0, 0, 0, 0, 0, 0, 0, 1, 0x61, 0, 0]
    #expect(try Request(decoding: bytes) == Request(method: "GET", scheme: "a", authority: "", path: ""))
  }

  @Test("a message cut anywhere is refused or equals one with empty parts", arguments: Framing.allCases)
  func everyTruncation(framing: Framing) {
    let requestBytes = exampleRequest.encoded(framing)
    let responseBytes = exampleResponse.encoded(framing)
    var requestLengths: [Int] = []
    for length in 0..<requestBytes.count
    where code({ _ = try Request(decoding: Array(requestBytes[..<length])) }) == nil { requestLengths.append(length) }
    var responseLengths: [Int] = []
    for length in 0..<responseBytes.count
    where code({ _ = try Response(decoding: Array(responseBytes[..<length])) }) == nil {
      responseLengths.append(length)
    }
    // Behind the control data, the header section and the content.
    #expect(requestLengths.count == 3)
    #expect(responseLengths.count == 3)
  }

  @Test("padding of zero bytes fills the class exactly")
  func padding() throws {
    let bare = exampleRequest.encoded()
    let padded = try exampleRequest.encoded(paddedTo: 8192)
    #expect(padded.count == 8192)
    #expect(padded.starts(with: bare))
    #expect(try Request(decoding: padded) == exampleRequest)
    #expect(try exampleRequest.encoded(paddedTo: bare.count) == bare)
    #expect(try Response(decoding: exampleResponse.encoded(paddedTo: 512)) == exampleResponse)
  }

  @Test("bhttp-class-exceeded: a message one byte longer than its class is refused")
  func classExceeded() {
    let byteCount = exampleRequest.encoded().count - 1
    #expect(code { _ = try exampleRequest.encoded(paddedTo: byteCount) } == BinaryHTTPError.classExceeded)
    #expect(code { _ = try exampleResponse.encoded(paddedTo: 0) } == BinaryHTTPError.classExceeded)
  }

  @Test("bhttp-padding: one byte that is not zero behind the message is refused", arguments: Framing.allCases)
  func padded(framing: Framing) {
    for count in [0, 1, 100] {
      let bytes = exampleRequest.encoded(framing) + [UInt8](repeating: 0, count: count) + [1]
      #expect(code { _ = try Request(decoding: bytes) } == BinaryHTTPError.padding)
    }
  }

  @Test("bhttp-framing: an indicator of the other kind or an unknown one is refused", arguments: [1, 3, 4, 63])
  func framing(indicator: UInt8) {
    var bytes = exampleRequest.encoded()
    bytes[0] = indicator
    #expect(code { _ = try Request(decoding: bytes) } == BinaryHTTPError.framing)
  }

  @Test("bhttp-invalid-control-data: an empty method, a space or a status outside 100 to 599 is refused")
  func controlData() {
    for request in [
      Request(method: "", scheme: "https", authority: "a", path: "/"),
      Request(method: "GET", scheme: "https", authority: "a", path: "/ x"),
      Request(method: "GET", scheme: "https", authority: "a\u{7F}", path: "/"),
      Request(method: "GET", scheme: "https", authority: "ä", path: "/"),
    ] {
      #expect(code { _ = try Request(decoding: request.encoded()) } == BinaryHTTPError.invalidControlData)
    }
    for status in [0, 99, 600, 1000] {
      let bytes = Response(statusCode: status).encoded()
      #expect(code { _ = try Response(decoding: bytes) } == BinaryHTTPError.invalidControlData)
    }
  }

  @Test("a response that ends behind an informational one is truncated")
  func onlyInformational() {
    #expect(code { _ = try Response(decoding: [1, 0x40, 102, 0]) } == BinaryHTTPError.truncated)
  }
}

@Suite("Binary HTTP fields")
struct FieldTests {
  private func request(_ header: [(String, String)], trailer: [(String, String)] = [], _ framing: Framing) -> [UInt8] {
    func section(_ lines: [(String, String)]) -> [UInt8] {
      var writer = WireWriter()
      for (name, value) in lines {
        writer.writeVariableLengthPrefixed(name.utf8)
        writer.writeVariableLengthPrefixed(value.utf8)
      }
      var whole = WireWriter()
      switch framing {
      case .knownLength: whole.writeVariableLengthPrefixed(writer.bytes)
      case .indeterminateLength:
        whole.write(writer.bytes)
        whole.writeVariableLengthInteger(0)
      }
      return whole.bytes
    }
    let start: [UInt8] = [framing == .knownLength ? 0 : 2, 1, 0x41, 0, 0, 0]
    return start + section(header) + [0] + section(trailer)
  }

  @Test(
    "bhttp-invalid-field: names and values that HTTP/2 calls malformed are refused",
    arguments: [
      ("Upper", "v"), ("sp ace", "v"), ("nul\0", "v"), ("colo:n", "v"), (":", "v"), ("ümlaut", "v"), ("a", "x\ny"),
      ("a", "x\ry"), ("a", "x\0y"), ("a", " x"), ("a", "x\t"), (":method", "GET"), (":path", "/"), (":status", "200"),
      (":scheme", "x"), (":authority", "x"),
    ])
  func malformed(name: String, value: String) {
    for framing in Framing.allCases {
      let header = request([(name, value)], framing)
      #expect(code { _ = try Request(decoding: header) } == BinaryHTTPError.invalidField)
      let trailer = request([], trailer: [(name, value)], framing)
      #expect(code { _ = try Request(decoding: trailer) } == BinaryHTTPError.invalidField)
    }
  }

  @Test("an empty field name is refused where it cannot be a terminator")
  func emptyName() {
    #expect(code { _ = try Request(decoding: request([("", "v")], .knownLength)) } == BinaryHTTPError.invalidField)
  }

  @Test("other pseudo-fields are legal in front of a header section and nowhere else", arguments: Framing.allCases)
  func pseudoFields(framing: Framing) throws {
    let legal = try Request(decoding: request([(":protocol", "websocket"), ("a", "b")], framing))
    #expect(legal.headerFields[":protocol"] == "websocket")
    for bytes in [
      request([("a", "b"), (":protocol", "x")], framing), request([], trailer: [(":protocol", "x")], framing),
    ] {
      #expect(code { _ = try Request(decoding: bytes) } == BinaryHTTPError.invalidField)
    }
  }

  @Test("connection fields and repeated names are kept in order")
  func kept() throws {
    let lines = [("connection", "close"), ("a", "1"), ("a", "2"), ("tab", "x\ty")]
    let fields = try Request(decoding: request(lines, .knownLength)).headerFields
    #expect(fields.fields.map(\.name) == lines.map(\.0))
    #expect(fields.values(named: "a") == ["1", "2"])
  }

  @Test("value bytes that are no UTF-8 come back unchanged")
  func opaqueValue() throws {
    let bytes: [UInt8] = [0, 1, 0x41, 0, 0, 0, 5, 1, 0x61, 2, 0xE9, 0xFF, 0, 0]
    #expect(try Request(decoding: bytes).encoded() == bytes)
  }

  @Test("a field made by the caller is lowered and checked")
  func construction() throws {
    #expect(try Field(name: "Content-Type", value: "a/b").name == "content-type")
    #expect(code { _ = try Field(name: "a", value: "x\r\nb: c") } == BinaryHTTPError.invalidField)
    var section = FieldSection()
    #expect(code { try section.append(name: "", value: "") } == BinaryHTTPError.invalidField)
    #expect(section.isEmpty)
  }
}
