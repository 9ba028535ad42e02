import HTTPMessages
import Issuer
import PartyHosting
import PrivacyPass
import Testing

@Suite("Issuance to accounts")
struct IssuanceTests {
  @Test("an account draws a token that verifies under the day's key of its plan")
  func draw() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      for (account, plan) in [(fixture.ada, "standard"), (fixture.bob, "plus")] {
        let key = try await IssuerFixture.key(service, day: 5, plan: plan)
        let drawn = try await IssuerFixture.draw(service, account: account, key: key, day: 5)
        let token = try #require(drawn.token)
        try TokenVerifier(keys: [key]).verify(token, challenge: try IssuerFixture.challenge(day: 5))
      }
    }
  }

  @Test("the quota counts each account and each day apart")
  func quota() async throws {
    try await IssuerFixture.with(day: 5, storedDays: [5, 6]) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      for _ in 0..<IssuerFixture.quota {
        #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5).status == 200)
      }
      let refused = try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5)
      #expect(refused.status == 429)
      #expect(refused.code == "issuer-quota-exceeded")

      let plus = try await IssuerFixture.key(service, day: 5, plan: "plus")
      #expect(try await IssuerFixture.draw(service, account: fixture.bob, key: plus, day: 5).status == 200)

      fixture.clock.set(day: 6)
      let next = try await IssuerFixture.key(service, day: 6)
      #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: next, day: 6).status == 200)
    }
  }

  @Test("concurrent draws of one account stop at its quota")
  func concurrentQuota() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      let account = fixture.ada
      let issued = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 * IssuerFixture.quota {
          group.addTask { try await IssuerFixture.draw(service, account: account, key: key, day: 5).status }
        }
        return try await group.reduce(0) { $0 + ($1 == 200 ? 1 : 0) }
      }
      #expect(issued == IssuerFixture.quota)
    }
  }

  @Test("counts and keys survive a restart")
  func restart() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let first = try await fixture.service()
      let key = try await IssuerFixture.key(first, day: 5)
      for _ in 0..<IssuerFixture.quota {
        #expect(try await IssuerFixture.draw(first, account: fixture.ada, key: key, day: 5).status == 200)
      }
      let second = try await fixture.service()
      #expect(try await IssuerFixture.key(second, day: 5) == key)
      #expect(try await IssuerFixture.draw(second, account: fixture.ada, key: key, day: 5).status == 429)
    }
  }

  @Test("a request without a known account key is refused before anything else is read")
  func unknownAccount() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      let known = fixture.ada.hexadecimal
      for value in [
        nil, "", "Bearer", "Bearer ", "Bearer \(AccountKey().hexadecimal)", "Basic \(known)", "Bearer \(known)00",
        "Bearer \(known.dropLast())", "Bearer  \(known) x", known,
      ] {
        var request = IssuerFixture.post([], key: fixture.ada)
        request.fields = request.fields.filter { $0.name != "authorization" }
        if let value { request.fields.append(HTTPField("authorization", value)) }
        let answer = await service.respond(to: request)
        #expect(answer.status == 401)
        #expect(IssuerFixture.code(answer) == "issuer-account-unknown")
        #expect(answer.field("www-authenticate") == "Bearer")
      }
    }
  }

  @Test("a token request that is none is refused and costs nothing")
  func malformedRequest() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      let request = try PendingToken(challenge: try IssuerFixture.challenge(day: 5), key: key).request.encoded
      let bodies: [[UInt8]] = [[], [0], Array(request.dropLast()), request + [0], [0, 1] + request.dropFirst(2)]
      for body in bodies {
        let answer = await service.respond(to: IssuerFixture.post(body, key: fixture.ada))
        #expect(answer.status == 422)
        #expect(IssuerFixture.code(answer) == "issuer-request-malformed")
      }
      var otherType = IssuerFixture.post(request, key: fixture.ada)
      otherType.fields[0] = HTTPField("content-type", "application/octet-stream")
      #expect(IssuerFixture.code(await service.respond(to: otherType)) == "issuer-request-malformed")
      for _ in 0..<IssuerFixture.quota {
        #expect(await service.respond(to: IssuerFixture.post(request, key: fixture.ada)).status == 200)
      }
    }
  }

  @Test("a blinded message that is not below the modulus is refused")
  func aboveModulus() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      let body = [0, 2, key.truncatedTokenKeyID] + [UInt8](repeating: 0xFF, count: 256)
      let answer = await service.respond(to: IssuerFixture.post(body, key: fixture.ada))
      #expect(IssuerFixture.code(answer) == "issuer-request-malformed")
    }
  }

  @Test("a request under another plan's key, or under no key, is refused")
  func unknownKey() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      let standard = try await IssuerFixture.key(service, day: 5)
      let plus = try await IssuerFixture.key(service, day: 5, plan: "plus")
      let refused = try await IssuerFixture.draw(service, account: fixture.ada, key: plus, day: 5)
      #expect(refused.status == 422)
      #expect(refused.code == "issuer-key-unknown")

      let body = [0, 2, standard.truncatedTokenKeyID ^ 0xFF] + [UInt8](repeating: 1, count: 256)
      let answer = await service.respond(to: IssuerFixture.post(body, key: fixture.ada))
      #expect(IssuerFixture.code(answer) == "issuer-key-unknown")
    }
  }

  @Test("an observation names the account and nothing of the request")
  func observation() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      let slot = ObservationSlot()
      _ = await ObservationRecord.$current.withValue(slot) {
        await service.respond(to: IssuerFixture.post([], key: fixture.ada))
      }
      #expect(slot.value.account == "ada")
      #expect(slot.value.tokenDigest == nil)
      #expect(slot.value.opened == .none)
      #expect(!slot.value.sawContent)
    }
  }
}
