import Crypto
import Dispatch
import Foundation
import HTTPMessages
import IdentityTokens
import StrictJSON
import Synchronization

extension FuzzTarget {
  static let identityTokens = [
    FuzzTarget("identity-token", maximumByteCount: 9_000, seeds: IdentityTokensFixture.tokens) { bytes in
      guard let value = text(bytes), let token = try? UnverifiedIdentityToken(parsing: value) else { return }
      claim(bytes.count <= UnverifiedIdentityToken.byteLimit, "a token is bounded")
      let written = Array(token.signedBytes) + [UInt8(ascii: ".")] + IdentityTokensFixture.base64URL(token.signature)
      claim(written == bytes, "a token has one form")
    },
    FuzzTarget("identity-claims", seeds: { IdentityTokensFixture.claims }) { bytes in
      let token = try IdentityTokensFixture.token(header: IdentityTokensFixture.header, claims: bytes)
      let identity = blocking { try? await IdentityTokensFixture.verifier.verify(token) }
      guard let identity else { return }
      claim(identity.issuer == IdentityTokensFixture.issuer, "an accepted token is of a configured issuer")
      claim(["standard", "plus"].contains(identity.plan), "an accepted token leads to a plan")
      claim(
        (1...255).contains(identity.subject.utf8.count)
          && identity.subject.utf8.allSatisfy { (0x20...0x7E).contains($0) },
        "a subject is short and printable")
    },
    FuzzTarget("identity-key-set", seeds: { IdentityTokensFixture.keySets }) { bytes in
      let keys = blocking {
        try? await IdentityKeySet(decoding: bytes, algorithms: Set(IdentityTokenAlgorithm.allCases))
      }
      claim(keys?.knows(keyID: nil) ?? true, "a token without a key ID asks for no other set")
    },
    FuzzTarget("identity-providers", seeds: { IdentityTokensFixture.providers }) { bytes in
      guard let providers = try? IdentityProvider.list(decoding: bytes) else { return }
      claim((1...IdentityProvider.providerLimit).contains(providers.count), "providers are bounded")
      claim(
        providers.allSatisfy { !$0.plans.isEmpty && !$0.algorithms.isEmpty },
        "each provider has an algorithm and leads to a plan")
    },
    FuzzTarget("identity-discovery", seeds: { IdentityTokensFixture.discoveries }) { bytes in
      let exchange = DiscoveryExchange(document: bytes)
      let token = try IdentityTokensFixture.token(
        header: IdentityTokensFixture.header, claims: IdentityTokensFixture.claims[0])
      let verifier = IdentityTokensFixture.verifier(asking: exchange, keySet: nil)
      _ = blocking { try? await verifier.verify(token) }
      let servers = exchange.servers
      claim((1...2).contains(servers.count), "a discovery document leads to one key set")
      claim(
        servers.allSatisfy { $0.hasPrefix("https://") || $0.hasPrefix("http://127.") },
        "keys come over https, or from this machine")
    },
  ]
}

/// Waits for what is asynchronous, as libFuzzer's one thread has to.
private func blocking<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
  let result = Awaited<Value>()
  let done = DispatchSemaphore(value: 0)
  Task {
    let value = await body()
    result.value.withLock { $0 = value }
    done.signal()
  }
  done.wait()
  guard let value = result.value.withLock({ $0 }) else { fatalError("nothing was awaited") }
  return value
}

private final class Awaited<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
}

/// Answers with the fixture's key set.
private struct KeySetExchange: HTTPExchange {
  func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    WholeResponse(contentType: "application/jwk-set+json", body: IdentityTokensFixture.keySets[0])
  }
}

/// Answers the first request with a discovery document, and then with the fixture's key set.
private final class DiscoveryExchange: HTTPExchange {
  private let document: [UInt8]
  private let asked = Mutex<[String]>([])

  init(document: [UInt8]) { self.document = document }

  var servers: [String] { asked.withLock { $0 } }

  func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    let count = asked.withLock { asked in
      asked.append(server)
      return asked.count
    }
    return WholeResponse(
      contentType: "application/json", body: count == 1 ? document : IdentityTokensFixture.keySets[0])
  }
}

private enum IdentityTokensFixture {
  static let issuer = "https://id.test/realm"
  static let header = Array(#"{"alg":"EdDSA","kid":"first","typ":"JWT"}"#.utf8)
  /// The time at which claims are judged, seconds since 1970.
  private static let now = 1_800_000_000

  private static let key = {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 9, count: 32)) else {
      fatalError("a fixed key is no key")
    }
    return key
  }()

  static let verifier = verifier(asking: KeySetExchange(), keySet: "https://id.test/keys")

  /// - Parameter keySet: nil has the verifier look it up.
  static func verifier(asking exchange: any HTTPExchange, keySet: String?) -> IdentityTokenVerifier {
    guard
      let provider = try? IdentityProvider(
        issuer: issuer, audience: "cloister", keySet: keySet, algorithms: [.eddsa], planClaim: "tier",
        plansByClaimValue: ["gold": "plus"], defaultPlan: "standard")
    else { fatalError("a fixed provider is none") }
    return IdentityTokenVerifier(providers: [provider], exchange: exchange) {
      Date(timeIntervalSince1970: Double(now))
    }
  }

  static let discoveries: [[UInt8]] = [
    #"{"issuer":"https://id.test/realm","jwks_uri":"https://id.test/keys?v=1","scopes_supported":["openid"]}"#,
    #"{"issuer":"https://id.test/realm","jwks_uri":"http://id.test/keys"}"#,
    #"{"issuer":"https://other.test/realm","jwks_uri":"https://id.test/keys"}"#,
  ].map { Array($0.utf8) }

  static let claims: [[UInt8]] = [
    #"{"iss":"https://id.test/realm","aud":"cloister","sub":"alice","exp":1800000100,"iat":1799999990}"#,
    #"{"iss":"https://id.test/realm","aud":["a","cloister"],"sub":"a","exp":1.8e9,"nbf":0,"tier":["lead","gold"]}"#,
    #"{"iss":"https://id.test/realm","aud":"cloister","sub":"b","exp":1800000100,"tier":{"x":[null,true]}}"#,
  ].map { Array($0.utf8) }

  static let keySets: [[UInt8]] = {
    let edwards = String(decoding: base64URL(Array(key.publicKey.rawRepresentation)), as: UTF8.self)
    // The generator of P-256, and a modulus of 2,048 bits.
    let x = "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY"
    let y = "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
    let modulus = String(decoding: base64URL([UInt8](repeating: 0xC5, count: 256)), as: UTF8.self)
    return [
      #"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"first","x":"\#(edwards)"}]}"#,
      #"{"keys":[{"kty":"EC","crv":"P-256","use":"sig","kid":"e","alg":"ES256","x":"\#(x)","y":"\#(y)"}]}"#,
      #"{"keys":[{"kty":"RSA","kid":"r","n":"\#(modulus)","e":"AQAB"},{"kty":"oct","k":"AAAA","use":"enc"}]}"#,
    ].map { Array($0.utf8) }
  }()

  static let providers: [[UInt8]] = [
    #"[{"issuer":"https://id.test/realm","audience":"cloister","defaultPlan":"standard"}]"#,
    #"[{"issuer":"http://127.0.0.1:8080","audience":"c","keySet":"https://id.test:8443/k","algorithms":["PS256"],"planClaim":"tier","plans":{"gold":"plus"}}]"#,
  ].map { Array($0.utf8) }

  @Sendable static func tokens() throws -> [[UInt8]] {
    try claims.map { Array(try token(header: header, claims: $0).utf8) }
      + [Array("e30.e30.".utf8), Array(try token(header: Array(#"{"alg":"none"}"#.utf8), claims: claims[0]).utf8)]
  }

  static func token(header: [UInt8], claims: [UInt8]) throws -> String {
    let message = base64URL(header) + [UInt8(ascii: ".")] + base64URL(claims)
    let signature = base64URL(Array(try key.signature(for: message)))
    return String(decoding: message + [UInt8(ascii: ".")] + signature, as: UTF8.self)
  }

  /// Without padding, as JSON Web Signatures have it.
  static func base64URL(_ bytes: [UInt8]) -> [UInt8] {
    Data(bytes).base64EncodedData().compactMap { byte in
      switch byte {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      case UInt8(ascii: "="): nil
      default: byte
      }
    }
  }
}
