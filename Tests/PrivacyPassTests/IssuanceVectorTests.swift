import BigInt
import Foundation
import PrivacyPass
import TestSupport
import Testing
import WireFormat

/// RFC 9578, appendix A.2. Nonce, salt and blind are given there and hidden by swift-crypto, so the client's request and
/// token are recomputed by the oracle; keys, issuance, codecs and verification are the library's own.
@Suite("Issuance of RFC 9578, token type 0x0002")
struct IssuanceVectorTests {
  struct File: Decodable { let vectors: [[String: String]] }

  struct Case {
    let privateKeyPEM: String
    let subjectPublicKeyInfo, challenge, nonce, blind, salt, request, response, token: [UInt8]
  }

  @Test("the first vector of the RFC comes out byte for byte")
  func firstVector() throws {
    try run(
      Case(
        privateKeyPEM: RFC9578Vector.privateKeyPEM, subjectPublicKeyInfo: RFC9578Vector.subjectPublicKeyInfo,
        challenge: RFC9578Vector.challenge, nonce: RFC9578Vector.nonce, blind: RFC9578Vector.blind,
        salt: RFC9578Vector.salt, request: RFC9578Vector.request, response: RFC9578Vector.response,
        token: RFC9578Vector.token))
  }

  @Test("every vector of the file comes out byte for byte", .enabled(if: VectorFolder.isPresent))
  func wholeFile() throws {
    let file: File = try VectorFolder.json("privacypass/rfc9578-type2-blind-rsa.json")
    var executed = 0
    for vector in file.vectors {
      func bytes(_ name: String) throws -> [UInt8] {
        let text = try #require(vector[name])
        return try #require([UInt8](hexadecimal: text))
      }
      try run(
        Case(
          privateKeyPEM: String(decoding: try bytes("skS"), as: UTF8.self),
          subjectPublicKeyInfo: try bytes("pkS"), challenge: try bytes("token_challenge"),
          nonce: try bytes("nonce"), blind: try bytes("blind"), salt: try bytes("salt"),
          request: try bytes("token_request"), response: try bytes("token_response"),
          token: try bytes("token")))
      executed += 1
    }
    #expect(executed == 5)
  }

  private func run(_ vector: Case) throws {
    let key = try IssuerPublicKey(subjectPublicKeyInfo: vector.subjectPublicKeyInfo)
    let issuer = try TokenIssuer(pemRepresentation: vector.privateKeyPEM)
    #expect(issuer.publicKey == key)
    #expect(issuer.publicKey.subjectPublicKeyInfo == vector.subjectPublicKeyInfo)

    let challenge = try TokenChallenge(decoding: vector.challenge)
    #expect(challenge.encoded == vector.challenge)

    let input = [0, 2] + vector.nonce + challenge.digest + key.tokenKeyID
    let oracle = try Fixtures.oracle(subjectPublicKeyInfo: vector.subjectPublicKeyInfo)
    let blind = BigUInt(bytes: vector.blind)
    let blindedMessage = oracle.blind(oracle.encode(input, salt: vector.salt), blind: blind)
    #expect([0, 2, key.truncatedTokenKeyID] + blindedMessage == vector.request)

    let request = try TokenRequest(decoding: vector.request)
    #expect(request.encoded == vector.request)
    let response = try issuer.issue(request)
    #expect(response.encoded == vector.response)
    #expect(try TokenResponse(decoding: vector.response) == response)

    let inverse = try #require(oracle.inverse(blind))
    #expect(input + oracle.unblind(response.encoded, inverse: inverse) == vector.token)
    let token = try Token(decoding: vector.token)
    #expect(token.encoded == vector.token)
    try TokenVerifier(keys: [key]).verify(token, challenge: challenge)
  }
}
