import FakeIdentityProvider
import Foundation
import HTTPMessages
import IdentityTokens
import Issuer
import PartyHosting
import PrivacyPass
import StrictJSON
import Testing

@Suite("Accounts of identity providers")
struct IdentityAccountTests {
  private struct Opened {
    let provider: FakeIdentityProvider
    let service: IssuerService
    let fixture: IssuerFixture

    func token(subject: String = "alice@example.org", plan: String? = nil) throws -> String {
      var claims = FakeIdentityProvider.claims(at: fixture.clock.now(), subject: subject)
      if let plan { claims["tier"] = .string(plan) }
      return try provider.token(claims)
    }

    func account(_ subject: String = "alice@example.org") throws -> AccountReference {
      .pseudonym(
        try SubjectPseudonyms(stateFolder: fixture.folder).pseudonym(
          issuer: FakeIdentityProvider.issuer, subject: subject))
    }
  }

  private func with(_ body: (Opened) async throws -> Void) async throws {
    try await IssuerFixture.with(storedDays: [5, 6]) { fixture async throws in
      let provider = FakeIdentityProvider()
      let clock = fixture.clock
      let configuration = try IdentityProvider(
        issuer: FakeIdentityProvider.issuer, audience: FakeIdentityProvider.audience, planClaim: "tier",
        plansByClaimValue: ["gold": "plus"], defaultPlan: "standard")
      let verifier = IdentityTokenVerifier(providers: [configuration], exchange: provider) { clock.now() }
      try await body(
        Opened(
          provider: provider, service: try await fixture.service(identityTokens: verifier), fixture: fixture))
    }
  }

  @Test("a provider's token draws tokens of the plan that it leads to, up to the quota")
  func draw() async throws {
    try await with { opened async throws in
      let standard = try await IssuerFixture.key(opened.service, day: 5)
      let plus = try await IssuerFixture.key(opened.service, day: 5, plan: "plus")
      for _ in 0..<IssuerFixture.quota {
        let drawn = try await IssuerFixture.draw(opened.service, bearer: try opened.token(), key: standard, day: 5)
        #expect(drawn.token != nil)
      }
      #expect(
        try await IssuerFixture.draw(opened.service, bearer: try opened.token(), key: standard, day: 5).status == 429)
      let other = try opened.token(subject: "bob", plan: "gold")
      #expect(try await IssuerFixture.draw(opened.service, bearer: other, key: plus, day: 5).status == 200)
      #expect(
        try await IssuerFixture.draw(opened.service, bearer: other, key: standard, day: 5).code
          == "issuer-key-unknown")
    }
  }

  @Test("a subject is nowhere on the disk and in no observation")
  func pseudonym() async throws {
    try await with { opened async throws in
      let key = try await IssuerFixture.key(opened.service, day: 5)
      let slot = ObservationSlot()
      _ = try await ObservationRecord.$current.withValue(slot) {
        try await IssuerFixture.draw(opened.service, bearer: try opened.token(), key: key, day: 5)
      }
      #expect(slot.value.account?.count == 16)
      let folder = opened.fixture.folder
      for name in try #require(FileManager.default.subpaths(atPath: folder)) {
        guard let contents = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
        for text in ["alice", "example.org", "id.test"] { #expect(contents.range(of: Data(text.utf8)) == nil) }
      }
      let mode = try FileManager.default.attributesOfItem(atPath: folder + "/pseudonym.key")[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
  }

  @Test("the operator exports, erases and revokes by issuer and subject")
  func personalData() async throws {
    try await with { opened async throws in
      let key = try await IssuerFixture.key(opened.service, day: 5)
      let accounts = try opened.fixture.accounts()
      let account = try opened.account()
      await #expect(throws: IssuerError(IssuerError.accountMissing, "")) { try await accounts.export(account) }
      #expect(try await IssuerFixture.draw(opened.service, bearer: try opened.token(), key: key, day: 5).status == 200)
      guard case .object(let members) = try await accounts.export(account) else { return }
      #expect(members.keys.sorted() == ["account", "draws"])
      #expect(members["draws"] == [["day": 5, "plan": "standard", "count": 1]])
      try await accounts.erase(account)
      await #expect(throws: IssuerError(IssuerError.accountMissing, "")) { try await accounts.export(account) }
      try await accounts.revoke(account)
      #expect(
        try await IssuerFixture.draw(opened.service, bearer: try opened.token(), key: key, day: 5).code
          == "issuer-account-revoked")
      #expect(
        try await IssuerFixture.draw(
          opened.service, bearer: try opened.token(subject: "bob"), key: key, day: 5
        ).status == 200)
      #expect(try await accounts.list().map(\.name) == ["ada", "bob"])
    }
  }

  @Test("refusals keep the code of the token, with a status that fits")
  func refusals() async throws {
    try await with { opened async throws in
      opened.provider.setReachable(false)
      let refused = await opened.service.respond(to: IssuerFixture.post([], bearer: try opened.token()))
      #expect(refused.status == 503)
      #expect(IssuerFixture.code(refused) == "identity-provider-unavailable")
      // Local keys do not depend on a provider.
      let local = await opened.service.respond(to: IssuerFixture.post([], key: opened.fixture.ada))
      #expect(IssuerFixture.code(local) == "issuer-request-malformed")
      opened.provider.setReachable(true)
      opened.fixture.clock.set(day: 5, offset: 760)
      var claims = FakeIdentityProvider.claims(at: opened.fixture.clock.now())
      claims["aud"] = "other"
      let cases: [(String, Int, String)] = [
        ("a.b.c", 401, "identity-token-malformed"),
        (try opened.provider.token(claims), 401, "identity-token-audience"),
        (try opened.provider.token(["iss": "https://other.test"]), 401, "identity-token-issuer"),
      ]
      for (bearer, status, code) in cases {
        let answer = await opened.service.respond(to: IssuerFixture.post([], bearer: bearer))
        #expect(answer.status == status)
        #expect(IssuerFixture.code(answer) == code)
        #expect(answer.field("www-authenticate") == "Bearer")
      }
    }
  }

  @Test("without a provider a token opens nothing")
  func noProvider() async throws {
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service()
      let token = try FakeIdentityProvider().token(FakeIdentityProvider.claims(at: fixture.clock.now()))
      let answer = await service.respond(to: IssuerFixture.post([], bearer: token))
      #expect(IssuerFixture.code(answer) == "issuer-account-unknown")
    }
  }

  @Test("a provider that leads to a plan which the issuer has not stops the start")
  func planUnknown() async throws {
    try await IssuerFixture.with { fixture async throws in
      let configuration = try IdentityProvider(
        issuer: FakeIdentityProvider.issuer, audience: "x", defaultPlan: "other")
      let verifier = IdentityTokenVerifier(providers: [configuration], exchange: FakeIdentityProvider())
      await #expect(throws: IssuerError(IssuerError.configurationInvalid, "")) {
        try await fixture.service(identityTokens: verifier)
      }
    }
  }

  @Test("pseudonyms differ by subject, issuer and secret, and a secret that others can read stops the start")
  func secrets() async throws {
    try await IssuerFixture.with { fixture async throws in
      let pseudonyms = try SubjectPseudonyms(stateFolder: fixture.folder)
      let again = try SubjectPseudonyms(stateFolder: fixture.folder)
      #expect(pseudonyms.pseudonym(issuer: "i", subject: "s") == again.pseudonym(issuer: "i", subject: "s"))
      let others = [("i", "t"), ("j", "s"), ("is", ""), ("", "is")].map {
        pseudonyms.pseudonym(issuer: $0, subject: $1)
      }
      #expect(Set(others + [pseudonyms.pseudonym(issuer: "i", subject: "s")]).count == 5)
      let path = fixture.folder + "/pseudonym.key"
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      #expect(throws: IssuerError(IssuerError.stateUnavailable, "")) {
        try SubjectPseudonyms(stateFolder: fixture.folder)
      }
      try FileManager.default.removeItem(atPath: path)
      let fresh = try SubjectPseudonyms(stateFolder: fixture.folder)
      #expect(fresh.pseudonym(issuer: "i", subject: "s") != pseudonyms.pseudonym(issuer: "i", subject: "s"))
    }
  }
}
