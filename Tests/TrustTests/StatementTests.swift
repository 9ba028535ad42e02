import StrictJSON
import Testing
import Trust

@Suite("Statements: DSSE envelopes")
struct StatementTests {
  private static let type = "application/vnd.cloister.example+json"

  private func statement(by seeds: [UInt8], payload: JSONValue = ["type": "example"]) throws -> Statement {
    try Fixture.signed(Self.type, payload, by: seeds)
  }

  private func envelope(_ statement: Statement) -> String { String(decoding: statement.encoded, as: UTF8.self) }

  @Test("the payload is handed out once enough different keys signed it")
  func threshold() throws {
    let publishers = try Fixture.publishers()
    let statement = try statement(by: [1, 2])
    #expect(try statement.verifiedPayload(type: Self.type, publishers: publishers) == statement.payload)
  }

  @Test("one key that signed twice counts once")
  func oneKeyTwice() throws {
    let statement = try statement(by: [1, 1])
    #expect(statement.signatures.count == 2)
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) {
      try statement.verifiedPayload(type: Self.type, publishers: try Fixture.publishers())
    }
  }

  @Test("signatures of unknown keys do not count", arguments: [[], [3], [1, 3], [3, 4]])
  func unknownKeys(seeds: [UInt8]) throws {
    let statement = try statement(by: seeds)
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) {
      try statement.verifiedPayload(type: Self.type, publishers: try Fixture.publishers())
    }
  }

  @Test("an unknown key beside enough known ones is passed over")
  func extraKey() throws {
    let statement = try statement(by: [3, 1, 2])
    #expect(try statement.verifiedPayload(type: Self.type, publishers: try Fixture.publishers()) == statement.payload)
  }

  @Test("a threshold of zero is never met")
  func zeroThreshold() throws {
    let statement = try statement(by: [])
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) {
      try statement.verifiedPayload(type: Self.type, keys: [], threshold: 0)
    }
  }

  @Test("a known key's signature over another payload is refused, though others suffice")
  func badSignature() throws {
    let other = try statement(by: [1], payload: ["type": "other"])
    let good = try statement(by: [1, 2])
    let forged = envelope(good).replacingOccurrence(
      of: try #require(signatureText(in: envelope(good))), with: try #require(signatureText(in: envelope(other))))
    #expect(throws: TrustError(TrustError.badSignature, "")) {
      try Statement(parsing: Array(forged.utf8)).verifiedPayload(
        type: Self.type, keys: [try Fixture.signingKey(1).publicKey, try Fixture.signingKey(2).publicKey], threshold: 1)
    }
  }

  @Test("the payload type is signed too, and another one is refused")
  func payloadType() throws {
    let publishers = try Fixture.publishers()
    let statement = try statement(by: [1, 2])
    #expect(throws: TrustError(TrustError.payloadType, "")) {
      try statement.verifiedPayload(type: ReleaseEntry.payloadType, publishers: publishers)
    }
    let renamed = envelope(statement).replacingOccurrence(of: ".example+", with: ".another+")
    #expect(throws: TrustError(TrustError.badSignature, "")) {
      try Statement(parsing: Array(renamed.utf8)).verifiedPayload(
        type: "application/vnd.cloister.another+json", publishers: publishers)
    }
  }

  @Test("an envelope survives encoding and parsing")
  func roundTrip() throws {
    let statement = try statement(by: [1, 2])
    #expect(try Statement(parsing: statement.encoded) == statement)
  }

  @Test("every truncation of an envelope is refused")
  func truncations() throws {
    let bytes = try statement(by: [1]).encoded
    for count in 0..<bytes.count {
      #expect(throws: TrustError(TrustError.malformed, "")) { try Statement(parsing: Array(bytes.prefix(count))) }
    }
  }

  @Test("one byte too many is refused", arguments: [UInt8(0), UInt8(ascii: " "), UInt8(ascii: "}")])
  func trailingByte(byte: UInt8) throws {
    let bytes = try statement(by: [1]).encoded + [byte]
    #expect(throws: TrustError(TrustError.malformed, "")) { try Statement(parsing: bytes) }
  }

  @Test(
    "another spelling of the same envelope is refused",
    arguments: [
      (#"{"payload":"QQ==","payloadType":"t","signatures":[]}"#, true),
      (#"{"payload": "QQ==","payloadType":"t","signatures":[]}"#, false),
      (#"{"payloadType":"t","payload":"QQ==","signatures":[]}"#, false),
      (#"{"payload":"QR==","payloadType":"t","signatures":[]}"#, false),
      (#"{"payload":"QQ","payloadType":"t","signatures":[]}"#, false),
      (#"{"payload":"QQ==","payloadType":"\u0074","signatures":[]}"#, false),
      (#"{"payload":"QQ==","payload":"QQ==","payloadType":"t","signatures":[]}"#, false),
      (#"{"extra":1,"payload":"QQ==","payloadType":"t","signatures":[]}"#, false),
      (#"{"payload":"QQ==","signatures":[]}"#, false),
      (#"{"payload":"QQ==","payloadType":"t","signatures":[{"keyid":"k","sig":"QQ=="}]}"#, true),
      (#"{"payload":"QQ==","payloadType":"t","signatures":[{"keyid":"k","sig":"QQ==","x":1}]}"#, false),
      (#"{"payload":"QQ==","payloadType":"t","signatures":[{"sig":"QQ=="}]}"#, false),
      (#"["QQ==","t"]"#, false),
    ])
  func canonicalForm(text: String, isCanonical: Bool) {
    if isCanonical {
      #expect(throws: Never.self) { try Statement(parsing: Array(text.utf8)) }
    } else {
      #expect(throws: TrustError(TrustError.malformed, "")) { try Statement(parsing: Array(text.utf8)) }
    }
  }

  @Test("an envelope may have 65,535 bytes and no more")
  func byteLimit() throws {
    func bytes(_ count: Int) -> [UInt8] {
      let empty = Statement(payloadType: "", payload: []).encoded.count
      return Statement(payloadType: String(repeating: "t", count: count - empty), payload: []).encoded
    }
    #expect(bytes(Statement.byteLimit).count == 65_535)
    #expect(throws: Never.self) { try Statement(parsing: bytes(Statement.byteLimit)) }
    #expect(throws: TrustError(TrustError.malformed, "")) { try Statement(parsing: bytes(Statement.byteLimit + 1)) }
  }

  @Test("a key or seed of another length is refused", arguments: [0, 31, 33, 64])
  func keyLength(count: Int) {
    let bytes = [UInt8](repeating: 1, count: count)
    #expect(throws: TrustError(TrustError.malformed, "")) { try StatementKey(rawRepresentation: bytes) }
    #expect(throws: TrustError(TrustError.malformed, "")) { try StatementSigningKey(seed: bytes) }
  }

  @Test("a seed gives back the same key")
  func seed() throws {
    let key = StatementSigningKey()
    let copy = try key.withUnsafeSeed { try StatementSigningKey(seed: $0) }
    #expect(copy.publicKey == key.publicKey)
    #expect(key.publicKey.identifier.utf8.count == 32)
  }

  /// The first signature of an envelope, as it is spelled there.
  private func signatureText(in envelope: String) -> String? { envelope.text(between: #""sig":""#, and: "\"") }
}

extension String {
  fileprivate func replacingOccurrence(of old: String, with new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }

  fileprivate func text(between opening: String, and closing: String) -> String? {
    guard let start = firstRange(of: opening)?.upperBound,
      let end = self[start...].firstRange(of: closing)?.lowerBound
    else { return nil }
    return String(self[start..<end])
  }
}
