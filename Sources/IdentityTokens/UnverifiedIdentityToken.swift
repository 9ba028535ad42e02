import Foundation
package import StrictJSON

/// A bearer token as it was received (RFC 7515, section 7.1): taken apart, its signature not looked at.
///
///     BASE64URL(header) "." BASE64URL(claims) "." BASE64URL(signature)
///
/// Nothing of it may be believed before `IdentityTokenVerifier` did.
package struct UnverifiedIdentityToken: Sendable {
  /// The longest token, in bytes, and the deepest claims.
  package static let byteLimit = 8 << 10
  static let depthLimit = 8
  static let keyIDByteLimit = 256

  /// Values of `typ` that say an identity or access token (RFC 7519, section 5.1; RFC 9068, section 2.1). Others, such
  /// as `logout+jwt`, are signed by the same keys and mean something else.
  private static let types: Set<String> = ["jwt", "at+jwt", "application/at+jwt"]

  package let algorithm: String
  package let keyID: String?
  package let claims: [String: JSONValue]
  /// What the signature is over.
  package let signedBytes: ArraySlice<UInt8>
  package let signature: [UInt8]

  /// - Throws: `identity-token-malformed`.
  package init(parsing text: some StringProtocol) throws(IdentityTokenError) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.byteLimit else {
      throw Self.malformed("token has \(bytes.count) bytes, at most \(Self.byteLimit) are allowed")
    }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw Self.malformed("token has \(parts.count) parts, expected 3") }
    let header = try Self.object(parts[0], part: "header")
    guard case .string(let algorithm)? = header["alg"] else { throw Self.malformed("header names no algorithm") }
    // An extension that its reader must understand (RFC 7515, section 4.1.11): this one understands none.
    guard header["crit"] == nil else { throw Self.malformed("header demands extensions") }
    self.algorithm = algorithm
    keyID = try Self.keyID(of: header)
    if let type = header["typ"] {
      guard case .string(let name) = type, Self.types.contains(name.lowercased()) else {
        throw Self.malformed("header names another type of token")
      }
    }
    claims = try Self.object(parts[1], part: "claims")
    guard let signature = Self.base64URLDecoded(parts[2]) else { throw Self.malformed("signature is not base64url") }
    self.signature = signature
    signedBytes = bytes[..<parts[1].endIndex]
  }

  private static func keyID(of header: [String: JSONValue]) throws(IdentityTokenError) -> String? {
    guard let value = header["kid"] else { return nil }
    guard case .string(let keyID) = value, keyID.utf8.count <= keyIDByteLimit else {
      throw malformed("key ID of header is no string of at most \(keyIDByteLimit) bytes")
    }
    return keyID
  }

  private static func object(
    _ encoded: ArraySlice<UInt8>, part: StaticString
  ) throws(IdentityTokenError) -> [String: JSONValue] {
    guard let bytes = base64URLDecoded(encoded) else { throw malformed("\(part) is not base64url") }
    guard case .object(let members)? = try? JSONValue(parsing: bytes, byteLimit: byteLimit, depthLimit: depthLimit)
    else { throw malformed("\(part) is no JSON object") }
    return members
  }

  /// Base64url without padding (RFC 7515, section 2), in its one form; nil for anything else.
  static func base64URLDecoded(_ encoded: ArraySlice<UInt8>) -> [UInt8]? {
    var text: [UInt8] = []
    text.reserveCapacity(encoded.count + 3)
    for byte in encoded {
      switch byte {
      case UInt8(ascii: "-"): text.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): text.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      default: text.append(byte)
      }
    }
    while !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
    guard let data = Data(base64Encoded: Data(text)), data.base64EncodedData().elementsEqual(text) else { return nil }
    return Array(data)
  }

  static func malformed(_ message: String) -> IdentityTokenError {
    IdentityTokenError(IdentityTokenError.malformed, message)
  }
}
