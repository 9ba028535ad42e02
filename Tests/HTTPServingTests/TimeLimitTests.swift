import HTTPServing
import NIOCore
import NIOHTTP1
import Testing

@Suite("time limits")
struct TimeLimitTests {
  private static let get = HTTP1ConnectionTests.get

  /// Sends one byte each second, for as long as the connection takes them.
  private func drip(_ text: String, into connection: EmbeddedConnection) throws -> Int {
    var seconds = 0
    for character in text where connection.isOpen {
      try connection.send(String(character))
      connection.advance(.seconds(1))
      seconds += 1
    }
    return seconds
  }

  @Test("a client that sends nothing is closed when the time of a head is over")
  func silent() throws {
    let connection = try EmbeddedConnection()
    connection.advance(.seconds(9))
    #expect(connection.isOpen)
    connection.advance(.seconds(1))
    #expect(!connection.isOpen)
    #expect(try connection.received().isEmpty)
  }

  @Test("a head that drips in is refused when its time is over, however steadily it comes")
  func slowHead() throws {
    let connection = try EmbeddedConnection()
    let seconds = try drip("GET / HTTP/1.1\r\nhost: a\r\nx: yyyyyyyyyyyyyyyyyyyyyyyyyyyy", into: connection)
    #expect(seconds == 10)
    #expect(try connection.received().contains("408 Request Timeout"))
    #expect(try connection.received().contains(#"{"code":"request-timeout"}"#))
    #expect(!connection.isOpen)
  }

  @Test("a later head that drips in is refused too")
  func slowLaterHead() throws {
    let connection = try EmbeddedConnection()
    try connection.send(Self.get)
    connection.advance(.seconds(30))
    let seconds = try drip("GET / HTTP/1.1\r\nhost: a\r\nx: yyyyyyyyyyyyyyyyyyyyyyyyyyyy", into: connection)
    #expect(seconds == 10)
    #expect(try connection.received().contains("408 Request Timeout"))
    #expect(!connection.isOpen)
  }

  @Test("a body that drips in is refused when its time is over, however steadily it comes")
  func slowBody() throws {
    let connection = try EmbeddedConnection()
    try connection.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n")
    let seconds = try drip(String(repeating: "x", count: 500), into: connection)
    #expect(seconds == 60)
    #expect(try connection.received().contains("408 Request Timeout"))
    #expect(!connection.isOpen)
    #expect(connection.handler.errors.contains { ($0 as? HTTPServingError)?.code == HTTPServingError.requestTimeout })
  }

  @Test("a body that nobody listens to any more has no more time than another")
  func slowUnheardBody() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.answersEarly))
    try connection.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n")
    #expect(try drip(String(repeating: "x", count: 500), into: connection) == 60)
  }

  @Test("a connection is closed when it was idle for its time, counted from the last answer")
  func idle() throws {
    let connection = try EmbeddedConnection()
    for _ in 0..<3 {
      try connection.send(Self.get)
      connection.advance(.seconds(74))
      #expect(connection.isOpen)
    }
    connection.advance(.seconds(1))
    #expect(!connection.isOpen)
  }

  @Test("an answer that streams for a day is not cut off while its client reads")
  func longAnswer() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send(Self.get)
    connection.handler.begin()
    for _ in 0..<(24 * 60) {
      connection.handler.write(ByteBuffer(string: "frame"))
      connection.advance(.seconds(60))
    }
    #expect(connection.isOpen)
    connection.handler.end()
    #expect(try connection.received().hasSuffix("0\r\n\r\n"))
  }

  @Test("a handler may take its time before it answers")
  func slowHandler() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send(Self.get)
    connection.advance(.seconds(3600))
    #expect(connection.isOpen)
  }

  @Test("a client that does not read for the stall time is closed; one that reads again in time is not")
  func stalled() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send(Self.get)
    connection.handler.begin()
    for _ in 0..<3 {
      connection.setWritable(false)
      connection.advance(.seconds(29))
      connection.setWritable(true)
      connection.advance(.seconds(60))
    }
    #expect(connection.isOpen)
    connection.setWritable(false)
    connection.advance(.seconds(30))
    #expect(!connection.isOpen)
    #expect(connection.handler.errors.contains { ($0 as? HTTPServingError)?.code == HTTPServingError.clientStalled })
  }
}

extension EmbeddedConnection {
  func setWritable(_ isWritable: Bool) {
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
  }
}
