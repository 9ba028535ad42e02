import StrictJSON
import Testing
import TransparencyLog
import Trust

@Suite("Values that configurations and the policy share")
struct ConfigurationValuesTests {
  @Test(
    "publishers need a threshold of two or more that their number can meet",
    arguments: [(2, 0, false), (2, 1, false), (2, 2, true), (3, 2, true), (2, 3, false), (1, 1, false)])
  func publisherThreshold(count: Int, threshold: Int, isAllowed: Bool) throws {
    let keys = try (1...count).map { try Fixture.signingKey(UInt8($0)).publicKey }
    if isAllowed {
      #expect(throws: Never.self) { try Publishers(keys: keys, threshold: threshold) }
    } else {
      #expect(throws: TrustError(TrustError.policyInvalid, "")) { try Publishers(keys: keys, threshold: threshold) }
    }
  }

  @Test("one publisher's key named twice is refused")
  func publisherTwice() throws {
    let key = try Fixture.signingKey(1).publicKey
    #expect(throws: TrustError(TrustError.policyInvalid, "")) { try Publishers(keys: [key, key], threshold: 2) }
  }

  @Test(
    "a witness quorum must leave more common signers than declared faults",
    arguments: [
      (4, 3, 1, true), (4, 2, 1, false), (4, 3, 2, false), (4, 3, 0, false), (4, 4, 3, true), (4, 4, 4, false),
      (1, 1, 1, false), (3, 3, 1, true), (4, 5, 1, false), (4, 0, 1, false),
    ])
  func witnessQuorum(count: Int, threshold: Int, declaredFaults: Int, isAllowed: Bool) throws {
    let keys = try (1...count).map { try Fixture.witnessKey(UInt8($0)) }
    func make() throws { _ = try DeclaredWitnesses(keys: keys, threshold: threshold, declaredFaults: declaredFaults) }
    if isAllowed {
      #expect(throws: Never.self) { try make() }
    } else {
      #expect(throws: TransparencyLogError(TransparencyLogError.witnessPolicyUnsafe, "")) { try make() }
    }
  }

  @Test("publishers and witnesses survive their JSON form, and unknown members are refused")
  func json() throws {
    let publishers = try Fixture.publishers()
    #expect(try Publishers(reading: JSONObject(publishers.json, name: "publishers")) == publishers)
    let witnesses = try DeclaredWitnesses(
      keys: try (1...4).map { try Fixture.witnessKey($0) }, threshold: 3, declaredFaults: 1)
    #expect(try DeclaredWitnesses(reading: JSONObject(witnesses.json, name: "witnesses")) == witnesses)
    #expect(throws: JSONError.self) {
      try Publishers(reading: JSONObject(publishers.json.setting(["x"], to: 1), name: "publishers"))
    }
    #expect(throws: JSONError.self) {
      try DeclaredWitnesses(reading: JSONObject(witnesses.json.setting(["x"], to: 1), name: "witnesses"))
    }
  }
}
