import HTTPMessages
import HTTPTransport
import PartyHosting
import Testing

@Suite("Serving a party", .serialized)
struct PartyServerTests {
  private static let get = StreamedRequest(method: "GET", path: "/")

  @Test("a request that is whole comes whole, with its method, path, fields and address", arguments: [true, false])
  func whole(quickly: Bool) async throws {
    try await ScriptedParty.serve(quickly: quickly) { request, answer in
      let body = try await request.body.collect(byteLimit: 100)
      let text = "\(request.method) \(request.path) \(request.field("x-test") ?? "") \(request.peerAddress)"
      try await answer.send(WholeResponse(contentType: "text/plain", body: Array(text.utf8) + body))
    } _: { server, exchange in
      let request = WholeRequest(
        method: "POST", path: "/a?b", fields: [HTTPField("X-Test", "value")], body: Array(" body".utf8))
      let answer = try await exchange.send(request, to: server, bodyLimit: 100)
      #expect(answer.status == 200)
      #expect(answer.field("content-type") == "text/plain")
      #expect(String(decoding: answer.body, as: UTF8.self) == "POST /a?b value 127.0.0.1 body")
    }
  }

  @Test("a piece of the answer arrives before the next is produced", arguments: [true, false])
  func streamedAnswer(quickly: Bool) async throws {
    let firstArrived = Event()
    try await ScriptedParty.serve(quickly: quickly) { _, answer in
      try await answer.begin(status: 200, fields: [])
      try await answer.write(Array("first".utf8))
      await firstArrived.wait()
      try await answer.write(Array("second".utf8))
    } _: { server, exchange in
      var pieces = try await exchange.stream(Self.get, to: server).body.makeAsyncIterator()
      #expect(try await pieces.next() == Array("first".utf8))
      firstArrived.happen()
      #expect(try await pieces.next() == Array("second".utf8))
      #expect(try await pieces.next() == nil)
    }
  }

  @Test("a piece of the request reaches the party before the next is sent", arguments: [true, false])
  func streamedRequest(quickly: Bool) async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: [UInt8].self)
    try await ScriptedParty.serve(quickly: quickly) { request, answer in
      for try await piece in request.body { arrival.yield(piece) }
      try await answer.begin(status: 200, fields: [])
    } _: { server, exchange in
      let (writer, body) = ByteStream.pipe()
      let request = StreamedRequest(method: "POST", path: "/", body: body)
      async let answer = exchange.stream(request, to: server)
      var pieces = arrivals.makeAsyncIterator()
      for number in 0...5 {
        try await writer.write(Array("\(number)".utf8))
        #expect(await pieces.next() == Array("\(number)".utf8))
      }
      writer.finish()
      #expect(try await answer.status == 200)
    }
  }

  @Test("a long body and a long answer pass through whole", arguments: [true, false])
  func longBody(quickly: Bool) async throws {
    try await ScriptedParty.serve(quickly: quickly) { request, answer in
      try await answer.begin(status: 200, fields: [])
      for try await piece in request.body { try await answer.write(piece) }
    } _: { server, exchange in
      let body = (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      let answer = try await exchange.send(
        WholeRequest(method: "POST", path: "/", body: body), to: server, bodyLimit: 1_000_000)
      #expect(answer.body == body)
    }
  }

  @Test(
    "the party's task ends when whoever asked goes away", .timeLimit(.minutes(10)),
    arguments: [true, false])
  func clientGone(quickly: Bool) async throws {
    let ended = Event()
    try await ScriptedParty.serve(quickly: quickly) { _, answer in
      // The asker may be gone before this write returns: then the write ends the task.
      defer { ended.happen() }
      try await answer.begin(status: 200, fields: [])
      try await answer.write([1])
      let never = Event()
      await withTaskCancellationHandler {
        await never.wait()
      } onCancel: {
        never.happen()
      }
    } _: { server, exchange in
      do {
        var pieces = try await exchange.stream(Self.get, to: server).body.makeAsyncIterator()
        #expect(try await pieces.next() == [1])
      }
      await ended.wait()
    }
  }

  @Test("a writer to whoever went away is told so", arguments: [true, false])
  func writeAfterClientGone(quickly: Bool) async throws {
    let refused = Event()
    try await ScriptedParty.serve(quickly: quickly) { _, answer in
      try await answer.begin(status: 200, fields: [])
      do {
        while true { try await answer.write([UInt8](repeating: 1, count: 10_000)) }
      } catch {
        #expect((error as? HTTPExchangeError)?.code == HTTPExchangeError.interrupted)
        refused.happen()
      }
    } _: { server, exchange in
      do {
        var pieces = try await exchange.stream(Self.get, to: server).body.makeAsyncIterator()
        _ = try await pieces.next()
      }
      await refused.wait()
    }
  }

  @Test("an answer that was broken off is no whole answer to its reader", arguments: [true, false])
  func aborted(quickly: Bool) async throws {
    try await ScriptedParty.serve(quickly: quickly) { _, answer in
      try await answer.begin(status: 200, fields: [])
      try await answer.write([1])
      await answer.abort()
    } _: { server, exchange in
      await #expect(throws: HTTPExchangeError.self) {
        try await exchange.stream(Self.get, to: server).body.collect(byteLimit: 10)
      }
    }
  }

  @Test("a party that answers nothing gives status 500", arguments: [true, false])
  func noAnswer(quickly: Bool) async throws {
    try await ScriptedParty.serve(quickly: quickly) { _, _ in
    } _: { server, exchange in
      let answer = try await exchange.send(WholeRequest(method: "GET", path: "/"), to: server, bodyLimit: 10)
      #expect(answer.status == 500)
    }
  }

  @Test("a body whose announced length is above its limit is refused before the party is asked")
  func announcedLength() async throws {
    try await ScriptedParty.serve(quickly: false) { _, answer in
      try await answer.send(WholeResponse(status: 200))
    } _: { server, exchange in
      let request = WholeRequest(method: "POST", path: "/", body: [UInt8](repeating: 1, count: 1_000_001))
      let answer = try await exchange.send(request, to: server, bodyLimit: 100)
      #expect(answer.status == 413)
      #expect(String(decoding: answer.body, as: UTF8.self) == #"{"code":"request-too-large"}"#)
    }
  }

  @Test("a party that answers before it read the body is heard, and the next request too", arguments: [true, false])
  func earlyAnswer(quickly: Bool) async throws {
    try await ScriptedParty.serve(quickly: quickly) { _, answer in
      try await answer.send(WholeResponse(status: 403, body: [7]))
    } _: { server, exchange in
      for _ in 0..<3 {
        let request = WholeRequest(method: "POST", path: "/", body: [UInt8](repeating: 1, count: 500_000))
        let answer = try await exchange.send(request, to: server, bodyLimit: 10)
        #expect(answer.status == 403)
        #expect(answer.body == [7])
      }
    }
  }
}
