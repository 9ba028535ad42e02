import Crypto
import CryptoExtras
import ErrorCodes
import FakeIdentityProvider
import Foundation
import IdentityTokens
import StrictJSON
import Testing

@Suite("Tokens of identity providers")
struct TokenRefusalTests {
  @Test("a token of the provider, for us and of now, names its subject and the default plan")
  func accepted() async throws {
    let fixture = try VerifierFixture()
    let identity = try await fixture.verifier.verify(try fixture.provider.token(fixture.claims))
    #expect(identity.issuer == FakeIdentityProvider.issuer)
    #expect(identity.subject == "alice@example.org")
    #expect(identity.plan == "standard")
  }

  @Test("one of several audiences is enough, and types of identity and access tokens are accepted")
  func acceptedForms() async throws {
    let fixture = try VerifierFixture()
    var claims = fixture.claims
    claims["aud"] = ["other", .string(FakeIdentityProvider.audience)]
    for type in ["JWT", "jwt", "at+jwt", "application/at+jwt"] {
      let token = try fixture.provider.token(claims, header: ["typ": .string(type)])
      #expect(await fixture.refusal(token) == nil)
    }
  }

  @Test("where another claim says whom tokens are for, it must name us, and so must an audience that is there")
  func audienceClaim() async throws {
    let fixture = try VerifierFixture(audienceClaim: "client_id")
    let us = JSONValue.string(FakeIdentityProvider.audience)
    for (client, audience, code) in [
      (us, nil, nil), (us, us, nil), (.array(["other", us]), nil, nil),
      (us, "other", IdentityTokenError.audienceMismatch), (us, .array([]), IdentityTokenError.audienceMismatch),
      ("other", nil, IdentityTokenError.audienceMismatch), ("other", us, IdentityTokenError.audienceMismatch),
      (nil, nil, IdentityTokenError.audienceMismatch), (nil, us, IdentityTokenError.audienceMismatch),
    ] as [(JSONValue?, JSONValue?, ErrorCode?)] {
      var claims = fixture.claims
      claims["client_id"] = client
      claims["aud"] = audience
      #expect(await fixture.refusal(try fixture.provider.token(claims)) == code)
    }
  }

  static let refusedClaims: [(claim: String, value: JSONValue?, code: ErrorCode)] = [
    ("iss", "https://id.test/other", IdentityTokenError.issuerUnknown),
    ("iss", "https://id.test/realm/", IdentityTokenError.issuerUnknown),
    ("iss", 1, IdentityTokenError.issuerUnknown),
    ("iss", nil, IdentityTokenError.issuerUnknown),
    ("aud", "other", IdentityTokenError.audienceMismatch),
    ("aud", ["other"], IdentityTokenError.audienceMismatch),
    ("aud", [], IdentityTokenError.audienceMismatch),
    ("aud", nil, IdentityTokenError.audienceMismatch),
    ("exp", nil, IdentityTokenError.expired),
    ("exp", 0, IdentityTokenError.expired),
    ("exp", "tomorrow", IdentityTokenError.malformed),
    ("exp", -1, IdentityTokenError.malformed),
    ("exp", .number(1e300), IdentityTokenError.malformed),
    ("nbf", 4_000_000_000, IdentityTokenError.notYetValid),
    ("iat", 4_000_000_000, IdentityTokenError.notYetValid),
    ("sub", nil, IdentityTokenError.subjectMalformed),
    ("sub", "", IdentityTokenError.subjectMalformed),
    ("sub", "a\u{7}b", IdentityTokenError.subjectMalformed),
    ("sub", .string(String(repeating: "s", count: 256)), IdentityTokenError.subjectMalformed),
    ("sub", 7, IdentityTokenError.subjectMalformed),
  ]

  @Test("a claim that is not as it must be is refused with its code", arguments: refusedClaims)
  func claims(claim: String, value: JSONValue?, code: ErrorCode) async throws {
    let fixture = try VerifierFixture()
    var claims = fixture.claims
    claims[claim] = value
    #expect(await fixture.refusal(try fixture.provider.token(claims)) == code)
  }

  @Test("times are tolerated for one minute and no longer")
  func tolerance() async throws {
    let fixture = try VerifierFixture()
    let now = Int64(fixture.clock.now.timeIntervalSince1970)
    for (claim, offset, code) in [
      ("exp", -59, nil), ("exp", -60, IdentityTokenError.expired), ("nbf", 60, nil),
      ("nbf", 61, IdentityTokenError.notYetValid), ("iat", 60, nil), ("iat", 61, IdentityTokenError.notYetValid),
    ] as [(String, Int64, ErrorCode?)] {
      var claims = fixture.claims
      claims[claim] = .integer(now + offset)
      #expect(await fixture.refusal(try fixture.provider.token(claims)) == code)
    }
  }

  @Test("no signature and every HMAC are refused by their algorithm, also over a public key as the secret")
  func algorithms() async throws {
    let fixture = try VerifierFixture()
    for name in ["none", "None", "", "HS256", "HS384", "HS512", "RS384", "ES384", "EdDSA", "es256"] {
      let token = try FakeIdentityProvider.token(
        fixture.claims, header: ["alg": .string(name), "kid": "first"]
      ) { message in
        guard name.hasPrefix("HS"), case .object(let key)? = fixture.provider.publishedKeys.first,
          case .string(let x)? = key["x"]
        else { return [] }
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: Data(x.utf8))))
      }
      #expect(await fixture.refusal(token) == IdentityTokenError.algorithmRefused)
    }
  }

  @Test("a signature of another key, a changed one and one over other claims are refused")
  func signatures() async throws {
    let fixture = try VerifierFixture()
    let other = FakeIdentityProvider()
    let token = try fixture.provider.token(fixture.claims)
    let parts = token.split(separator: ".")
    var claims = fixture.claims
    claims["sub"] = "mallory"
    let otherClaims = try fixture.provider.token(claims).split(separator: ".")
    for refused in [
      try other.token(fixture.claims),
      "\(parts[0]).\(otherClaims[1]).\(parts[2])",
      "\(parts[0]).\(parts[1]).",
      "\(parts[0]).\(parts[1]).\(FakeIdentityProvider.base64URL([UInt8](repeating: 0, count: 64)))",
      "\(parts[0]).\(parts[1]).\(FakeIdentityProvider.base64URL([UInt8](repeating: 1, count: 63)))",
    ] {
      #expect(await fixture.refusal(refused) == IdentityTokenError.signatureInvalid)
    }
  }

  @Test("what is no signed token in compact form is malformed, and no truncation of a token is accepted")
  func malformed() async throws {
    let fixture = try VerifierFixture()
    let token = try fixture.provider.token(fixture.claims)
    let parts = token.split(separator: ".")
    for text in [
      "", ".", "..", "...", "a.b.c", "\(parts[0]).\(parts[1])", token + ".", "\(parts[0])=.\(parts[1]).\(parts[2])",
      "\(parts[0]).\(parts[0])\(parts[0]).\(parts[2])", String(repeating: "a", count: 9_000),
      try fixture.provider.token(fixture.claims, header: ["crit": ["exp"]]),
      try fixture.provider.token(fixture.claims, header: ["typ": "logout+jwt"]),
      try fixture.provider.token(fixture.claims, header: ["kid": 1]),
      try fixture.provider.token(fixture.claims, header: ["kid": .string(String(repeating: "k", count: 257))]),
      try fixture.provider.token(fixture.claims, header: ["alg": 1]),
    ] {
      #expect(await fixture.refusal(text) == IdentityTokenError.malformed)
    }
    for count in 0..<token.count { #expect(await fixture.refusal(String(token.prefix(count))) != nil) }
  }

  @Test("of thousands of damaged tokens none is accepted, and none ends the process")
  func damaged() async throws {
    let fixture = try VerifierFixture()
    let token = Array(try fixture.provider.token(fixture.claims).utf8)
    let characters = Array("AZaz09-_.={}\"\u{0}\u{7F}".utf8)
    var accepted = 0
    for position in token.indices {
      for character in characters where character != token[position] {
        var changed = token
        changed[position] = character
        if await fixture.refusal(String(decoding: changed, as: UTF8.self)) == nil { accepted += 1 }
      }
    }
    #expect(accepted == 0)
    #expect(token.count > 200)
  }

  @Test("a claim chooses the plan, by its first value that maps to one; the others get the default or nothing")
  func plans() async throws {
    for (value, defaultPlan, expected) in [
      ("gold", "standard", "plus"), ("lead", "standard", "standard"), (nil, "standard", "standard"),
      (["lead", "gold"], nil, "plus"), ("lead", nil, nil), (nil, nil, nil), (7, nil, nil),
    ] as [(JSONValue?, String?, String?)] {
      let fixture = try VerifierFixture(planClaim: "tier", plans: ["gold": "plus"], defaultPlan: defaultPlan)
      var claims = fixture.claims
      claims["tier"] = value
      let token = try fixture.provider.token(claims)
      if let expected {
        #expect(try await fixture.verifier.verify(token).plan == expected)
      } else {
        #expect(await fixture.refusal(token) == IdentityTokenError.planUnknown)
      }
    }
  }

  @Test("RSA keys verify with both paddings where allowed, Ed25519 too")
  func otherAlgorithms() async throws {
    let fixture = try VerifierFixture(algorithms: [.rs256, .ps256, .eddsa])
    let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let primitives = try rsa.publicKey.getKeyPrimitives()
    let edwards = Curve25519.Signing.PrivateKey()
    func encoded(_ data: Data) -> String { FakeIdentityProvider.base64URL(data) }
    fixture.provider.publish([
      [
        "kty": "RSA", "kid": "rsa", "n": .string(encoded(primitives.modulus)),
        "e": .string(encoded(primitives.publicExponent)),
      ],
      ["kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": .string(encoded(edwards.publicKey.rawRepresentation))],
    ])
    for (name, padding) in [("RS256", _RSA.Signing.Padding.insecurePKCS1v1_5), ("PS256", .PSS)] {
      let token = try FakeIdentityProvider.token(fixture.claims, header: ["alg": .string(name), "kid": "rsa"]) {
        Array(try rsa.signature(for: SHA256.hash(data: $0), padding: padding).rawRepresentation)
      }
      #expect(await fixture.refusal(token) == nil)
    }
    let token = try FakeIdentityProvider.token(fixture.claims, header: ["alg": "EdDSA", "kid": "ed"]) {
      Array(try edwards.signature(for: $0))
    }
    #expect(await fixture.refusal(token) == nil)
    let swapped = try FakeIdentityProvider.token(fixture.claims, header: ["alg": "RS256", "kid": "ed"]) {
      Array(try edwards.signature(for: $0))
    }
    #expect(await fixture.refusal(swapped) == IdentityTokenError.keyUnknown)
  }
}
