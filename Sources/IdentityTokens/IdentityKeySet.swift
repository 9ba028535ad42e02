import Foundation
import JWTKit
import StrictJSON

/// The signing keys that a provider publishes (RFC 7517, section 5), each under its key ID, if it has one, and for one
/// algorithm alone, so that no token chooses how its own signature is checked.
///
/// Keys of other types, uses and algorithms are passed over, as section 5 asks; a set without any usable key is refused.
package struct IdentityKeySet: Sendable {
  /// The largest set, in bytes, the most keys, and the largest number in a key, in base64url characters: RSA of 8,192
  /// bits has 1,366.
  static let byteLimit = 128 << 10
  static let keyLimit = 64
  static let numberByteLimit = 1_400

  private struct Name: Hashable {
    let keyID: String?
    let algorithm: IdentityTokenAlgorithm
  }

  /// Several under one name only where it has no key ID.
  private let keys: [Name: [any JWTAlgorithm]]
  private let keyIDs: Set<String>

  /// - Throws: `identity-provider-unavailable` where the bytes are no key set or hold no key that can be used.
  package init(decoding bytes: [UInt8], algorithms: Set<IdentityTokenAlgorithm>) async throws(IdentityTokenError) {
    guard case .object(let object)? = try? JSONValue(parsing: bytes, byteLimit: Self.byteLimit),
      case .array(let elements)? = object["keys"]
    else { throw Self.unusable("key set of the identity provider is no JWK set") }
    guard elements.count <= Self.keyLimit else {
      throw Self.unusable("key set has \(elements.count) keys, at most \(Self.keyLimit) are allowed")
    }
    var keys: [Name: [any JWTAlgorithm]] = [:]
    for element in elements {
      guard case .object(let members) = element else { throw Self.unusable("key of the key set is no object") }
      let keyID = try Self.keyID(of: members)
      for algorithm in algorithms {
        guard let key = await Self.key(members, for: algorithm) else { continue }
        let name = Name(keyID: keyID, algorithm: algorithm)
        guard keyID == nil || keys[name] == nil else {
          throw Self.unusable("two keys of the key set have one key ID")
        }
        keys[name, default: []].append(key)
      }
    }
    guard !keys.isEmpty else { throw Self.unusable("key set holds no key that may be used") }
    self.keys = keys
    keyIDs = Set(keys.keys.compactMap(\.keyID))
  }

  /// The keys that may have signed a token. One without a key ID is of one of the keys without, or, where there are
  /// none, of the single key of that algorithm.
  func keys(keyID: String?, algorithm: IdentityTokenAlgorithm) -> [any JWTAlgorithm] {
    if let named = keys[Name(keyID: keyID, algorithm: algorithm)] { return named }
    let others = keys.filter { $0.key.algorithm == algorithm }
    return keyID == nil && others.count == 1 ? others.values.flatMap { $0 } : []
  }

  /// True where fetching again cannot make the key known: it is there, though for another algorithm.
  package func knows(keyID: String?) -> Bool { keyID.map(keyIDs.contains) ?? true }

  private static func keyID(of members: [String: JSONValue]) throws(IdentityTokenError) -> String? {
    guard let value = members["kid"] else { return nil }
    guard case .string(let keyID) = value, keyID.utf8.count <= UnverifiedIdentityToken.keyIDByteLimit else {
      throw unusable("key ID of the key set is no string or too long")
    }
    return keyID
  }

  /// Whether a key's purposes, where it names any, are ours (RFC 7517, sections 4.2 and 4.3).
  private static func isForVerifying(_ members: [String: JSONValue]) -> Bool {
    guard members["use"].map({ $0 == "sig" }) ?? true else { return false }
    guard let operations = members["key_ops"] else { return true }
    guard case .array(let names) = operations else { return false }
    return names.contains("verify")
  }

  /// Nil where the key is not for this algorithm, or is none.
  private static func key(
    _ members: [String: JSONValue], for algorithm: IdentityTokenAlgorithm
  ) async -> (any JWTAlgorithm)? {
    func text(_ name: String) -> String? {
      guard case .string(let text)? = members[name], (1...numberByteLimit).contains(text.utf8.count) else { return nil }
      return text
    }
    guard text("kty") == algorithm.keyType, isForVerifying(members),
      members["alg"].map({ $0 == .string(algorithm.rawValue) }) ?? true,
      algorithm.curve.map({ text("crv") == $0 }) ?? true,
      let name = JWK.Algorithm(rawValue: algorithm.rawValue)
    else { return nil }
    let identifier = JWKIdentifier(string: "key")
    let key: JWK
    switch algorithm.keyType {
    case "RSA":
      guard let modulus = text("n"), let exponent = text("e") else { return nil }
      key = .rsa(name, identifier: identifier, modulus: modulus, exponent: exponent)
    case "EC":
      guard let x = text("x"), let y = text("y"), let curve = ECDSACurve(rawValue: algorithm.curve ?? "") else {
        return nil
      }
      key = .ecdsa(name, identifier: identifier, x: x, y: y, curve: curve)
    default:
      guard let x = text("x") else { return nil }
      key = .octetKeyPair(name, identifier: identifier, x: x, y: nil, curve: .ed25519)
    }
    // The collection is how the library makes a verifier of a JWK; it checks sizes and points.
    return try? await JWTKeyCollection().add(jwk: key).getKey(for: identifier, alg: algorithm.rawValue)
  }

  static func unusable(_ message: String) -> IdentityTokenError {
    IdentityTokenError(IdentityTokenError.providerUnavailable, message)
  }
}
