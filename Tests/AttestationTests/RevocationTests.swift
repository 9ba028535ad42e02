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

  @Test("a list that revokes counts beside a newer one that does not")
  func severalLists() throws {
    let vendor = try SimulatedFixture.vendor()
    var old = vendor.revocationList(at: SimulatedFixture.time.addingTimeInterval(-86_400))
    old.revokedSerialNumbers = [SimulatedVendor.authoritySerialNumber]
    let pieces = try SimulatedFixture.chip().endorsements + [try old.signed(by: vendor.rootKey)]
    let evidence = try SimulatedFixture.evidence(of: try SimulatedFixture.chip(), endorsements: pieces)
    #expect(
      SimulatedFixture.codes(evidence, try SimulatedFixture.policy()) == [AttestationError.certificateRevoked])
  }

  @Test("the authority of VLEKs is revoked by the root's list as that of VCEKs is")
  func revokedVLEKAuthority() throws {
    let vendor = try SimulatedFixture.vendor()
    let serialNumber: [UInt8] = [0x02, 0x00, 0x05]
    let authority = try ForgedChain.certificate(1) {
      $0.subjectCommonName = "SEV-VLEK-Genoa"
      $0.serialNumber = serialNumber
    }
    let chip = try SimulatedFixture.chip(kind: .vlek)
    let policy = try SimulatedFixture.policy {
      $0.sevSNP.signingKeys = [.vlek]
      $0.sevSNP.hosts = nil
    }
    for (revoked, codes) in [([[UInt8]](), [ErrorCode]()), ([serialNumber], [AttestationError.certificateRevoked])] {
      var list = vendor.revocationList(at: SimulatedFixture.time)
      list.revokedSerialNumbers = revoked
      let pieces = [chip.endorsements[0], authority, vendor.rootCertificate, try list.signed(by: vendor.rootKey)]
      #expect(SimulatedFixture.codes(try SimulatedFixture.evidence(of: chip, endorsements: pieces), policy) == codes)
    }
  }
}
