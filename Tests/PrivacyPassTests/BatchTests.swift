import PrivacyPass
import Testing

@Suite("Batched issuance")
struct BatchTests {
  static func voprfChallenge() throws -> TokenChallenge {
    try TokenChallenge(
      tokenType: .voprfP384, issuerName: Array("issuer.test".utf8), redemptionContext: [],
      originInfo: Array("gateway.test".utf8))
  }

  /// A token of type 0x0002, then one of type 0x0001.
  static func mixed(_ issuer: TokenIssuer, _ voprf: VOPRFTokenIssuer) throws -> PendingTokenBatch {
    let first = try PendingTokenBatch(count: 1, challenge: try Fixtures.challenge(), key: issuer.publicKey)
    let second = try PendingTokenBatch(count: 1, challenge: try voprfChallenge(), key: voprf.publicKey)
    return try first.joined(with: second)
  }

  @Test("a batch of both types takes one round trip, through bytes, and its tokens verify")
  func roundTrip() throws {
    let issuer = try Fixtures.rfcIssuer()
    let voprf = try VOPRFTokenIssuer()
    let pending = try Self.mixed(issuer, voprf)
    let request = try BatchedTokenRequest(decoding: pending.request.encoded)
    #expect(request == pending.request)
    let response = try BatchIssuer([issuer], voprf: [voprf]).issue(request)
    #expect(response.httpStatus == 200)
    let received = try BatchedTokenResponse(decoding: response.encoded)
    #expect(received == response)
    let tokens = try pending.finalize(received)
    try TokenVerifier(keys: [issuer.publicKey]).verify(tokens[0], challenge: try Fixtures.challenge())
    try voprf.verify(tokens[1], challenge: try Self.voprfChallenge())
  }

  @Test("a request for an unknown key gets no answer, the others theirs, and the client refuses to be chosen for")
  func partial() throws {
    let issuer = try Fixtures.rfcIssuer()
    let voprf = try VOPRFTokenIssuer()
    let strict = try Self.mixed(issuer, voprf)
    let response = issuer.issue(strict.request)
    #expect(response.responses.map { $0 != nil } == [true, false])
    #expect(response.httpStatus == 206)
    #expect(try BatchedTokenResponse(decoding: response.encoded) == response)
    #expect(Self.finalize(strict, response) == "token-issuance-partial")

    let lenient = try Self.mixed(issuer, voprf)
    let again = issuer.issue(lenient.request)
    #expect(try BatchIssuer([]).issue(lenient.request).httpStatus == 400)
    let tokens = try lenient.finalizeIssued(again)
    #expect(tokens.map { $0 != nil } == [true, false])
  }

  @Test("a single blinded message that is no number is left out")
  func badElement() throws {
    let issuer = try Fixtures.rfcIssuer()
    let pending = try PendingTokenBatch(count: 2, challenge: try Fixtures.challenge(), key: issuer.publicKey)
    var bytes = pending.request.encoded
    for index in bytes.count - 256..<bytes.count { bytes[index] = 0xFF }
    #expect(issuer.issue(try BatchedTokenRequest(decoding: bytes)).responses.map { $0 != nil } == [true, false])
  }

  @Test("one bad answer discards the whole batch, and so does a missing one")
  func badAnswers() throws {
    let issuer = try Fixtures.rfcIssuer()
    func refusal(_ change: ([TokenResponse?]) throws -> [TokenResponse?]) throws -> String? {
      let pending = try PendingTokenBatch(count: 3, challenge: try Fixtures.challenge(), key: issuer.publicKey)
      let changed = try BatchedTokenResponse(change(issuer.issue(pending.request).responses))
      return Self.finalize(pending, changed)
    }
    #expect(try refusal { $0 } == nil)
    #expect(try refusal { $0.reversed() } == "token-invalid-issuance")
    #expect(try refusal { $0.dropLast() } == "token-invalid-issuance")
    #expect(try refusal { $0 + $0.prefix(1) } == "token-invalid-issuance")
    let other = try TokenResponse(decoding: [UInt8](repeating: 2, count: 145), tokenType: .voprfP384)
    #expect(try refusal { $0.dropLast() + [other] } == "token-invalid-issuance")
    #expect(try refusal { _ in [] } == "token-invalid-issuance")
  }

  @Test("two keys of one type with one truncated identifier cannot issue together")
  func collision() throws {
    let issuer = try Fixtures.rfcIssuer()
    #expect(refusal { _ = try BatchIssuer([issuer, issuer]) } == "token-key-collision")
    let voprf = try VOPRFTokenIssuer()
    #expect(refusal { _ = try BatchIssuer([issuer], voprf: [voprf, voprf]) } == "token-key-collision")
    #expect(refusal { _ = try BatchIssuer([issuer], voprf: [voprf]) } == nil)
  }

  @Test("a batch has 1 to 1,000 requests", arguments: [0, 1, 2, 1_000, 1_001])
  func count(count: Int) throws {
    let request = try TokenRequest(decoding: RFC9578Vector.request)
    let expected = (1...1_000).contains(count) ? nil : "token-batch-request-malformed"
    #expect(refusal { _ = try BatchedTokenRequest(Array(repeating: request, count: count)) } == expected)
    let encoded = Self.vector(Array(repeating: RFC9578Vector.request, count: count).flatMap { $0 })
    #expect(refusal { _ = try BatchedTokenRequest(decoding: encoded) } == expected)
    #expect(encoded.count <= BatchedTokenRequest.byteLimit || expected != nil)

    let absent = Self.vector([UInt8](repeating: 0, count: count))
    let answered = count <= 1_000 ? nil : "token-batch-response-malformed"
    #expect(refusal { _ = try BatchedTokenResponse(decoding: absent) } == answered)
  }

  @Test("a batch is refused by its count before anything is drawn", arguments: [Int.min, -1, 0, 1_001])
  func drawnCount(count: Int) throws {
    let key = try Fixtures.rfcIssuer().publicKey
    #expect(
      refusal { _ = try PendingTokenBatch(count: count, challenge: try Fixtures.challenge(), key: key) }
        == "token-batch-request-malformed")
  }

  @Test("every truncation and one byte too many is refused")
  func exactLength() throws {
    let issuer = try Fixtures.rfcIssuer()
    let voprf = try VOPRFTokenIssuer()
    let request = try Self.mixed(issuer, voprf).request
    let response = try BatchIssuer([issuer], voprf: [voprf]).issue(request).encoded
    for count in 0..<request.encoded.count {
      #expect(
        refusal { _ = try BatchedTokenRequest(decoding: Array(request.encoded.prefix(count))) }
          == "token-batch-request-malformed")
    }
    for count in 0..<response.count {
      #expect(
        refusal { _ = try BatchedTokenResponse(decoding: Array(response.prefix(count))) }
          == "token-batch-response-malformed")
    }
    #expect(refusal { _ = try BatchedTokenRequest(decoding: request.encoded + [0]) } == "token-batch-request-malformed")
    #expect(refusal { _ = try BatchedTokenResponse(decoding: response + [0]) } == "token-batch-response-malformed")
  }

  @Test("elements that end early, presence above 1, other types and a length in a longer form are refused")
  func badElements() throws {
    func request(_ bytes: [UInt8]) -> String? { refusal { _ = try BatchedTokenRequest(decoding: bytes) } }
    func response(_ bytes: [UInt8]) -> String? { refusal { _ = try BatchedTokenResponse(decoding: bytes) } }
    let one = RFC9578Vector.request
    let answer = [1, 0, 2] + RFC9578Vector.response
    #expect(request(Self.vector(one)) == nil)
    #expect(response(Self.vector(answer)) == nil)
    #expect(request(Self.vector(one.dropLast())) == "token-batch-request-malformed")
    #expect(request(Self.vector(one + [0])) == "token-batch-request-malformed")
    #expect(response(Self.vector(answer.dropLast())) == "token-batch-response-malformed")
    #expect(response(Self.vector([2] + answer.dropFirst())) == "token-batch-response-malformed")
    #expect(request(Self.vector([0, 5] + one.dropFirst(2))) == "token-type-unsupported")
    #expect(response(Self.vector([1, 0, 5] + answer.dropFirst(3))) == "token-type-unsupported")

    let count = UInt8(one.count - 256)
    #expect(request([0x80, 0, 1, count] + one) == "token-batch-request-malformed")
    #expect(request([0xC0, 0, 0, 0, 0, 0, 1, count] + one) == "token-batch-request-malformed")
    #expect(request([0xFF] + [UInt8](repeating: 0xFF, count: 7)) == "token-batch-request-malformed")
    #expect(response([0x40, 1, 0]) == "token-batch-response-malformed")
  }

  /// Content behind its length in the shortest form.
  private static func vector(_ content: some Collection<UInt8>) -> [UInt8] {
    let count = content.count
    return switch count {
    case 0..<0x40: [UInt8(count)] + content
    case 0x40..<0x4000: [0x40 | UInt8(count >> 8), UInt8(count & 0xFF)] + content
    default: [0x80, UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)] + content
    }
  }

  private static func finalize(_ batch: consuming PendingTokenBatch, _ response: BatchedTokenResponse) -> String? {
    do {
      _ = try batch.finalize(response)
      return nil
    } catch {
      return error.code.rawValue
    }
  }
}
