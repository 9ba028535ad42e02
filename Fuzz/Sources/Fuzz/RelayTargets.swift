import NIOCore
import Relay

extension FuzzTarget {
  static let relay = [
    FuzzTarget("upstream-answer", seeds: upstreamAnswerSeeds) { bytes in
      let whole = ReadAnswers(of: [bytes])
      for pieces in bytes.deliveries {
        claim(ReadAnswers(of: pieces) == whole, "an answer in pieces is read as the whole")
      }
    }
  ]

  @Sendable private static func upstreamAnswerSeeds() -> [[UInt8]] {
    [
      "HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-type: a/b\r\n\r\nbody",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\nbo\r\n2\r\ndy\r\n0\r\nt: u\r\n\r\n",
      "HTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 204 None\r\nconnection: close\r\n\r\n",
      "HTTP/1.0 200 OK\r\n\r\nuntil the connection ends",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\nx",
    ].map { Array($0.utf8) }
  }
}

/// What one answer comes to, body parts joined, as far as it is read.
private struct ReadAnswers: Equatable {
  var heads: [UpstreamAnswer] = []
  var body: [UInt8] = []
  var isEnded = false
  var isMalformed = false
  var staysOpen = false
  var endsWithConnection = false

  init(of pieces: [[UInt8]]) {
    var parser = UpstreamAnswerParser()
    parser.begin()
    do throws(UpstreamAnswerParser.Malformed) {
      for piece in pieces {
        parser.feed(ByteBuffer(bytes: piece))
        while let event = try parser.next() {
          switch event {
          case .head(let head): heads.append(head)
          case .body(let bytes): body += bytes.readableBytesView
          case .end: isEnded = true
          }
        }
      }
    } catch {
      isMalformed = true
    }
    staysOpen = parser.staysOpen
    endsWithConnection = parser.endsWithConnection
  }
}
