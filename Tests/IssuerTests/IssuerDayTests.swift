import Foundation
import HTTPMessages
import Issuer
import PrivacyPass
import Testing

@Suite("Keys of issuer days")
struct IssuerDayTests {
  private func get(_ service: IssuerService, _ path: String) async -> WholeResponse {
    await service.respond(to: WholeRequest(method: "GET", path: path))
  }

  @Test("a day has one key per plan, made once and the same for everyone")
  func oneKey() async throws {
    try await IssuerFixture.with(day: 5, storedDays: []) { fixture async throws in
      let service = try await fixture.service()
      let tomorrow = await get(service, "/keys/6")
      #expect(tomorrow.status == 200)
      let keys = try PlanKeys(decoding: tomorrow.body).keys
      #expect(keys.map(\.plan) == ["plus", "standard"])
      #expect(await get(service, "/keys/6").body == tomorrow.body)
      fixture.clock.set(day: 6)
      #expect(await get(service, "/keys/6").body == tomorrow.body)
      let restarted = try await fixture.service()
      #expect(await get(restarted, "/keys/6").body == tomorrow.body)
    }
  }

  @Test("keys that issue at about one time differ in their truncated key ID")
  func truncatedKeyIDs() async throws {
    try await IssuerFixture.with(day: 5, storedDays: []) { fixture async throws in
      let service = try await fixture.service()
      var identifiers: [UInt8] = []
      for day in [5, 6] {
        let keys = try PlanKeys(decoding: await get(service, "/keys/\(day)").body).keys
        identifiers += keys.map(\.key.truncatedTokenKeyID)
      }
      #expect(Set(identifiers).count == 4)
    }
  }

  @Test("days that are not about now have no keys, and asking makes none")
  func farDays() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      for day in ["0", "3", "4", "7", "8", "18446744073709551615"] {
        let answer = await get(service, "/keys/\(day)")
        #expect(answer.status == 422)
        #expect(IssuerFixture.code(answer) == "issuer-key-unknown")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder + "/keys").count == 2)
    }
  }

  @Test(
    "paths that name no day are not found",
    arguments: [
      "/keys/", "/keys/05", "/keys/+5", "/keys/-1", "/keys/5/", "/keys/5?a", "/keys", "/keys/18446744073709551616",
    ])
  func otherPaths(path: String) async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      #expect(await get(service, path).status == 404)
      #expect(service.requestBodyLimit(method: "GET", path: path) == nil)
    }
  }

  @Test("yesterday's key issues for a twelfth of an epoch after its day, and no longer")
  func grace() async throws {
    try await IssuerFixture.with(day: 5, storedDays: [5, 6]) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      fixture.clock.set(day: 6, offset: 4.9)
      #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5).status == 200)
      #expect(try await IssuerFixture.key(service, day: 5) == key)
      fixture.clock.set(day: 6, offset: 5)
      #expect(
        try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5).code == "issuer-key-unknown")
    }
  }

  @Test("tomorrow's key issues nothing today, but for the last twelfth of an epoch, for clocks that are fast")
  func early() async throws {
    try await IssuerFixture.with(day: 5, storedDays: [5, 6]) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 6)
      for offset in [700, Double(TestClock.secondsPerDay) - 5.1] {
        fixture.clock.set(day: 5, offset: offset)
        #expect(
          try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 6).code == "issuer-key-unknown")
      }
      fixture.clock.set(day: 5, offset: Double(TestClock.secondsPerDay) - 5)
      #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 6).status == 200)
      #expect(try await IssuerFixture.key(service, day: 6) == key)
    }
  }

  @Test("tokens that were drawn ahead of their day count for it")
  func earlyCounts() async throws {
    try await IssuerFixture.with(day: 5, storedDays: [5, 6]) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 6)
      fixture.clock.set(day: 5, offset: Double(TestClock.secondsPerDay) - 1)
      for _ in 0..<IssuerFixture.quota {
        #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 6).status == 200)
      }
      fixture.clock.set(day: 6)
      #expect(
        try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 6).code == "issuer-quota-exceeded")
    }
  }

  @Test("a request's media type is taken in any case, and without a parameter")
  func mediaTypes() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      let pending = try PendingToken(challenge: try IssuerFixture.challenge(day: 5), key: key)
      for (mediaType, status) in [
        ("Application/Private-Token-Request", 200), ("application/private-token-request;a=b", 422), ("text/plain", 422),
      ] {
        let request = IssuerFixture.post(pending.request.encoded, key: fixture.ada, mediaType: mediaType)
        #expect(await service.respond(to: request).status == status)
      }
    }
  }

  @Test("private keys are erased when the day after theirs is over")
  func keyFiles() async throws {
    try await IssuerFixture.with(day: 5, storedDays: [5, 6, 7]) { fixture async throws in
      let service = try await fixture.service()
      let keys = fixture.folder + "/keys"
      fixture.clock.set(day: 6)
      _ = try await IssuerFixture.key(service, day: 6)
      #expect(FileManager.default.fileExists(atPath: keys + "/5-plus.pem"))
      fixture.clock.set(day: 7)
      _ = try await IssuerFixture.key(service, day: 7)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: keys).sorted()
          == [".lock", "6-plus.pem", "6-standard.pem", "7-plus.pem", "7-standard.pem", "erased"])
    }
  }

  @Test("a day whose keys were erased by a clock that jumped ahead: it gets no second key, the next day its first")
  func clockJumped() async throws {
    try await IssuerFixture.with(day: 5, storedDays: [5, 9]) { fixture async throws in
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      fixture.clock.set(day: 9)
      _ = try await IssuerFixture.key(service, day: 9)
      fixture.clock.set(day: 5)
      let answer = await get(service, "/keys/5")
      #expect(answer.status == 422)
      #expect(IssuerFixture.code(answer) == "issuer-key-unknown")
      #expect(
        try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5).code == "issuer-key-unknown")
      await #expect(throws: IssuerError(IssuerError.keyUnknown, "")) { try await fixture.service() }
      fixture.clock.set(day: 6)
      #expect(await get(service, "/keys/6").status == 200)
      #expect(await get(try await fixture.service(), "/keys/6").body == get(service, "/keys/6").body)
    }
  }

  @Test("private keys lie in files of mode 0600 in a folder of mode 0700")
  func modes() async throws {
    try await IssuerFixture.with(day: 5, storedDays: []) { fixture async throws in
      for name in ["keys", "accounts.sqlite", "accounts.sqlite-wal", "accounts.sqlite-shm"] {
        try? FileManager.default.removeItem(atPath: "\(fixture.folder)/\(name)")
      }
      _ = try await fixture.service()
      let keys = fixture.folder + "/keys"
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: keys).sorted()
          == [".lock", "5-plus.pem", "5-standard.pem"])
      for (path, mode) in [("/5-plus.pem", 0o600), ("/5-standard.pem", 0o600), ("", 0o700)] {
        #expect(try FileManager.default.attributesOfItem(atPath: keys + path)[.posixPermissions] as? Int == mode)
      }
      let accounts = try FileManager.default.attributesOfItem(atPath: fixture.folder + "/accounts.sqlite")
      #expect(accounts[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test("a key file that others can read, or that holds no key, stops the start")
  func badKeyFiles() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      _ = try await fixture.service()
      let path = fixture.folder + "/keys/5-plus.pem"
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      await #expect(throws: IssuerError(IssuerError.stateUnavailable, "")) { try await fixture.service() }
      try Data("no key".utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      await #expect(throws: IssuerError(IssuerError.stateUnavailable, "")) { try await fixture.service() }
    }
  }

  @Test("before t0 there is no issuer day")
  func beforeStart() async throws {
    try await IssuerFixture.with(day: 0, offset: -1, storedDays: [0]) { fixture async throws in
      await #expect(throws: IssuerError(IssuerError.keyUnknown, "")) { try await fixture.service() }
      fixture.clock.set(day: 0, offset: 0)
      let service = try await fixture.service()
      #expect(await get(service, "/keys/0").status == 200)
    }
  }

  @Test("the directory names today's keys first and where requests go")
  func directory() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      let answer = await get(service, "/.well-known/private-token-issuer-directory")
      #expect(answer.field("content-type") == "application/private-token-issuer-directory")
      // Until day 6 begins: 740 of the day's 1,440 seconds.
      #expect(answer.field("cache-control") == "max-age=740")
      let directory = try IssuerDirectory(decoding: answer.body)
      #expect(directory.issuerRequestURI == "/token-request")
      let beginning = TestClock.epochStart + 5 * TestClock.secondsPerDay
      let plus = try await IssuerFixture.key(service, day: 5, plan: "plus")
      let standard = try await IssuerFixture.key(service, day: 5)
      #expect(
        directory.tokenKeys == [
          .init(plus, notBefore: beginning, plan: "plus"), .init(standard, notBefore: beginning, plan: "standard"),
        ])
      _ = try await IssuerFixture.key(service, day: 6)
      let later = try IssuerDirectory(
        decoding: await get(service, "/.well-known/private-token-issuer-directory").body)
      #expect(later.tokenKeys.count == 4)
      #expect(Array(later.tokenKeys.prefix(2)) == directory.tokenKeys)
    }
  }

  @Test("a plan's directory names its keys alone, and the first of them issues to the plan's accounts")
  func planDirectory() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      for (plan, account) in [("standard", fixture.ada), ("plus", fixture.bob)] {
        let answer = await get(service, "/plans/\(plan)/.well-known/private-token-issuer-directory")
        #expect(answer.field("content-type") == "application/private-token-issuer-directory")
        #expect(answer.field("cache-control") == "max-age=740")
        let directory = try IssuerDirectory(decoding: answer.body)
        #expect(directory.issuerRequestURI == "/token-request")
        #expect(directory.tokenKeys.map(\.plan) == [plan])
        let now = UInt64(fixture.clock.now().timeIntervalSince1970)
        let preferred = try #require(directory.preferredKey(ofType: .blindRSA2048, at: now))
        let key = try IssuerPublicKey(subjectPublicKeyInfo: preferred.encodedKey)
        #expect(try await IssuerFixture.draw(service, account: account, key: key, day: 5).status == 200)
      }
    }
  }

  @Test(
    "directories of plans that the issuer has not are not found",
    arguments: ["/plans/other", "/plans/", "/plans", "/plans/standard/x", "/plans/Standard", "/plans//standard"])
  func otherPlan(base: String) async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      let path = base + "/.well-known/private-token-issuer-directory"
      #expect(await get(service, path).status == 404)
      #expect(service.requestBodyLimit(method: "GET", path: path) == nil)
    }
  }

  @Test("known paths refuse other methods, unknown paths are not found, and health answers")
  func methods() async throws {
    try await IssuerFixture.with(day: 5) { fixture async throws in
      let service = try await fixture.service()
      #expect(await get(service, "/token-request").status == 405)
      #expect(await service.respond(to: WholeRequest(method: "POST", path: "/keys/5")).status == 405)
      #expect(await service.respond(to: WholeRequest(method: "DELETE", path: "/health")).status == 405)
      #expect(await service.respond(to: WholeRequest(method: "POST", path: "/other")).status == 404)
      #expect(await get(service, "/health").status == 200)
      #expect(service.requestBodyLimit(method: "POST", path: "/token-request") == BatchedTokenRequest.byteLimit)
    }
  }
}
