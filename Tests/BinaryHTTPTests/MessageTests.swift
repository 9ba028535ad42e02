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

  @Test(
    "bhttp-invalid-control-data: what HTTP/2 does not allow in control data is refused",
    arguments: [
      ("", "https", "a", "/"), ("GE T", "https", "a", "/"), ("GE/T", "https", "a", "/"), ("GÉT", "https", "a", "/"),
      ("GET", "", "a", "/"), ("GET", "1https", "a", "/"), ("GET", "ht:tp", "a", "/"), ("GET", "https", "a\u{7F}", "/"),
      ("GET", "https", "ä", "/"), ("GET", "https", "me@a", "/"), ("GET", "https", "a", ""), ("GET", "HTTP", "a", "x"),
      ("GET", "https", "a", "/ x"), ("GET", "https", "a", "*"), ("CONNECT", "", "", ""), ("CONNECT", "", "a:443", "/"),
    ])
  func refusedControlData(method: String, scheme: String, authority: String, path: String) {
    let request = Request(method: method, scheme: scheme, authority: authority, path: path)
    #expect(code { _ = try Request(decoding: request.encoded()) } == BinaryHTTPError.invalidControlData)
    #expect(code { try request.validate() } == BinaryHTTPError.invalidControlData)
  }

  @Test(
    "control data that HTTP/2 allows is taken",
    arguments: [
      ("GET", "https", "", "/"), ("OPTIONS", "https", "a", "*"), ("CONNECT", "", "a:443", ""),
      ("CONNECT", "https", "a", "/chat"), ("GET", "urn", "", ""), ("x-y!", "coap+tcp", "me@a", "x"),
    ])
  func allowedControlData(method: String, scheme: String, authority: String, path: String) throws {
    let request = Request(method: method, scheme: scheme, authority: authority, path: path)
    try request.validate()
    #expect(try Request(decoding: request.encoded()) == request)
  }

  @Test(
    "bhttp-invalid-field: a host field of another authority, or a second one, is refused", arguments: Framing.allCases)
  func host(framing: Framing) throws {
    func decode(_ authority: String, _ hosts: [String]) -> ErrorCode? {
      var request = Request(method: "GET", scheme: "https", authority: authority, path: "/")
      for host in hosts { try? request.headerFields.append(name: "host", value: host) }
      return code { _ = try Request(decoding: request.encoded(framing)) }
    }
    for (authority, host) in [("", "a.test"), ("a.test", "A.test"), ("a.test:443", "a.test"), ("a.test", "a.test:443")]
    {
      #expect(decode(authority, [host]) == nil)
    }
    #expect(decode("a.test", ["b.test"]) == BinaryHTTPError.invalidField)
    #expect(decode("a.test", ["a.test:80"]) == BinaryHTTPError.invalidField)
    #expect(decode("a.test", [""]) == BinaryHTTPError.invalidField)
    #expect(decode("", ["a.test", "a.test"]) == BinaryHTTPError.invalidField)
  }

  @Test("bhttp-invalid-control-data: a status outside 100 to 599 is refused")
  func statusCodes() {
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
    let start: [UInt8] = [framing == .knownLength ? 0 : 2, 1, 0x41, 1, 0x61, 0, 0]
    return start + section(header) + [0] + section(trailer)
  }

  @Test(
    "bhttp-invalid-field: names that are no tokens and values that HTTP/2 calls malformed are refused",
    arguments: [
      ("Up per", "v"), ("sp ace", "v"), ("nul\0", "v"), ("colo:n", "v"), (":", "v"), ("ümlaut", "v"), ("a", "x\ny"),
      ("a", "x\ry"), ("a", "x\0y"), ("a", " x"), ("a", "x\t"), (":method", "GET"), (":path", "/"), (":status", "200"),
      (":scheme", "x"), (":authority", "x"), (":Method", "GET"),
    ])
  func malformed(name: String, value: String) {
    for framing in Framing.allCases {
      let header = request([(name, value)], framing)
      #expect(code { _ = try Request(decoding: header) } == BinaryHTTPError.invalidField)
      let trailer = request([], trailer: [(name, value)], framing)
      #expect(code { _ = try Request(decoding: trailer) } == BinaryHTTPError.invalidField)
    }
  }

  @Test(
    "upper case in a received field name is taken and lowered, as RFC 9292, section 3.6 has it",
    arguments: Framing.allCases)
  func upperCase(framing: Framing) throws {
    let bytes = request([("X-Upper", "V"), ("x-upper", "w")], trailer: [("Trailing", "T")], framing)
    let message = try Request(decoding: bytes)
    #expect(message.headerFields == ["x-upper": "V", "x-upper": "w"])
    #expect(message.trailerFields == ["trailing": "T"])
    #expect(try Request(decoding: message.encoded(framing)) == message)
  }

  @Test("bhttp-invalid-field: a field name is a token, every other ASCII character is refused in it")
  func tokens() {
    let token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for byte in 0...127 as ClosedRange<UInt8> {
      let name = "a" + String(decoding: [byte], as: UTF8.self)
      let expected = token.utf8.contains(byte) ? nil : BinaryHTTPError.invalidField
      #expect(code { _ = try Request(decoding: request([(name, "v")], .knownLength)) } == expected, "byte \(byte)")
    }
  }

  @Test("fields of a connection and those it names go when asked, and no others")
  func connectionFields() throws {
    let section: FieldSection = [
      "connection": "close, X-Hop\t,y", "keep-alive": "timeout=5", "x-hop": "1", "y": "2", "te": "trailers",
      "upgrade": "x", "proxy-connection": "close", "transfer-encoding": "chunked", "x": "3",
    ]
    #expect(section.removingConnectionFields() == ["x": "3"])
    let other: FieldSection = ["close": "1", "a": "2"]
    #expect(other.removingConnectionFields() == other)
  }

  @Test("values of one name combine with commas, those of cookie with semicolons")
  func combined() {
    let section: FieldSection = ["a": "1", "cookie": "x=1", "b": "", "a": "2, 3", "cookie": "y=2"]
    #expect(section.combinedValue(named: "a") == "1, 2, 3")
    #expect(section.combinedValue(named: "cookie") == "x=1; y=2")
    #expect(section.combinedValue(named: "b") == "")
    #expect(section.combinedValue(named: "c") == nil)
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
    let bytes: [UInt8] = [0, 1, 0x41, 1, 0x61, 0, 0, 5, 1, 0x61, 2, 0xE9, 0xFF, 0, 0]
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
