import NIOCore
import Relay
import Testing

@Suite("Answers of operators' servers, byte by byte")
struct UpstreamAnswerParserTests {
  /// What comes of the bytes, body parts joined.
  private func read(_ text: String, pieces: Int = .max) throws -> (answer: UpstreamAnswer?, body: String, isEnded: Bool)
  {
    var parser = UpstreamAnswerParser()
    parser.begin()
    var (answer, body, isEnded) = (UpstreamAnswer?.none, "", false)
    var rest = ByteBuffer(string: text)
    while let piece = rest.readSlice(length: min(pieces, rest.readableBytes)), piece.readableBytes > 0 {
      parser.feed(piece)
      while let event = try parser.next() {
        switch event {
        case .head(let head): answer = head
        case .body(let bytes): body += String(buffer: bytes)
        case .end: isEnded = true
        }
      }
    }
    return (answer, body, isEnded)
  }

  private static let whole: [(String, UpstreamAnswer, String)] = [
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\ncontent-type: a/b\r\n\r\nbody",
      .init(status: 200, mediaType: "a/b", byteCount: 4), "body"
    ),
    ("HTTP/1.1 200\r\ncontent-length:4\t\r\n\r\nbody", .init(status: 200, byteCount: 4), "body"),
    ("HTTP/1.1 404 \r\ncontent-length: 0\r\n\r\n", .init(status: 404, byteCount: 0), ""),
    ("HTTP/1.1 204 No Content\r\n\r\n", .init(status: 204), ""),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", .init(status: 200), "body"),
    (
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\nbo\r\n002\r\ndy\r\n0\r\ntrailer: t\r\n\r\n",
      .init(status: 200), "body"
    ),
    (
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx",
      .init(status: 200, byteCount: 1), "x"
    ),
    ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx", .init(status: 200, byteCount: 1), "x"),
  ]

  @Test("whole answers are read, in one piece and in pieces of every size", arguments: whole)
  func wholeAnswers(text: String, answer: UpstreamAnswer, body: String) throws {
    for size in 1...text.utf8.count {
      let outcome = try read(text, pieces: size)
      #expect(outcome.answer == answer)
      #expect(outcome.body == body)
      #expect(outcome.isEnded)
    }
  }

  @Test("no truncation of an answer is a whole one", arguments: whole)
  func truncated(text: String, answer: UpstreamAnswer, body: String) throws {
    for count in 0..<text.utf8.count {
      #expect(try !read(String(decoding: text.utf8.prefix(count), as: UTF8.self)).isEnded)
    }
  }

  @Test(
    "what could be read in two ways, or is no answer, is refused",
    arguments: [
      "HTTP/1.1 200 OK\ncontent-length: 0\n\n\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n",
      "http/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
      "HTTP/1.1 200 O\u{0}K\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n", " HTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "HTTP/1.1 200 OK\r\nname\r\n\r\n", "HTTP/1.1 200 OK\r\nname : x\r\n\r\n",
      "HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\na: b\rc\r\n\r\n",
      "HTTP/1.1 200 OK\r\na: \u{7F}\r\n\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
      "HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\nx",
      "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\nx",
      "HTTP/1.1 200 OK\r\ncontent-length: \r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 0x1\r\n\r\nx",
      "HTTP/1.1 200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\ng\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x4\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-4\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\nbody",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbodyX\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n100000000\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\n",
    ])
  func refused(text: String) {
    #expect(throws: UpstreamAnswerParser.Malformed()) { try read(text) }
    #expect(throws: UpstreamAnswerParser.Malformed()) { try read(text, pieces: 1) }
  }

  @Test("a head, a chunk's line and trailers are bounded, with or without their end")
  func bounded() throws {
    let limit = UpstreamAnswerParser.headByteLimit
    func head(_ count: Int) -> String {
      let rest = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\na: \r\n\r\n".utf8.count
      return "HTTP/1.1 200 OK\r\ncontent-length: 0\r\na: \(String(repeating: "x", count: count - rest))\r\n\r\n"
    }
    #expect(try read(head(limit)).isEnded)
    #expect(throws: UpstreamAnswerParser.Malformed()) { try read(head(limit + 1)) }
    #expect(throws: UpstreamAnswerParser.Malformed()) {
      try read("HTTP/1.1 200 OK\r\na: " + String(repeating: "x", count: limit))
    }
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    #expect(try read(chunked + "0;" + String(repeating: "x", count: 254) + "\r\n\r\n").isEnded)
    #expect(throws: UpstreamAnswerParser.Malformed()) {
      try read(chunked + "0;" + String(repeating: "x", count: 255) + "\r\n\r\n")
    }
    #expect(throws: UpstreamAnswerParser.Malformed()) { try read(chunked + "0;" + String(repeating: "x", count: 300)) }
    let trailer = "t: " + String(repeating: "x", count: 8_192) + "\r\n"
    #expect(try read(chunked + "0\r\n" + trailer + "\r\n").isEnded)
    #expect(throws: UpstreamAnswerParser.Malformed()) { try read(chunked + "0\r\n" + trailer + trailer + "\r\n") }
  }

  @Test("an answer without a length ends with its connection, and is no end before")
  func untilClosed() throws {
    var parser = UpstreamAnswerParser()
    parser.begin()
    parser.feed(ByteBuffer(string: "HTTP/1.0 200 OK\r\n\r\nbody"))
    #expect(try parser.next() == .head(UpstreamAnswer(status: 200)))
    #expect(try parser.next() == .body(ByteBuffer(string: "body")))
    #expect(try parser.next() == nil)
    #expect(parser.endsWithConnection)
    #expect(!parser.staysOpen)
  }

  @Test(
    "a connection stays open after HTTP/1.1 alone, and unless either says close",
    arguments: [
      ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", true), ("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", false),
      ("HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 0\r\n\r\n", false),
      ("HTTP/1.1 200 OK\r\nconnection: x, close\r\ncontent-length: 0\r\n\r\n", false),
      ("HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n", true),
    ])
  func staysOpen(text: String, isKept: Bool) throws {
    var parser = UpstreamAnswerParser()
    parser.begin()
    parser.feed(ByteBuffer(string: text))
    while try parser.next() != nil {}
    #expect(parser.staysOpen == isKept)
  }
}
