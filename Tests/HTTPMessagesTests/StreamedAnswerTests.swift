import HTTPMessages
import TestSupport
import Testing

@Suite("The two sides of an exchange")
struct StreamedAnswerTests {
  @Test("the first piece is read before the second is written")
  func streams() async throws {
    let (gate, opening) = AsyncStream.makeStream(of: Void.self)
    let answer = StreamedAnswer { answer in
      try? await answer.begin(status: 200, fields: [HTTPField("content-type", "text/plain")])
      try? await answer.write([1])
      for await _ in gate { break }
      try? await answer.write([2])
    }
    let response = try await answer.response()
    #expect(response.status == 200)
    var iterator = response.body.makeAsyncIterator()
    #expect(try await iterator.next() == [1])
    opening.yield()
    #expect(try await iterator.next() == [2])
    #expect(try await iterator.next() == nil)
  }

  @Test("an answer that breaks off is not taken for a whole one")
  func abort() async throws {
    let answer = StreamedAnswer { answer in
      try? await answer.begin(status: 200, fields: [])
      try? await answer.write([1])
      await answer.abort()
    }
    let body = try await answer.response().body
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) { try await body.collect(byteLimit: 9) }
  }

  @Test("an exchange without an answer fails")
  func silence() async {
    let answer = StreamedAnswer { _ in }
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.interrupted, "")) { try await answer.response() }
  }

  @Test("whoever answers is cancelled once the body is dropped")
  func dropped() async throws {
    let (ends, ending) = AsyncStream.makeStream(of: Bool.self)
    let answer = StreamedAnswer { answer in
      try? await answer.begin(status: 200, fields: [])
      var wasRefused = false
      while !wasRefused {
        do { try await answer.write([1, 2, 3]) } catch { wasRefused = true }
      }
      ending.yield(true)
    }
    do {
      let response = try await answer.response()
      #expect(response.status == 200)
    }
    for await wasRefused in ends {
      #expect(wasRefused)
      break
    }
  }
}
