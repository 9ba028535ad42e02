import BigInt
import Foundation
import PrivacyPass
import TestSupport
import Testing
import WireFormat

/// RFC 9578, appendix A.1. The blind is hidden by swift-crypto and the proof's random number is published nowhere, so the
/// client's request and token are recomputed by the oracle, which also checks both proofs; keys, evaluation, codecs and
/// verification are the library's own.
@Suite("Issuance of RFC 9578, token type 0x0001", .enabled(if: VectorFolder.isPresent))
struct VOPRFIssuanceVectorTests {
  struct File: Decodable { let vectors: [[String: String]] }

  @Test("every vector of the file comes out")
  func wholeFile() throws {
    let file: File = try VectorFolder.json("privacypass/rfc9578-type1-voprf-p384.json")
    var executed = 0
    for vector in file.vectors {
      func bytes(_ name: String) throws -> [UInt8] {
        let text = try #require(vector[name])
        return try #require([UInt8](hexadecimal: text))
      }
      let published = VOPRFVector(
        secretKey: try bytes("skS"), publicKey: try bytes("pkS"), challenge: try bytes("token_challenge"),
        nonce: try bytes("nonce"), blind: try bytes("blind"), request: try bytes("token_request"),
        response: try bytes("token_response"), token: try bytes("token"))
      try published.run()
      executed += 1
    }
    #expect(
      try executed
        == VectorFolder.caseCount("privacypass/rfc9578-type1-voprf-p384.json", published: 5, held: file.vectors.count))
  }
}

/// One issuance of a token of type 0x0001 with all its secrets, as vectors publish it.
struct VOPRFVector {
  let secretKey, publicKey, challenge, nonce, blind, request, response, token: [UInt8]

  func run() throws {
    let issuer = try VOPRFTokenIssuer(rawRepresentation: secretKey)
    let key = try VOPRFPublicKey(decoding: publicKey)
    #expect(issuer.publicKey == key)
    #expect(issuer.withRawRepresentation { $0 } == secretKey)
    let challenge = try TokenChallenge(decoding: challenge)
    #expect(challenge.encoded == self.challenge)

    let oracle = VOPRFOracle(mode: 1)
    let input = [0, 1] + nonce + challenge.digest + key.tokenKeyID
    let blind = BigUInt(bytes: self.blind)
    let blinded = oracle.blind(input, blind: blind)
    #expect([0, 1, key.truncatedTokenKeyID] + blinded.bytes == request)

    let decoded = try TokenRequest(decoding: request)
    #expect(decoded.encoded == request)
    let own = try issuer.issue(decoded)
    #expect(own.encoded.prefix(49) == response.prefix(49))
    let published = try TokenResponse(decoding: response, tokenType: .voprfP384)
    #expect(published.encoded == response)
    let evaluated = try #require(P384Oracle.Element(Array(response.prefix(49))))
    let keyElement = try #require(P384Oracle.Element(publicKey))
    for answer in [own, published] {
      #expect(
        oracle.verify(
          Array(answer.encoded.dropFirst(49)), publicKey: keyElement, blinded: [blinded], evaluated: [evaluated]))
    }

    #expect(input + oracle.finalize(input, blind: blind, evaluated: evaluated) == token)
    let decodedToken = try Token(decoding: token)
    #expect(decodedToken.encoded == token)
    try issuer.verify(decodedToken, challenge: challenge)
  }
}
