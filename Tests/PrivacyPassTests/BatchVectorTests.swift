import BigInt
import Foundation
import PrivacyPass
import TestSupport
import Testing
import WireFormat

/// Vectors of draft-ietf-privacypass-batched-tokens. Generic batches run on the library as far as it shows its randomness;
/// of amortized ones, which swift-crypto cannot issue, the tokens do, and the batch is recomputed by the oracle.
@Suite("Batches of draft-ietf-privacypass-batched-tokens", .enabled(if: VectorFolder.isPresent))
struct BatchVectorTests {
  struct File: Decodable {
    enum CodingKeys: String, CodingKey {
      case generic
      case amortized = "amortized_type1"
    }
    let generic: [Generic]
    let amortized: [Amortized]
  }

  struct Generic: Decodable {
    enum CodingKeys: String, CodingKey {
      case issuance
      case request = "token_request"
      case response = "token_response"
    }
    let issuance: [[String: String?]]
    let request, response: String
  }

  struct Amortized: Decodable {
    enum CodingKeys: String, CodingKey {
      case skS, pkS, nonces, blinds, tokens
      case challenge = "token_challenge"
      case request = "token_request"
      case response = "token_response"
    }
    let skS, pkS, challenge, request, response: String
    let nonces, blinds, tokens: [String]
  }

  private func bytes(_ text: String?) throws -> [UInt8] {
    let digits = try #require(text)
    return try #require([UInt8](hexadecimal: digits))
  }

  @Test("every generic batch is read, issued, answered and redeemed")
  func generic() throws {
    let file: File = try VectorFolder.json("privacypass/batched-tokens.json")
    var executed = 0
    for vector in file.generic {
      try run(vector)
      executed += 1
    }
    #expect(
      try executed == VectorFolder.caseCount("privacypass/batched-tokens.json", published: 3, held: file.generic.count))
  }

  private func run(_ vector: Generic) throws {
    let request = try BatchedTokenRequest(decoding: try bytes(vector.request))
    #expect(request.encoded == (try bytes(vector.request)))
    let published = try BatchedTokenResponse(decoding: try bytes(vector.response))
    #expect(published.encoded == (try bytes(vector.response)))
    #expect(published.responses.count == vector.issuance.count && request.requests.count == vector.issuance.count)

    var blindRSA: [TokenIssuer] = []
    var voprf: [VOPRFTokenIssuer] = []
    for (index, entry) in vector.issuance.enumerated() {
      func field(_ name: String) throws -> [UInt8] { try bytes(entry[name] ?? nil) }
      let response = try #require(published.responses[index])
      if response.tokenType == .voprfP384 {
        voprf.append(try VOPRFTokenIssuer(rawRepresentation: try field("skS")))
        let published = VOPRFVector(
          secretKey: try field("skS"), publicKey: try field("pkS"), challenge: try field("token_challenge"),
          nonce: try field("nonce"), blind: try field("blind"), request: request.requests[index].encoded,
          response: response.encoded, token: try field("token"))
        try published.run()
      } else {
        blindRSA.append(try TokenIssuer(pemRepresentation: String(decoding: try field("skS"), as: UTF8.self)))
        let published = BlindRSAVector(
          privateKeyPEM: String(decoding: try field("skS"), as: UTF8.self), subjectPublicKeyInfo: try field("pkS"),
          challenge: try field("token_challenge"), nonce: try field("nonce"), blind: try field("blind"),
          salt: try field("salt"), request: request.requests[index].encoded, response: response.encoded,
          token: try field("token"))
        try published.run()
      }
    }
    // Blind RSA signatures are determined by the request, proofs of the VOPRF are not.
    let own = try BatchIssuer(blindRSA, voprf: voprf).issue(request)
    for (response, expected) in zip(own.responses, published.responses) {
      let comparedByteCount = expected?.tokenType == .voprfP384 ? 49 : 256
      #expect(response?.encoded.prefix(comparedByteCount) == expected?.encoded.prefix(comparedByteCount))
    }
  }

  @Test("every token of an amortized batch is redeemed, and the batch recomputed")
  func amortized() throws {
    let file: File = try VectorFolder.json("privacypass/batched-tokens.json")
    var executed = 0
    for vector in file.amortized {
      try run(vector)
      executed += 1
    }
    #expect(
      try executed
        == VectorFolder.caseCount("privacypass/batched-tokens.json", published: 2, held: file.amortized.count))
  }

  private func run(_ vector: Amortized) throws {
    let issuer = try VOPRFTokenIssuer(rawRepresentation: try bytes(vector.skS))
    #expect(issuer.publicKey.encoded == (try bytes(vector.pkS)))
    let challenge = try TokenChallenge(decoding: try bytes(vector.challenge))
    let oracle = VOPRFOracle(mode: 1)
    // Request and response: a length of 2 bytes before the elements, as these are between 64 and 16383 bytes.
    let response = try bytes(vector.response).dropFirst(2)
    var requestElements: [UInt8] = []
    var blinded: [P384Oracle.Element] = []
    var evaluated: [P384Oracle.Element] = []
    for (index, text) in vector.tokens.enumerated() {
      let token = try Token(decoding: try bytes(text))
      try issuer.verify(token, challenge: challenge)
      #expect(token.nonce == (try bytes(vector.nonces[index])))

      let input = Array(token.encoded.dropLast(48))
      let blind = BigUInt(bytes: try bytes(vector.blinds[index]))
      blinded.append(oracle.blind(input, blind: blind))
      requestElements += blinded[index].bytes
      evaluated.append(
        try #require(P384Oracle.Element(Array(response.dropFirst(49 * index).prefix(49)))))
      #expect(oracle.finalize(input, blind: blind, evaluated: evaluated[index]) == token.authenticator)
    }
    let prefix = [0x40 | UInt8(requestElements.count >> 8), UInt8(requestElements.count & 0xFF)]
    #expect(
      [0, 1, issuer.publicKey.truncatedTokenKeyID] + prefix + requestElements == (try bytes(vector.request)))
    let key = try #require(P384Oracle.Element(issuer.publicKey.encoded))
    #expect(oracle.verify(Array(response.suffix(96)), publicKey: key, blinded: blinded, evaluated: evaluated))
  }
}
