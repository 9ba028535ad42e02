import FakeIdentityProvider
import Foundation
import IdentityTokens
import StrictJSON
import Testing

@Suite("Keys of identity providers")
struct KeyRotationTests {
  @Test("keys are fetched once for many tokens at once, with no field in the request")
  func fetchedOnce() async throws {
    let fixture = try VerifierFixture()
    let token = try fixture.provider.token(fixture.claims)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<20 { group.addTask { await fixture.refusal(token) == nil } }
      for await isAccepted in group { #expect(isAccepted) }
    }
    #expect(fixture.provider.paths == [FakeIdentityProvider.keySetPath])
  }

  @Test("a token under a new key is accepted at once, and the withdrawn key no longer")
  func rotation() async throws {
    let fixture = try VerifierFixture()
    let old = try fixture.provider.token(fixture.claims)
    #expect(await fixture.refusal(old) == nil)
    fixture.provider.rotate(to: "second")
    fixture.clock.advance(61)
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims, keyID: "second")) == nil)
    #expect(await fixture.refusal(old) == IdentityTokenError.keyUnknown)
    #expect(fixture.provider.paths.count == 2)
  }

  @Test("a withdrawn key is refused after a quarter of an hour, though no token names another")
  func refresh() async throws {
    let fixture = try VerifierFixture()
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims)) == nil)
    fixture.provider.rotate(to: "second")
    fixture.clock.advance(899)
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims)) == nil)
    fixture.clock.advance(1)
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims)) == IdentityTokenError.keyUnknown)
  }

  @Test("invented key IDs cost one fetch a minute")
  func boundedRefetch() async throws {
    let fixture = try VerifierFixture()
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims)) == nil)
    fixture.clock.advance(61)
    for index in 0..<30 {
      let token = try fixture.provider.token(fixture.claims, keyID: "invented \(index)")
      #expect(await fixture.refusal(token) == IdentityTokenError.keyUnknown)
    }
    #expect(fixture.provider.paths.count == 2)
    fixture.clock.advance(60)
    #expect(
      await fixture.refusal(try fixture.provider.token(fixture.claims, keyID: "other"))
        == IdentityTokenError.keyUnknown)
    #expect(fixture.provider.paths.count == 3)
  }

  @Test("with the provider out of reach, its keys are good for a day and then nothing is; then it recovers")
  func unreachable() async throws {
    let fixture = try VerifierFixture()
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims)) == nil)
    fixture.provider.setReachable(false)
    fixture.clock.advance(86_399)
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims)) == nil)
    fixture.clock.advance(1)
    #expect(
      await fixture.refusal(try fixture.provider.token(fixture.claims)) == IdentityTokenError.providerUnavailable)
    fixture.provider.setReachable(true)
    fixture.clock.advance(60)
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims)) == nil)
  }

  @Test("a provider that was never reached opens nothing, and a clock set back makes keys no younger")
  func neverReached() async throws {
    let fixture = try VerifierFixture()
    fixture.provider.setReachable(false)
    let token = try fixture.provider.token(fixture.claims)
    #expect(await fixture.refusal(token) == IdentityTokenError.providerUnavailable)
    #expect(await fixture.refusal(token) == IdentityTokenError.providerUnavailable)
    #expect(fixture.provider.paths.count == 1)
    fixture.provider.setReachable(true)
    fixture.clock.advance(60)
    #expect(await fixture.refusal(token) == nil)
    fixture.provider.setReachable(false)
    fixture.clock.advance(-3_600)
    #expect(
      await fixture.refusal(try fixture.provider.token(fixture.claims)) == IdentityTokenError.providerUnavailable)
  }

  @Test("keys of other types, uses and algorithms are passed over; a set of nothing else is refused")
  func otherKeys() async throws {
    let fixture = try VerifierFixture()
    let good = try #require(fixture.provider.publishedKeys.first)
    let others: [JSONValue] = [
      ["kty": "oct", "kid": "a", "k": "c2VjcmV0"],
      ["kty": "RSA", "kid": "b", "use": "enc", "alg": "RSA-OAEP-256", "n": "AQAB", "e": "AQAB"],
      ["kty": "RSA", "kid": "c", "alg": "RS256", "n": "AQAB", "e": "AQAB"],
      ["kty": "EC", "crv": "P-256", "kid": "d", "x": "AA", "y": "AA"],
      ["kty": "EC", "crv": "secp256k1", "kid": "e", "x": "AA", "y": "AA"], ["kid": "f"], [:],
    ]
    fixture.provider.publish(others + [good])
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims)) == nil)
    let empty = try VerifierFixture()
    empty.provider.publish(others)
    #expect(await empty.refusal(try empty.provider.token(empty.claims)) == IdentityTokenError.providerUnavailable)
  }

  @Test("a key that is not for verifying signatures verifies none")
  func purposes() async throws {
    for (name, value, isUsed) in [
      ("use", "enc", false), ("use", 1, false), ("key_ops", ["encrypt"], false), ("key_ops", ["sign"], false),
      ("key_ops", [], false), ("key_ops", "verify", false), ("key_ops", ["verify"], true), ("use", "sig", true),
    ] as [(String, JSONValue, Bool)] {
      let fixture = try VerifierFixture()
      guard case .object(var members)? = fixture.provider.publishedKeys.first else {
        Issue.record("no key is published")
        return
      }
      members[name] = value
      fixture.provider.publish([.object(members)])
      let refusal = await fixture.refusal(try fixture.provider.token(fixture.claims))
      #expect(refusal == (isUsed ? nil : IdentityTokenError.providerUnavailable))
    }
  }

  @Test("a set that names a key twice, has a key that is none, or has too many keys, is refused")
  func badSets() async throws {
    for change in [
      { [$0, $0] }, { [$0, "key"] }, { [$0, ["kid": 1]] }, { Array(repeating: [:], count: 64) + [$0] },
    ] as [@Sendable (JSONValue) -> [JSONValue]] {
      let fixture = try VerifierFixture()
      fixture.provider.publish(change(try #require(fixture.provider.publishedKeys.first)))
      #expect(
        await fixture.refusal(try fixture.provider.token(fixture.claims)) == IdentityTokenError.providerUnavailable)
    }
  }

  @Test("without a key set URL the discovery document names it, if it is the issuer's own")
  func discovery() async throws {
    let fixture = try VerifierFixture(keySet: nil)
    #expect(await fixture.refusal(try fixture.provider.token(fixture.claims)) == nil)
    #expect(
      fixture.provider.paths == ["/realm/.well-known/openid-configuration", FakeIdentityProvider.keySetPath])
    for document: JSONValue in [
      ["issuer": "https://id.test/other", "jwks_uri": "https://id.test/realm/keys"],
      ["issuer": .string(FakeIdentityProvider.issuer), "jwks_uri": "http://id.test/realm/keys"],
      ["issuer": .string(FakeIdentityProvider.issuer)], [],
    ] {
      let refused = try VerifierFixture(keySet: nil)
      refused.provider.setDiscovery(document)
      #expect(
        await refused.refusal(try refused.provider.token(refused.claims)) == IdentityTokenError.providerUnavailable)
    }
  }

  @Test("a key set lies at a URL with a query, configured or discovered")
  func queries() async throws {
    let target = FakeIdentityProvider.keySetTargetWithQuery
    let configured = try VerifierFixture(keySet: FakeIdentityProvider.server + target)
    #expect(await configured.refusal(try configured.provider.token(configured.claims)) == nil)
    #expect(configured.provider.paths == [target])
    let discovered = try VerifierFixture(keySet: nil)
    discovered.provider.setDiscovery([
      "issuer": .string(FakeIdentityProvider.issuer), "jwks_uri": .string(FakeIdentityProvider.server + target),
    ])
    #expect(await discovered.refusal(try discovered.provider.token(discovered.claims)) == nil)
    #expect(discovered.provider.paths.last == target)
  }

  @Test("of several keys without a key ID each may have signed a token without one, and no other key")
  func keysWithoutIDs() async throws {
    func withoutID(_ key: JSONValue) throws -> JSONValue {
      guard case .object(var members) = key else { return key }
      members["kid"] = nil
      return .object(members)
    }
    let fixture = try VerifierFixture()
    let first = try fixture.provider.tokenWithoutKeyID(fixture.claims)
    let named = try fixture.provider.token(fixture.claims)
    let keys = fixture.provider.publishedKeys
    fixture.provider.rotate(to: "second")
    let second = try fixture.provider.tokenWithoutKeyID(fixture.claims, keyID: "second")
    fixture.provider.publish(try (fixture.provider.publishedKeys + keys).map(withoutID))
    #expect(await fixture.refusal(first) == nil)
    #expect(await fixture.refusal(second) == nil)
    let stranger = try FakeIdentityProvider().tokenWithoutKeyID(fixture.claims)
    #expect(await fixture.refusal(stranger) == IdentityTokenError.signatureInvalid)
    #expect(await fixture.refusal(named) == IdentityTokenError.keyUnknown)
  }

  @Test("a token without a key ID is verified where the provider has one key of its algorithm")
  func noKeyID() async throws {
    let fixture = try VerifierFixture()
    let first = try #require(fixture.provider.publishedKeys.first)
    #expect(await fixture.refusal(try fixture.provider.tokenWithoutKeyID(fixture.claims)) == nil)
    fixture.provider.rotate(to: "second")
    fixture.provider.publish(fixture.provider.publishedKeys + [first])
    fixture.clock.advance(900)
    #expect(
      await fixture.refusal(try fixture.provider.tokenWithoutKeyID(fixture.claims)) == IdentityTokenError.keyUnknown)
  }
}
