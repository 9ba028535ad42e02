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

  @Test("the first vector of the RFC comes out byte for byte")
  func firstVector() throws {
    let vector = BlindRSAVector(
      privateKeyPEM: RFC9578Vector.privateKeyPEM, subjectPublicKeyInfo: RFC9578Vector.subjectPublicKeyInfo,
      challenge: RFC9578Vector.challenge, nonce: RFC9578Vector.nonce, blind: RFC9578Vector.blind,
      salt: RFC9578Vector.salt, request: RFC9578Vector.request, response: RFC9578Vector.response,
      token: RFC9578Vector.token)
    try vector.run()
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
      let published = BlindRSAVector(
        privateKeyPEM: String(decoding: try bytes("skS"), as: UTF8.self), subjectPublicKeyInfo: try bytes("pkS"),
        challenge: try bytes("token_challenge"), nonce: try bytes("nonce"), blind: try bytes("blind"),
        salt: try bytes("salt"), request: try bytes("token_request"), response: try bytes("token_response"),
        token: try bytes("token"))
      try published.run()
      executed += 1
    }
    #expect(
      try executed
        == VectorFolder.caseCount("privacypass/rfc9578-type2-blind-rsa.json", published: 5, held: file.vectors.count))
  }
}

/// One issuance of a token of type 0x0002 with all its secrets, as vectors publish it.
struct BlindRSAVector {
  let privateKeyPEM: String
  let subjectPublicKeyInfo, challenge, nonce, blind, salt, request, response, token: [UInt8]

  func run() throws {
    let key = try IssuerPublicKey(subjectPublicKeyInfo: subjectPublicKeyInfo)
    let issuer = try TokenIssuer(pemRepresentation: privateKeyPEM)
    #expect(issuer.publicKey == key)
    #expect(issuer.publicKey.subjectPublicKeyInfo == subjectPublicKeyInfo)

    let challenge = try TokenChallenge(decoding: self.challenge)
    #expect(challenge.encoded == self.challenge)

    let input = [0, 2] + nonce + challenge.digest + key.tokenKeyID
    let oracle = try Fixtures.oracle(subjectPublicKeyInfo: subjectPublicKeyInfo)
    let blind = BigUInt(bytes: self.blind)
    let blindedMessage = oracle.blind(oracle.encode(input, salt: salt), blind: blind)
    #expect([0, 2, key.truncatedTokenKeyID] + blindedMessage == self.request)

    let request = try TokenRequest(decoding: self.request)
    #expect(request.encoded == self.request)
    let response = try issuer.issue(request)
    #expect(response.encoded == self.response)
    #expect(try TokenResponse(decoding: self.response) == response)

    let inverse = try #require(oracle.inverse(blind))
    #expect(input + oracle.unblind(response.encoded, inverse: inverse) == self.token)
    let token = try Token(decoding: self.token)
    #expect(token.encoded == self.token)
    try TokenVerifier(keys: [key]).verify(token, challenge: challenge)
  }
}
