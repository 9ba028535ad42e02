import Crypto
import CryptoExtras
public import Foundation
public import HTTPMessages
public import StrictJSON
import Synchronization

/// An OpenID Connect provider in memory: publishes keys, signs tokens, can be out of reach. It makes its tokens by hand,
/// so that the library under test verifies what another wrote.
public final class FakeIdentityProvider: HTTPExchange {
  public static let server = "https://id.test"
  public static let issuer = "https://id.test/realm"
  public static let audience = "cloister"
  public static let keySetPath = "/realm/keys"
  /// Where the same keys lie, too.
  public static let keySetTargetWithQuery = keySetPath + "?policy=sign-in"
  private static let discoveryPath = "/realm/.well-known/openid-configuration"

  private struct State {
    var signingKeys: [String: P256.Signing.PrivateKey] = [:]
    var publishedKeys: [JSONValue] = []
    var discovery: JSONValue = [
      "issuer": .string(issuer), "jwks_uri": .string(server + keySetPath), "response_types_supported": ["code"],
    ]
    var isReachable = true
    var paths: [String] = []
  }

  private let state = Mutex(State())

  public init() { rotate(to: "first") }

  /// Signs with a new key from now on, and publishes it alone.
  public func rotate(to keyID: String) {
    let key = P256.Signing.PrivateKey()
    state.withLock { state in
      state.signingKeys[keyID] = key
      state.publishedKeys = [Self.json(key.publicKey, keyID: keyID)]
    }
  }

  public func setReachable(_ isReachable: Bool) { state.withLock { $0.isReachable = isReachable } }

  public func publish(_ keys: [JSONValue]) { state.withLock { $0.publishedKeys = keys } }

  public func setDiscovery(_ document: JSONValue) { state.withLock { $0.discovery = document } }

  public var publishedKeys: [JSONValue] { state.withLock { $0.publishedKeys } }

  /// Paths that were asked for, in order.
  public var paths: [String] { state.withLock { $0.paths } }

  public func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    let answer: WholeResponse? = state.withLock { state in
      state.paths.append(request.path)
      guard state.isReachable, server == Self.server, request.method == "GET", request.fields.isEmpty else {
        return nil
      }
      switch request.path {
      case Self.discoveryPath: return .init(contentType: "application/json", body: state.discovery.canonicalBytes)
      case Self.keySetPath, Self.keySetTargetWithQuery:
        let keySet: JSONValue = ["keys": .array(state.publishedKeys)]
        return .init(contentType: "application/jwk-set+json", body: keySet.canonicalBytes)
      default: return .init(status: 404)
      }
    }
    guard let answer else { throw HTTPExchangeError(HTTPExchangeError.unreachable, "no connection") }
    return answer
  }

  /// What an ordinary token says, good for five minutes from `time`.
  public static func claims(at time: Date, subject: String = "alice@example.org") -> [String: JSONValue] {
    let now = Int64(time.timeIntervalSince1970)
    return [
      "iss": .string(issuer), "aud": .string(audience), "sub": .string(subject), "iat": .integer(now),
      "exp": .integer(now + 300),
    ]
  }

  /// - Parameter header: replaces or adds members; `alg` and `kid` are there already.
  public func token(
    _ claims: [String: JSONValue], keyID: String = "first", header: [String: JSONValue] = [:]
  ) throws -> String {
    let key = state.withLock { $0.signingKeys[keyID] } ?? P256.Signing.PrivateKey()
    return try Self.token(claims, header: ["alg": "ES256", "kid": .string(keyID)].merging(header) { $1 }) { message in
      Array(try key.signature(for: message).rawRepresentation)
    }
  }

  /// As a provider with a single key may write it.
  public func tokenWithoutKeyID(_ claims: [String: JSONValue], keyID: String = "first") throws -> String {
    let key = state.withLock { $0.signingKeys[keyID] } ?? P256.Signing.PrivateKey()
    return try Self.token(claims, header: ["alg": "ES256"]) { Array(try key.signature(for: $0).rawRepresentation) }
  }

  public static func token(
    _ claims: [String: JSONValue], header: [String: JSONValue], signature: ([UInt8]) throws -> [UInt8]
  ) throws -> String {
    let parts = [JSONValue.object(header), .object(claims)].map { base64URL($0.canonicalBytes) }
    let message = parts.joined(separator: ".")
    return message + "." + base64URL(try signature(Array(message.utf8)))
  }

  public static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private static func json(_ key: P256.Signing.PublicKey, keyID: String) -> JSONValue {
    let coordinates = key.rawRepresentation
    return [
      "kty": "EC", "crv": "P-256", "use": "sig", "kid": .string(keyID), "alg": "ES256",
      "x": .string(base64URL(coordinates.prefix(32))), "y": .string(base64URL(coordinates.suffix(32))),
    ]
  }
}
