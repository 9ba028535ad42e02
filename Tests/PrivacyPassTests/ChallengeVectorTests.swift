import Crypto
import Foundation
import PrivacyPass
import TestSupport
import Testing
import WireFormat

/// RFC 9577, appendix: challenges and tokens, and `WWW-Authenticate` fields.
@Suite("Challenges and fields of RFC 9577", .enabled(if: VectorFolder.isPresent))
struct ChallengeVectorTests {
  struct ChallengeFile: Decodable { let vectors: [[String: String]] }

  struct FieldFile: Decodable { let vectors: [FieldVector] }

  struct FieldVector: Decodable {
    struct Challenge: Decodable {
      enum CodingKeys: String, CodingKey {
        case tokenType = "token-type"
        case tokenKey = "token-key"
        case maximumAge = "max-age"
        case challenge = "token-challenge"
      }
      let tokenType, tokenKey, challenge: String
      let maximumAge: String?
    }
    enum CodingKeys: String, CodingKey {
      case challenges
      case fieldValue = "www_authenticate"
    }
    let challenges: [Challenge]
    let fieldValue: String
  }

  private func bytes(_ text: String?) throws -> [UInt8] {
    let digits = try #require(text)
    return try #require([UInt8](hexadecimal: digits))
  }

  @Test("every challenge encodes and digests to the published bytes, and the greased token is refused")
  func challenges() throws {
    let file: ChallengeFile = try VectorFolder.json("privacypass/rfc9577-challenge-and-token.json")
    var executed = 0
    for vector in file.vectors {
      executed += 1
      let input = try bytes(vector["token_authenticator_input"])
      if vector["token_type"] == "0000" {
        #expect(refusal { _ = try Token(decoding: input) } == "token-type-unsupported")
        continue
      }
      let challenge = try TokenChallenge(
        issuerName: try bytes(vector["issuer_name"]), redemptionContext: try bytes(vector["redemption_context"]),
        originInfo: try bytes(vector["origin_info"]))
      #expect(challenge.encoded == (try bytes(vector["token_challenge"])))
      #expect(try TokenChallenge(decoding: challenge.encoded) == challenge)

      let token = try Token(decoding: input + [UInt8](repeating: 9, count: 256))
      #expect(token.nonce == (try bytes(vector["nonce"])))
      #expect(token.challengeDigest == challenge.digest)
      #expect(token.tokenKeyID == (try bytes(vector["token_key_id"])))
      #expect(Array(token.encoded.prefix(input.count)) == input)
    }
    #expect(
      try executed
        == VectorFolder.caseCount(
          "privacypass/rfc9577-challenge-and-token.json", published: 6, held: file.vectors.count))
  }

  @Test("every field yields its PrivateToken challenges in order, unknown parameters and Basic ignored")
  func fields() throws {
    let file: FieldFile = try VectorFolder.json("privacypass/rfc9577-headers.json")
    var executed = 0
    for vector in file.vectors {
      let parsed = try PrivateTokenChallenge.parseAll(fieldValue: vector.fieldValue)
      #expect(parsed.count == vector.challenges.count)
      for (challenge, expected) in zip(parsed, vector.challenges) {
        #expect(challenge.challenge == (try bytes(expected.challenge)))
        #expect(challenge.tokenKey == (try bytes(expected.tokenKey)))
        #expect(challenge.maximumAge == expected.maximumAge.flatMap { Int64($0) }.map { .seconds($0) })
        #expect(challenge.tokenType?.rawValue == UInt16(expected.tokenType.dropFirst(2), radix: 16))
        #expect(try PrivateTokenChallenge.parseAll(fieldValue: challenge.fieldValue) == [challenge])
      }
      executed += 1
    }
    #expect(
      try executed == VectorFolder.caseCount("privacypass/rfc9577-headers.json", published: 3, held: file.vectors.count)
    )
  }
}
