import Crypto
import PrivacyPass
import Testing
import WireFormat

@Suite("Encodings of challenge, token, request and response")
struct WireTypeTests {
  @Test("every truncation and one byte too many is refused, for each type")
  func exactLength() throws {
    func check(_ bytes: [UInt8], code: String, decode: ([UInt8]) throws -> Void) {
      #expect(refusal { try decode(bytes) } == nil)
      for count in 0..<bytes.count {
        #expect(refusal { try decode(Array(bytes.prefix(count))) } == code, "\(count) bytes")
      }
      #expect(refusal { try decode(bytes + [0]) } == code)
    }
    check(RFC9578Vector.challenge, code: "token-challenge-malformed") { _ = try TokenChallenge(decoding: $0) }
    check(RFC9578Vector.token, code: "token-malformed") { _ = try Token(decoding: $0) }
    check(RFC9578Vector.request, code: "token-request-malformed") { _ = try TokenRequest(decoding: $0) }
    check(RFC9578Vector.response, code: "token-response-malformed") { _ = try TokenResponse(decoding: $0) }
  }

  @Test("a slice that does not start at index 0 decodes the same")
  func slices() throws {
    #expect(
      try Token(decoding: ([1, 2, 3] + RFC9578Vector.token)[3...]).encoded == RFC9578Vector.token)
    #expect(
      try TokenChallenge(decoding: ([1] + RFC9578Vector.challenge)[1...]).encoded == RFC9578Vector.challenge)
  }

  @Test("a token or request of another type is refused by its type", arguments: [0x0000, 0x0003, 0x0005, 0xDA7A])
  func otherType(type: Int) {
    let prefix = [UInt8(type >> 8), UInt8(type & 0xFF)]
    #expect(refusal { _ = try Token(decoding: prefix + RFC9578Vector.token.dropFirst(2)) } == "token-type-unsupported")
    #expect(
      refusal { _ = try TokenRequest(decoding: prefix + RFC9578Vector.request.dropFirst(2)) }
        == "token-type-unsupported")
  }

  @Test("issuer name and origin info are accepted at their limit and refused beyond it")
  func nameLimits() throws {
    func challenge(_ nameByteCount: Int, _ originByteCount: Int) throws -> TokenChallenge {
      try TokenChallenge(
        issuerName: [UInt8](repeating: 0x61, count: nameByteCount), redemptionContext: [],
        originInfo: [UInt8](repeating: 0x62, count: originByteCount))
    }
    for (name, origin) in [(1, 0), (65535, 0), (1, 65535), (65535, 65535)] {
      let longest = try challenge(name, origin)
      #expect(try TokenChallenge(decoding: longest.encoded) == longest)
    }
    for (name, origin) in [(0, 0), (65536, 0), (1, 65536)] {
      #expect(refusal { _ = try challenge(name, origin) } == "token-challenge-malformed")
    }
    #expect(refusal { _ = try TokenChallenge(decoding: [0, 2, 0, 0, 0, 0, 0]) } == "token-challenge-malformed")
  }

  @Test("a redemption context has 0 or 32 bytes", arguments: [0, 1, 31, 32, 33, 255])
  func redemptionContext(byteCount: Int) {
    let context = [UInt8](repeating: 7, count: byteCount)
    let expected = [0, 32].contains(byteCount) ? nil : "token-challenge-malformed"
    #expect(
      refusal { _ = try TokenChallenge(issuerName: [0x61], redemptionContext: context, originInfo: []) } == expected)
    let encoded = [0, 2, 0, 1, 0x61, UInt8(byteCount)] + context + [0, 0]
    #expect(refusal { _ = try TokenChallenge(decoding: encoded) } == expected)
  }

  @Test("the challenge of an issuer day depends on its names and its day alone")
  func cloisterChallenge() throws {
    let challenge = try Fixtures.challenge(issuerDay: 258)
    #expect(challenge == (try Fixtures.challenge(issuerDay: 258)))
    #expect(challenge.tokenType == .blindRSA2048)
    let label = Array("cloister issuer day v1".utf8) + [0, 0, 0, 0, 0, 0, 1, 2]
    #expect(challenge.redemptionContext == Array(SHA256.hash(data: label)))

    let day = try Fixtures.challenge(issuerDay: 259)
    let issuer = try TokenChallenge.cloister(issuerName: "other.test", originInfo: "gateway.test", issuerDay: 258)
    let origin = try TokenChallenge.cloister(issuerName: "issuer.test", originInfo: "other.test", issuerDay: 258)
    #expect(Set([challenge, day, issuer, origin].map(\.digest)).count == 4)
  }
}
