import BigInt
import CryptoExtras
import Foundation
import PrivacyPass

/// Keys and challenges that several suites use. Making an RSA key is slow, so there are two, made once.
enum Fixtures {
  static func rfcIssuer() throws -> TokenIssuer { try TokenIssuer(pemRepresentation: RFC9578Vector.privateKeyPEM) }

  private static let otherIssuerResult = Result { try TokenIssuer() }

  static func otherIssuer() throws -> TokenIssuer { try otherIssuerResult.get() }

  static func challenge(issuerDay: UInt64 = 7) throws -> TokenChallenge {
    try .cloister(issuerName: "issuer.test", originInfo: "gateway.test", issuerDay: issuerDay)
  }

  static func token(from issuer: TokenIssuer, challenge: TokenChallenge) throws -> Token {
    let pending = try PendingToken(challenge: challenge, key: issuer.publicKey)
    let response = try issuer.issue(pending.request)
    return try pending.finalize(response)
  }

  /// Modulus and exponent of a key, read by swift-crypto instead of by ours.
  static func oracle(subjectPublicKeyInfo: [UInt8]) throws -> BlindRSAOracle {
    let primitives = try _RSA.Signing.PublicKey(derRepresentation: subjectPublicKeyInfo).getKeyPrimitives()
    return BlindRSAOracle(
      modulus: BigUInt(bytes: Array(primitives.modulus)),
      publicExponent: BigUInt(bytes: Array(primitives.publicExponent)))
  }
}

/// The code with which a call refuses, or nil where it does not.
func refusal(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let error as PrivacyPassError {
    return error.code.rawValue
  } catch {
    return "not a PrivacyPassError"
  }
}
