import StrictJSON
import Testing
import Trust

@Suite("Epoch leaf")
struct EpochLeafTests {
  private let leaf = EpochLeaf(operatorOrigin: "example.test", epoch: 41, bundleDigest: Fixture.digest(0xA4))
  private let void = EpochLeaf(operatorOrigin: "example.test", epoch: 42, bundleDigest: nil)

  @Test("a leaf and a void leaf survive signing and verifying")
  func roundTrip() throws {
    let key = try Fixture.signingKey(5)
    for value in [leaf, void] {
      let statement = try Statement(parsing: value.signed(by: key).encoded)
      #expect(try EpochLeaf(verifying: statement, operatorKey: key.publicKey) == value)
    }
  }

  @Test("a leaf without the operator's signature is refused")
  func otherKey() throws {
    let statement = leaf.signed(by: try Fixture.signingKey(6))
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) {
      try EpochLeaf(verifying: statement, operatorKey: try Fixture.signingKey(5).publicKey)
    }
  }

  @Test("a statement of another payload type is no leaf")
  func otherType() throws {
    let statement = try Fixture.signed(RevocationEntry.payloadType, ["type": "void"], by: [5])
    #expect(throws: TrustError(TrustError.payloadType, "")) {
      try EpochLeaf(verifying: statement, operatorKey: try Fixture.signingKey(5).publicKey)
    }
  }

  @Test(
    "a payload that is not exactly one of the two forms is refused",
    arguments: [
      #"{"epoch":1,"origin":"a","type":"epoch"}"#,
      #"{"bundle":"00","epoch":1,"origin":"a","type":"epoch"}"#,
      #"{"bundle":"zz","epoch":1,"origin":"a","type":"epoch"}"#,
      #"{"bundle":null,"epoch":1,"origin":"a","type":"epoch"}"#,
      #"{"bundle":"\#(String(repeating: "ab", count: 32))","epoch":1,"origin":"a","type":"void"}"#,
      #"{"epoch":-1,"origin":"a","type":"void"}"#,
      #"{"epoch":1.5,"origin":"a","type":"void"}"#,
      #"{"epoch":"1","origin":"a","type":"void"}"#,
      #"{"epoch":1,"epoch":2,"origin":"a","type":"void"}"#,
      #"{"epoch":1,"origin":"a","type":"void","x":0}"#,
      #"{"epoch":1,"type":"void"}"#,
      #"{"epoch":1,"origin":"a","type":"release"}"#,
      "[]", "",
    ])
  func schema(text: String) {
    #expect(throws: TrustError(TrustError.malformed, "")) { try EpochLeaf(parsingPayload: Array(text.utf8)) }
  }
}
