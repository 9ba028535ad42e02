import Foundation
import HTTPServing
import NIOCore
import NIOHTTP1
import Testing

@Suite("HTTP/1.1 connections")
struct HTTP1ConnectionTests {
  static let get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n"

  private func answerCount(_ connection: EmbeddedConnection) throws -> Int {
    try connection.received().components(separatedBy: "HTTP/1.1 200 OK\r\n").count - 1
  }

  @Test("one connection serves one request after another")
  func keepAlive() throws {
    let connection = try EmbeddedConnection()
    for count in 1...3 {
      try connection.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi")
      #expect(try answerCount(connection) == count)
    }
    #expect(connection.isOpen)
    #expect(try connection.received().hasSuffix("\r\n\r\nhi"))
  }

  @Test("requests sent together are answered in order, one at a time")
  func pipelined() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send(Self.get + Self.get + Self.get)
    for count in 1...3 {
      #expect(connection.handler.heads.count == count)
      connection.handler.answer()
    }
    #expect(try answerCount(connection) == 3)
  }

  @Test("pipelined requests that are answered at once do not nest")
  func manyPipelined() throws {
    let connection = try EmbeddedConnection()
    try connection.send(String(repeating: Self.get, count: 2000))
    #expect(try answerCount(connection) == 2000)
  }

  @Test("a client that asks for the end of the connection gets it after its answer")
  func closeAfterAnswer() throws {
    let connection = try EmbeddedConnection()
    try connection.send("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    #expect(try connection.received().contains("connection: close"))
    #expect(!connection.isOpen)
  }

  @Test("a request after one that closes is not heard")
  func requestAfterClose() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n" + Self.get)
    connection.handler.answer()
    #expect(connection.handler.heads.count == 1)
    #expect(!connection.isOpen)
  }

  @Test("HTTP/1.0 gets an answer that ends with the connection")
  func version10() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send("GET / HTTP/1.0\r\n\r\n")
    connection.handler.answer(ByteBuffer(string: "body"), length: false)
    let received = try connection.received()
    #expect(received.hasPrefix("HTTP/1.0 200 OK\r\n"))
    #expect(!received.contains("chunked"))
    #expect(received.hasSuffix("\r\n\r\nbody"))
    #expect(!connection.isOpen)
  }

  @Test("an answer of unknown length is chunked")
  func chunkedAnswer() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send(Self.get)
    connection.handler.answer(ByteBuffer(string: "body"), length: false)
    let received = try connection.received()
    #expect(received.contains("transfer-encoding: chunked"))
    #expect(received.hasSuffix("4\r\nbody\r\n0\r\n\r\n"))
  }

  @Test("the answer to HEAD keeps its length and loses its body", arguments: [true, false])
  func head(length: Bool) throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n")
    connection.handler.answer(ByteBuffer(string: "body"), length: length)
    #expect(try connection.received().hasSuffix(length ? "content-length: 4\r\n\r\n" : "OK\r\n\r\n"))
    try connection.send(Self.get)
    #expect(connection.handler.heads.count == 2)
  }

  @Test("a client that waits before its body is told to go on when the handler reads")
  func expectContinue() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n")
    #expect(try connection.received().isEmpty)
    connection.channel.read()
    #expect(try connection.received() == "HTTP/1.1 100 Continue\r\n\r\n")
  }

  @Test("a client that waits before its body is not told to go on once it is refused")
  func refusedBeforeBody() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.answersEarly))
    try connection.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n")
    connection.channel.read()
    #expect(try connection.received().hasPrefix("HTTP/1.1 200 OK\r\n"))
  }

  @Test("after an early answer the rest of the body is dropped, and the connection serves the next request")
  func earlyAnswer() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.answersEarly))
    try connection.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nab")
    try connection.send("cd" + Self.get)
    #expect(connection.handler.bodyByteCount == 0)
    #expect(connection.handler.endCount == 0)
    #expect(try answerCount(connection) == 2)
  }

  @Test("a body that nobody reads ends the connection when it is too long to drop")
  func earlyAnswerLongBody() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.answersEarly))
    try connection.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000000\r\n\r\n")
    let piece = String(repeating: "x", count: 64 * 1024)
    for _ in 0..<16 { try connection.send(piece) }
    #expect(connection.isOpen)
    try connection.send("x")
    #expect(!connection.isOpen)
  }

  @Test(
    "bytes that are no request are refused",
    arguments: [
      "\u{16}\u{3}\u{1}\r\n\r\n", "GET / HTTP/2.0\r\nhost: a\r\n\r\n", "GET / HTTP/1.1\r\nbad header\r\n\r\n",
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
    ])
  func malformed(request: String) throws {
    let connection = try EmbeddedConnection()
    try connection.send(request)
    let received = try connection.received()
    #expect(received.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    #expect(received.hasSuffix(#"{"code":"http-request-malformed"}"#))
    #expect(!connection.isOpen)
    #expect(connection.handler.heads.isEmpty)
  }

  @Test("a chunk that is none is refused in the middle of a body")
  func malformedChunk() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n")
    #expect(try connection.received().contains("http-request-malformed"))
    #expect(!connection.isOpen)
    #expect(connection.handler.endCount == 0)
  }

  @Test("bytes that are no request do not spoil the answer to the request before them")
  func malformedAfterRequest() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send(Self.get + "no request\r\n\r\n")
    #expect(connection.handler.errors.isEmpty)
    connection.handler.answer()
    #expect(try connection.received() == "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    #expect(!connection.isOpen)
  }

  @Test("a head is refused above its limit, and taken at it", arguments: [0, 1])
  func headSize(excess: Int) throws {
    var limits = HTTPServerLimits()
    limits.headByteCount = 1000
    let connection = try EmbeddedConnection(limits: limits)
    let value = String(repeating: "v", count: 1000 - "/".count - "hosta".count - "x".count + excess)
    try connection.send("GET / HTTP/1.1\r\nhost: a\r\nx: \(value)\r\n\r\n")
    let status = excess == 0 ? "200 OK" : "431 Request Header Fields Too Large"
    #expect(try connection.received().hasPrefix("HTTP/1.1 \(status)\r\n"))
  }

  @Test("a request line that never ends is refused")
  func requestLineSize() throws {
    var limits = HTTPServerLimits()
    limits.headByteCount = 1000
    let connection = try EmbeddedConnection(limits: limits)
    try connection.send("GET /" + String(repeating: "a", count: 1001))
    #expect(try connection.received().contains("request-head-too-large"))
    #expect(!connection.isOpen)
  }

  @Test("a client that goes away is reported to the handler")
  func clientGone() throws {
    let connection = try EmbeddedConnection(handler: ScriptedHandler(.waits))
    try connection.send(Self.get)
    connection.channel.close(promise: nil)
    #expect(connection.handler.isGone)
  }
}
