import Foundation
import HTTPMessages
import Issuer
import PrivacyPass
import StrictJSON
import Testing

@Suite("Accounts of local keys")
struct AccountTests {
  private func status(_ service: IssuerService, bearer: String) async -> (Int, String?) {
    let answer = await service.respond(to: IssuerFixture.post([], bearer: bearer))
    return (answer.status, IssuerFixture.code(answer))
  }

  /// The key with a wrong secret.
  private func wrong(_ key: AccountKey) -> String {
    key.identifier + String(AccountKey().hexadecimal.dropFirst(key.identifier.count))
  }

  @Test("an account is added once by its name, and listed without its key")
  func addAndList() async throws {
    try await IssuerFixture.with { fixture async throws in
      let accounts = try fixture.accounts()
      let key = AccountKey()
      try await accounts.add(name: "a.b-c_d@E9", plan: "plus", key: key, hashing: IssuerFixture.hashing)
      let listed = try await accounts.list()
      #expect(listed.map(\.name) == ["a.b-c_d@E9", "ada", "bob"])
      #expect(listed[0].identifier == key.identifier)
      #expect(listed[0].plan == "plus")
      #expect(!listed[0].isRevoked)
      await #expect(throws: IssuerError(IssuerError.accountExists, "")) {
        try await accounts.add(name: "ada", plan: "plus", key: AccountKey(), hashing: IssuerFixture.hashing)
      }
      for name in ["", "a b", "a/b", String(repeating: "n", count: 65)] {
        await #expect(throws: IssuerError(IssuerError.configurationInvalid, "")) {
          try await accounts.add(name: name, plan: "plus", key: AccountKey(), hashing: IssuerFixture.hashing)
        }
      }
    }
  }

  @Test("no byte of a key's secret is on the disk")
  func storedBytes() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      #expect(await status(service, bearer: fixture.ada.hexadecimal).0 == 422)
      let secret = String(fixture.ada.hexadecimal.dropFirst(16))
      var raw = Data()
      var rest = Substring(secret)
      while let pair = UInt8(rest.prefix(2), radix: 16) {
        raw.append(pair)
        rest = rest.dropFirst(2)
      }
      #expect(raw.count == 32)
      for name in try FileManager.default.contentsOfDirectory(atPath: fixture.folder) where name.hasPrefix("accounts") {
        let contents = try #require(FileManager.default.contents(atPath: "\(fixture.folder)/\(name)"))
        #expect(contents.range(of: Data(secret.utf8)) == nil)
        #expect(contents.range(of: raw) == nil)
      }
    }
  }

  @Test("a revoked account is refused at once, though its key was verified a moment ago")
  func revoke() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      let accounts = try fixture.accounts()
      #expect(await status(service, bearer: fixture.ada.hexadecimal).0 == 422)
      try await accounts.revoke(.name("ada"))
      #expect(await status(service, bearer: fixture.ada.hexadecimal) == (403, "issuer-account-revoked"))
      #expect(await status(service, bearer: wrong(fixture.ada)) == (401, "issuer-account-unknown"))
      #expect(await status(service, bearer: fixture.bob.hexadecimal).0 == 422)
      #expect(try await accounts.list().map(\.isRevoked) == [true, false])
      await #expect(throws: IssuerError(IssuerError.accountMissing, "")) { try await accounts.revoke(.name("eve")) }
    }
  }

  @Test("an account of a plan that the issuer does not run is refused")
  func planUnknown() async throws {
    try await IssuerFixture.with { fixture async throws in
      let key = AccountKey()
      try await fixture.accounts().add(name: "eve", plan: "other", key: key, hashing: IssuerFixture.hashing)
      let service = try await fixture.service()
      #expect(await status(service, bearer: key.hexadecimal) == (403, "issuer-plan-unknown"))
    }
  }

  @Test("five wrong secrets within a minute close an account to keys that are not known yet, and to no other")
  func attempts() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      for _ in 0..<5 {
        #expect(await status(service, bearer: wrong(fixture.ada)) == (401, "issuer-account-unknown"))
      }
      #expect(await status(service, bearer: wrong(fixture.ada)) == (429, "issuer-attempts-exceeded"))
      #expect(await status(service, bearer: fixture.ada.hexadecimal) == (429, "issuer-attempts-exceeded"))
      #expect(await status(service, bearer: fixture.bob.hexadecimal).0 == 422)
      for _ in 0..<20 {
        #expect(await status(service, bearer: AccountKey().hexadecimal) == (401, "issuer-account-unknown"))
      }
      fixture.clock.set(day: 5, offset: 760)
      #expect(await status(service, bearer: fixture.ada.hexadecimal).0 == 422)
      for _ in 0..<6 { _ = await status(service, bearer: wrong(fixture.ada)) }
      #expect(await status(service, bearer: wrong(fixture.ada)) == (429, "issuer-attempts-exceeded"))
      // Whoever was here before is not locked out by others who guess.
      #expect(await status(service, bearer: fixture.ada.hexadecimal).0 == 422)
      fixture.clock.set(day: 5, offset: 760 + 301)
      #expect(await status(service, bearer: fixture.ada.hexadecimal).0 == 422)
    }
  }

  @Test("many wrong secrets at once are not more attempts than one after the other")
  func attemptsAtOnce() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      let guesses = (0..<30).map { _ in wrong(fixture.ada) }
      let refused = await withTaskGroup(of: Int.self) { group in
        for guess in guesses { group.addTask { await status(service, bearer: guess).0 } }
        return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      #expect(refused == [401: 5, 429: 25])
    }
  }

  /// The hash that is stored for a key. A function of its own, as is the next: Swift 6.3.1 crashes in optimizing all of
  /// the test as one closure.
  @inline(never)
  private func storedHash(_ accounts: AccountStore, _ key: AccountKey) async throws -> String {
    let account = try await accounts.keyAccount(identifier: key.identifier)
    return try #require(account).hash
  }

  @inline(never)
  private func addWithOlderHash(_ accounts: AccountStore, _ key: AccountKey) async throws {
    let older = try #require(KeyHash.Parameters(logRounds: 10, blockSize: 2, parallelism: 1))
    try await accounts.add(name: "old", plan: "standard", key: key, hashing: older)
  }

  @Test("a hash with other parameters is good, and is replaced when its key is used")
  func hashUpgrade() async throws {
    try await IssuerFixture.with { fixture async throws in
      let accounts = try fixture.accounts()
      let key = AccountKey()
      try await addWithOlderHash(accounts, key)
      let service = try await fixture.service()
      #expect(await status(service, bearer: wrong(key)).0 == 401)
      let before = try await storedHash(accounts, key)
      #expect(before.contains("r=2"))
      #expect(await status(service, bearer: key.hexadecimal).0 == 422)
      let after = try await storedHash(accounts, key)
      #expect(after.contains("r=1"))
      #expect(await status(service, bearer: key.hexadecimal).0 == 422)
    }
  }

  @Test("what is stored about an account can be exported, and after erasure nothing is")
  func exportAndErase() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      let accounts = try fixture.accounts()
      let key = try await IssuerFixture.key(service, day: 5)
      for _ in 0..<2 {
        #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5).status == 200)
      }
      let expected: JSONValue = [
        "account": .string(fixture.ada.identifier), "name": "ada", "plan": "standard", "revoked": false,
        "keyHash": "scrypt, ln=10,r=1,p=1", "draws": [["day": 5, "plan": "standard", "count": 2]],
      ]
      #expect(try await accounts.export(.name("ada")) == expected)
      try await accounts.erase(.name("ada"))
      for operation in [{ _ = try await accounts.export(.name("ada")) }, { try await accounts.erase(.name("ada")) }]
        as [() async throws -> Void]
      {
        await #expect(throws: IssuerError(IssuerError.accountMissing, "")) { try await operation() }
      }
      #expect(await status(service, bearer: fixture.ada.hexadecimal) == (401, "issuer-account-unknown"))
      for name in try FileManager.default.contentsOfDirectory(atPath: fixture.folder) where name.hasPrefix("accounts") {
        let contents = try #require(FileManager.default.contents(atPath: "\(fixture.folder)/\(name)"))
        #expect(contents.range(of: Data(fixture.ada.identifier.utf8)) == nil)
      }
    }
  }
}
