import Attestation
import ErrorCodes
import Foundation
import SimulatedTEE
import Testing

/// Revocation lists of the simulated root.
@Suite struct RevocationTests {
  static func codes(
    _ policy: AppraisalPolicy? = nil, signedByAuthority: Bool = false,
    _ change: (inout RevocationListTemplate) -> Void
  ) throws -> [ErrorCode] {
    let vendor = try SimulatedFixture.vendor()
    var list = vendor.revocationList(at: SimulatedFixture.time)
    change(&list)
    var pieces = try SimulatedFixture.chip().endorsements
    pieces[3] = try list.signed(by: signedByAuthority ? vendor.authorityKey : vendor.rootKey)
    let evidence = try SimulatedFixture.evidence(of: try SimulatedFixture.chip(), endorsements: pieces)
    return SimulatedFixture.codes(evidence, try policy ?? SimulatedFixture.policy())
  }

  @Test("a revoked authority is refused, also where no list is demanded")
  func revoked() throws {
    let serialNumber = SimulatedVendor.authoritySerialNumber
    #expect(try Self.codes { $0.revokedSerialNumbers = [serialNumber] } == [AttestationError.certificateRevoked])
    let policy = AppraisalPolicy.authenticityOnly(anchors: .simulated([try SimulatedFixture.vendor().root]))
    #expect(
      try Self.codes(policy) { $0.revokedSerialNumbers = [serialNumber] } == [AttestationError.certificateRevoked])
  }

  @Test("the root's list says nothing of what the authority issued, whose serial numbers are all zero")
  func otherIssuer() throws {
    #expect(try Self.codes { $0.revokedSerialNumbers = [[0], [5]] } == [])
  }

  @Test("a list that the root did not sign is refused")
  func signature() throws {
    #expect(try Self.codes(signedByAuthority: true) { _ in } == [AttestationError.revocationSignature])
  }

  @Test("a list past its next update, too old, or from the future is refused")
  func freshness() throws {
    #expect(
      try Self.codes { $0.nextUpdate = SimulatedFixture.seconds - 1 } == [AttestationError.revocationStale])
    #expect(try Self.codes { $0.nextUpdate = SimulatedFixture.seconds } == [])
    let age: Int64 = 390 * 86_400
    #expect(
      try Self.codes { $0.thisUpdate = SimulatedFixture.seconds - age - 1 } == [AttestationError.revocationStale])
    #expect(try Self.codes { $0.thisUpdate = SimulatedFixture.seconds - age } == [])
    #expect(
      try Self.codes { $0.thisUpdate = SimulatedFixture.seconds + 301 } == [AttestationError.revocationNotYetValid])
    #expect(try Self.codes { $0.thisUpdate = SimulatedFixture.seconds + 300 } == [])
  }

  @Test("another root's list does not count")
  func otherRoot() throws {
    #expect(
      try Self.codes { $0.issuer = RevocationListTemplate.name("ARK-Milan") } == [AttestationError.revocationMissing])
  }
}
