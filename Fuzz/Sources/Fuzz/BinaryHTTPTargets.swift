import BinaryHTTP

extension FuzzTarget {
  static let binaryHTTP = [
    FuzzTarget("binary-http-request", seeds: requestSeeds) { bytes in
      let whole = Result { () throws(BinaryHTTPError) in try Request(decoding: bytes) }
      for pieces in bytes.deliveries {
        let piecewise = parse(pieces, .request).map(Request.init(collecting:))
        claim(piecewise == whole, "a request in pieces has the verdict of the whole")
      }
      guard let request = try? whole.get() else { return }
      for framing in Framing.allCases {
        claim(try Request(decoding: request.encoded(framing)) == request, "an encoded request decodes to itself")
      }
    },
    FuzzTarget("binary-http-response", seeds: responseSeeds) { bytes in
      let whole = Result { () throws(BinaryHTTPError) in try Response(decoding: bytes) }
      for pieces in bytes.deliveries {
        let piecewise = parse(pieces, .response).map(Response.init(collecting:))
        claim(piecewise == whole, "a response in pieces has the verdict of the whole")
      }
      guard let response = try? whole.get() else { return }
      for framing in Framing.allCases {
        claim(try Response(decoding: response.encoded(framing)) == response, "an encoded response decodes to itself")
      }
    },
  ]

  private static func parse(
    _ pieces: [[UInt8]], _ kind: MessageKind
  ) -> Result<[MessageEvent], BinaryHTTPError> {
    var parser = MessageParser(kind)
    return Result { () throws(BinaryHTTPError) in
      var events: [MessageEvent] = []
      for piece in pieces { events += try parser.receive(piece) }
      return events + (try parser.finish())
    }
  }

  @Sendable private static func requestSeeds() -> [[UInt8]] {
    let plain = Request(method: "GET", scheme: "https", authority: "example.test", path: "/")
    var full = plain
    full.method = "POST"
    full.headerFields = [":protocol": "cat", "content-type": "text/plain", "x-empty": ""]
    full.content = Array("content in some bytes".utf8)
    full.trailerFields = ["digest": "abc"]
    let chunks = MessageSerializer.contentChunk([1, 2, 3]) + MessageSerializer.contentChunk([4])
    return [plain, full].flatMap { request in Framing.allCases.map { request.encoded($0) } }
      + [
        MessageSerializer.head(of: full) + chunks + MessageSerializer.end(trailerFields: full.trailerFields) + [0, 0],
        Array(plain.encoded().dropLast(3)),
      ]
  }

  @Sendable private static func responseSeeds() -> [[UInt8]] {
    let plain = Response(statusCode: 200)
    let full = Response(
      statusCode: 404, headerFields: ["content-type": "text/plain"], content: Array("nothing here".utf8),
      trailerFields: ["digest": "abc"],
      informational: [InformationalResponse(statusCode: 102, headerFields: ["running": "\"sleep 15\""])])
    return [plain, full].flatMap { response in Framing.allCases.map { response.encoded($0) + [0, 0] } }
  }
}

extension Request {
  fileprivate init(collecting events: [MessageEvent]) {
    self.init(method: "", scheme: "", authority: "", path: "")
    for event in events {
      switch event {
      case .requestControlData(let data):
        (method, scheme, authority, path) = (data.method, data.scheme, data.authority, data.path)
      case .headerFields(let fields): headerFields = fields
      case .content(let piece): content += piece
      case .trailerFields(let fields): trailerFields = fields
      case .informational, .statusCode, .end: break
      }
    }
  }
}

extension Response {
  fileprivate init(collecting events: [MessageEvent]) {
    self.init(statusCode: 0)
    for event in events {
      switch event {
      case .informational(let response): informational.append(response)
      case .statusCode(let code): statusCode = code
      case .headerFields(let fields): headerFields = fields
      case .content(let piece): content += piece
      case .trailerFields(let fields): trailerFields = fields
      case .requestControlData, .end: break
      }
    }
  }
}
