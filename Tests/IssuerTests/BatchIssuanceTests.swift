import HTTPMessages
import Issuer
import PrivacyPass
import Testing

@Suite("Batches of tokens")
struct BatchIssuanceTests {
  private static let mediaType = "application/private-token-generic-batch-request"

  private func post(_ service: IssuerService, _ body: [UInt8], account: AccountKey) async -> WholeResponse {
    await service.respond(to: IssuerFixture.post(body, key: account, mediaType: Self.mediaType))
  }

  private func requests(_ count: Int, _ key: IssuerPublicKey, day: UInt64 = 5) throws -> [TokenRequest] {
    try PendingTokenBatch(count: count, challenge: try IssuerFixture.challenge(day: day), key: key).request.requests
  }

  private func encoded(_ requests: [TokenRequest]) throws -> [UInt8] { try BatchedTokenRequest(requests).encoded }

  @Test("one request draws a whole quota, and every token of it verifies")
  func draw() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service(quota: 33)
      let key = try await IssuerFixture.key(service, day: 5)
      let challenge = try IssuerFixture.challenge(day: 5)
      let pending = try PendingTokenBatch(count: 33, challenge: challenge, key: key)
      let answer = await post(service, pending.request.encoded, account: fixture.ada)
      #expect(answer.status == 200)
      #expect(answer.field("content-type") == "application/private-token-generic-batch-response")
      let tokens = try pending.finalize(try BatchedTokenResponse(decoding: answer.body))
      #expect(tokens.count == 33)
      for token in tokens { try TokenVerifier(keys: [key]).verify(token, challenge: challenge) }
      #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5).status == 429)
    }
  }

  @Test("a draw is told yesterday's crowd of its plan, rounded down; a refusal is not")
  func crowd() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      let draws = try fixture.accounts().draws
      for (index, plan) in (0..<20).map({ ($0, $0 < 12 ? "standard" : "plus") }) {
        try await draws.count([.init(day: 4, tokenCount: 1)], account: "\(index)", plan: plan, limit: 9)
      }
      let key = try await IssuerFixture.key(service, day: 5)
      let plus = try await IssuerFixture.key(service, day: 5, plan: "plus")
      let answer = await post(service, try encoded(try requests(1, key)), account: fixture.ada)
      #expect(answer.field("cloister-crowd") == "day=4, accounts=8")
      // Today's draw of the first account changes nothing.
      let other = await post(service, try encoded(try requests(1, plus)), account: fixture.bob)
      #expect(other.field("cloister-crowd") == "day=4, accounts=8")
      let refused = await post(service, try encoded(try requests(9, key)), account: fixture.ada)
      #expect(refused.status == 429 && refused.field("cloister-crowd") == nil)
    }
  }

  @Test("on the first issuer day no crowd is told")
  func firstDay() async throws {
    try await IssuerFixture.with(day: 0, storedDays: [0]) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 0)
      let answer = await post(service, try encoded(try requests(1, key, day: 0)), account: fixture.ada)
      #expect(answer.status == 200 && answer.field("cloister-crowd") == nil)
    }
  }

  @Test("a batch above what is left gets nothing and costs nothing")
  func quota() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service(quota: 5)
      let key = try await IssuerFixture.key(service, day: 5)
      for count in [6, 3, 3, 2] {
        let answer = await post(service, try encoded(try requests(count, key)), account: fixture.ada)
        let isWithin = count != 6 && answer.status == 200
        #expect(isWithin || IssuerFixture.code(answer) == "issuer-quota-exceeded")
      }
      let account = try await fixture.accounts().export(.name("ada"))
      guard case .object(let members) = account else { return }
      #expect(members["draws"] == [["day": 5, "plan": "standard", "count": 5]])
    }
  }

  @Test("one request under a key that does not issue refuses its whole batch, which then costs nothing")
  func unknownKey() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      let plus = try await IssuerFixture.key(service, day: 5, plan: "plus")
      let answer = await post(
        service, try encoded(try requests(1, key) + requests(1, plus) + requests(1, key)), account: fixture.ada)
      #expect(answer.status == 400)
      #expect(IssuerFixture.code(answer) == "issuer-key-unknown")
      #expect(await post(service, try encoded(try requests(3, key)), account: fixture.ada).status == 200)
    }
  }

  @Test("a batch may hold requests of two days in the grace time, each counted for its own")
  func twoDays() async throws {
    try await IssuerFixture.with(day: 6, offset: 2, storedDays: [5, 6]) { fixture async throws in
      let service = try await fixture.service(quota: 2)
      let keys = [
        try await IssuerFixture.key(service, day: 5), try await IssuerFixture.key(service, day: 6),
      ]
      let batch = try requests(2, keys[0]) + requests(2, keys[1], day: 6)
      #expect(await post(service, try encoded(batch), account: fixture.ada).status == 200)
      for key in keys {
        #expect(await post(service, try encoded(try requests(1, key)), account: fixture.ada).status == 429)
      }
    }
  }

  @Test("a blinded message that is not below the modulus refuses its whole batch")
  func aboveModulus() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service(quota: 20)
      let key = try await IssuerFixture.key(service, day: 5)
      let high = try TokenRequest(decoding: [0, 2, key.truncatedTokenKeyID] + [UInt8](repeating: 0xFF, count: 256))
      for position in [0, 1, 4] {
        var batch = try requests(4, key)
        batch.insert(high, at: position)
        let answer = await post(service, try encoded(batch), account: fixture.ada)
        #expect(answer.status == 400)
        #expect(IssuerFixture.code(answer) == "issuer-request-malformed")
      }
    }
  }

  @Test("what is no batch is refused and costs nothing")
  func malformed() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      let batch = try encoded(try requests(2, key))
      let single = try requests(1, key)[0].encoded
      for body in [[], [0], Array(batch.dropLast()), batch + [0], single] {
        let answer = await post(service, body, account: fixture.ada)
        #expect(answer.status == 422)
        #expect(IssuerFixture.code(answer) == "issuer-request-malformed")
      }
      #expect(IssuerFixture.code(await service.respond(to: IssuerFixture.post(batch, key: fixture.ada))) != nil)
      #expect(await post(service, try encoded(try requests(3, key)), account: fixture.ada).status == 200)
    }
  }

  @Test("a batch without a known account key is refused before it is read")
  func account() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      let answer = await post(service, [1, 2, 3], account: AccountKey())
      #expect(answer.status == 401)
      #expect(IssuerFixture.code(answer) == "issuer-account-unknown")
    }
  }
}
