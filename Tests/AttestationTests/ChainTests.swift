import Attestation
import Crypto
import CryptoExtras
import ErrorCodes
import Foundation
import SimulatedTEE
import Testing

/// Chains that are wrong in one respect.
@Suite struct ChainTests {
  static func codes(_ endorsements: [[UInt8]], at time: Date = SimulatedFixture.time) throws -> [ErrorCode] {
    let evidence = try SimulatedFixture.evidence(of: try SimulatedFixture.chip(), endorsements: endorsements)
    return SimulatedFixture.codes(evidence, try SimulatedFixture.policy(), at: time)
  }

  static func codes(of chip: SimulatedChip, at time: Date = SimulatedFixture.time) throws -> [ErrorCode] {
    SimulatedFixture.codes(
      try SimulatedFixture.evidence(of: chip), try SimulatedFixture.policy(), at: time)
  }

  @Test("endorsements may come in any order, twice, in DER, PEM or a table")
  func forms() throws {
    let pieces = try SimulatedFixture.chip().endorsements
    #expect(try Self.codes(pieces.reversed()) == [])
    #expect(try Self.codes(pieces + pieces.dropLast()) == [])
    #expect(try Self.codes([pieces.flatMap { $0 }]) == [])
    let pem = pieces.enumerated().map { index, bytes in
      let label = index == 3 ? "X509 CRL" : "CERTIFICATE"
      return "-----BEGIN \(label)-----\n\(Data(bytes).base64EncodedString(options: .lineLength64Characters))\n"
        + "-----END \(label)-----\n"
    }
    #expect(try Self.codes(pem.map { Array($0.utf8) }) == [])
    #expect(try Self.codes([Array(("text before\r\n" + pem.joined().replacing("\n", with: "\r\n")).utf8)]) == [])
    #expect(try Self.codes([Self.table(pieces)]) == [])
    #expect(try Self.codes([Self.table(pem.map { Array($0.utf8) })]) == [])
  }

  static func table(_ pieces: [[UInt8]]) -> [UInt8] {
    typealias Table = SEVSNP.CertificateTable
    var header: [UInt8] = []
    var content: [UInt8] = []
    let start = 24 * (pieces.count + 1)
    for (guid, piece) in zip([Table.vcek, Table.ask, Table.ark, Table.crl], pieces) {
      header += guid
      for number in [start + content.count, piece.count] {
        withUnsafeBytes(of: UInt32(number).littleEndian) { header.append(contentsOf: $0) }
      }
      content += piece
    }
    return header + Array(repeating: 0, count: 24) + content
  }

  @Test("every truncation of a certificate table is refused")
  func truncatedTable() throws {
    let table = Self.table([Array(repeating: 1, count: 10), Array(repeating: 2, count: 10)])
    for count in 0..<table.count {
      #expect(throws: AttestationError.self) { try SEVSNP.CertificateTable(parsing: Array(table.prefix(count))) }
    }
    #expect(try SEVSNP.CertificateTable(parsing: table).endorsements.count == 2)
  }

  @Test("a missing leaf, authority or root has its code")
  func missing() throws {
    let pieces = try SimulatedFixture.chip().endorsements
    #expect(try Self.codes([]) == [AttestationError.leafMissing])
    #expect(try Self.codes(Array(pieces.dropFirst())) == [AttestationError.leafMissing])
    #expect(try Self.codes([pieces[0], pieces[2], pieces[3]]) == [AttestationError.issuerMissing])
    #expect(try Self.codes([pieces[0], pieces[1], pieces[3]]) == [AttestationError.rootMissing])
    #expect(try Self.codes(Array(pieces.dropLast())) == [AttestationError.revocationMissing])
  }

  @Test("bytes that are no endorsement are refused")
  func unreadable() throws {
    let pieces = try SimulatedFixture.chip().endorsements
    for piece in [[], [0], Array("-----BEGIN CERTIFICATE-----\n".utf8), Array(pieces[0].dropLast()), [0x30, 0x00]] {
      #expect(try Self.codes(pieces + [piece]) == [AttestationError.endorsementUnreadable])
    }
    #expect(
      try Self.codes(Array(repeating: pieces[0], count: 65)) == [AttestationError.endorsementLimit])
    #expect(try Self.codes(pieces + Array(repeating: pieces[0], count: 60)) == [])
  }

  @Test("every truncation of a leaf is refused")
  func truncatedLeaf() throws {
    let pieces = try SimulatedFixture.chip().endorsements
    for count in 0..<pieces[0].count {
      #expect(throws: AttestationError.self) { try Endorsements(parsing: [Array(pieces[0].prefix(count))]) }
    }
  }

  @Test("one flipped bit in any byte of a leaf is refused")
  func flippedLeaf() throws {
    let pieces = try SimulatedFixture.chip().endorsements
    let policy = try SimulatedFixture.policy()
    let report = try SimulatedFixture.evidence().report
    var refused = 0
    for index in pieces[0].indices {
      var damaged = pieces
      damaged[0][index] ^= 1 << (index % 8)
      let result = EvidenceVerifier(policy: policy).appraise(
        evidence: Evidence(platform: .sevSNP, report: report, endorsements: damaged),
        expectedReportData: SimulatedFixture.reportData, at: SimulatedFixture.time)
      if result.verdict == .refused { refused += 1 }
    }
    #expect(refused == pieces[0].count)
  }

  @Test("a certificate is good from its first to its last second")
  func validity() throws {
    let chip = try SimulatedFixture.chip {
      $0.notBefore = SimulatedFixture.seconds - 10
      $0.notAfter = SimulatedFixture.seconds + 10
    }
    func codes(_ offset: Double) throws -> [ErrorCode] {
      try Self.codes(of: chip, at: SimulatedFixture.time.addingTimeInterval(offset))
    }
    #expect(try codes(-11) == [AttestationError.certificateNotYetValid])
    #expect(try codes(-10) == [])
    #expect(try codes(10) == [])
    #expect(try codes(11) == [AttestationError.certificateExpired])
  }

  @Test(
    "instants far outside the calendar are refused and trap nowhere", arguments: [.nan, .infinity, -.infinity, 1e300])
  func instants(seconds: Double) throws {
    let codes = try Self.codes(of: try SimulatedFixture.chip(), at: Date(timeIntervalSince1970: seconds))
    #expect(!codes.isEmpty)
  }

  @Test("validity in a year from 2050 on is written and read as GeneralizedTime")
  func generalizedTime() throws {
    let chip = try SimulatedFixture.chip { $0.notAfter = 4_102_444_800 }
    #expect(try Self.codes(of: chip) == [])
  }

  @Test("a leaf with the wrong names, extensions, usage or key is refused")
  func wrongLeaves() throws {
    typealias Extension = CertificateTemplate.Extension
    let cases: [(ErrorCode, (inout CertificateTemplate) -> Void)] = [
      (AttestationError.issuerMissing, { $0.issuerCommonName = "SEV-Milan" }),
      (AttestationError.chainNames, { $0.subjectCommonName = "SEV-VLEK" }),
      (AttestationError.chainNames, { $0.subjectCommonName = "anything" }),
      (AttestationError.chainNames, { $0.extensions[1].value = [0x16, 0x05] + Array("Milan".utf8) }),
      (AttestationError.certificateExtensions, { $0.extensions[1].value = [0x16, 0x05] + Array("Paris".utf8) }),
      (AttestationError.certificateExtensions, { $0.extensions.removeAll { $0.value.count == 64 } }),
      (AttestationError.certificateExtensions, { $0.extensions = Array($0.extensions.suffix(1)) }),
      (AttestationError.simulatedExpected, { $0.extensions.removeLast() }),
      (
        AttestationError.certificateUsage,
        { $0.extensions.append(Extension([0x2A, 0x03], isCritical: true, [0x05, 0x00])) }
      ),
      (
        AttestationError.certificateUsage,
        { $0.extensions.append(Extension([0x55, 0x1D, 0x0F], isCritical: true, [0x03, 0x02, 0x02, 0x04])) }
      ),
      (
        AttestationError.leafMissing,
        {
          $0.extensions.append(Extension([0x55, 0x1D, 0x13], isCritical: true, [0x30, 0x03, 0x01, 0x01, 0xFF]))
        }
      ),
      (
        AttestationError.certificateKey,
        { $0.publicKeyInfo = Array(P256.Signing.PrivateKey().publicKey.derRepresentation) }
      ),
      (AttestationError.endorsementUnreadable, { $0.extensions.append($0.extensions[0]) }),
      (AttestationError.endorsementUnreadable, { $0.extensions.removeAll { $0.value == [0x02, 0x01, 0x54] } }),
      (
        AttestationError.endorsementUnreadable,
        { $0.extensions.append(Extension($0.extensions[2].objectIdentifier.dropLast() + [10], [0x02, 0x01, 0x00])) }
      ),
    ]
    for (code, change) in cases {
      #expect(try Self.codes(of: try SimulatedFixture.chip(change)) == [code])
    }
  }

  @Test("an extension that is not known and not critical is passed over")
  func unknownExtension() throws {
    let chip = try SimulatedFixture.chip {
      $0.extensions.append(CertificateTemplate.Extension([0x2A, 0x03], [0x05, 0x00]))
    }
    #expect(try Self.codes(of: chip) == [])
  }

  @Test("a hardware identifier inside an OCTET STRING is the same identifier")
  func wrappedIdentifier() throws {
    let chip = try SimulatedFixture.chip {
      for index in $0.extensions.indices where $0.extensions[index].value.count == 64 {
        $0.extensions[index].value = [0x04, 0x40] + $0.extensions[index].value
      }
    }
    #expect(try Self.codes(of: chip) == [])
  }

  @Test("a chain with the right names under another root is refused")
  func forgedChain() throws {
    let vendor = try SimulatedFixture.vendor()
    let forger = try SimulatedVendor(
      rootKey: vendor.authorityKey, authorityKey: vendor.rootKey, product: .genoa, at: SimulatedFixture.time)
    #expect(
      try Self.codes(of: try SimulatedFixture.chip(vendor: forger)) == [AttestationError.rootNotPinned])
    // The forger's leaf and authority beside the true root.
    let pieces = try SimulatedFixture.chip(vendor: forger).endorsements
    #expect(
      try Self.codes([pieces[0], pieces[1], vendor.rootCertificate, pieces[3]]) == [AttestationError.chainSignature])
    #expect(
      try Self.codes([pieces[0], vendor.authorityCertificate, vendor.rootCertificate, pieces[3]])
        == [AttestationError.chainSignature])
  }

  @Test("of several leaves the one that fits the report is taken")
  func severalLeaves() throws {
    let vendor = try SimulatedFixture.vendor()
    let other = try vendor.makeChip(index: 9, at: SimulatedFixture.time)
    let vlek = try SimulatedFixture.chip(kind: .vlek)
    let pieces = try SimulatedFixture.chip().endorsements
    #expect(try Self.codes([other.endorsements[0], vlek.endorsements[0]] + pieces) == [])
    let others = [other.endorsements[0]] + pieces.dropFirst()
    #expect(try Self.codes(others) == [AttestationError.reportSignature, AttestationError.chipMismatch])
  }

  @Test("a VLEK is authentic where it is allowed, and refused by the strict rules")
  func vlek() throws {
    let vendor = try SimulatedFixture.vendor()
    var pieces = try SimulatedFixture.chip(kind: .vlek).endorsements
    // The authority of VLEKs (ASVK) has a name of its own.
    let signing = P384.Signing.PrivateKey()
    let template = vendor.leafTemplate(.vlek, index: 0, publicKey: signing.publicKey, at: SimulatedFixture.time)
    var authority = template
    authority.issuerCommonName = "ARK-Genoa"
    authority.subjectCommonName = "SEV-VLEK-Genoa"
    authority.publicKeyInfo = Array(vendor.authorityKey.publicKey.derRepresentation)
    authority.extensions = [
      .init([0x55, 0x1D, 0x13], isCritical: true, [0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x00]),
      .init([0x55, 0x1D, 0x0F], isCritical: true, [0x03, 0x02, 0x02, 0x04]),
      .init(SimulatedMark.objectIdentifier, isCritical: true, SimulatedMark.value),
    ]
    pieces[0] = try template.signed(by: vendor.authorityKey)
    pieces[1] = try authority.signed(by: vendor.rootKey)
    let chip = SimulatedChip(
      signingKey: signing, kind: .vlek, product: .genoa, chipIdentifier: [], tcb: SimulatedChip.tcb(.genoa),
      endorsements: pieces)
    #expect(
      try Self.codes(of: chip) == [AttestationError.vlekRefused, AttestationError.chipUnlisted])
    let policy = try SimulatedFixture.policy {
      $0.sevSNP.signingKeys = [.vlek]
      $0.sevSNP.hosts = nil
    }
    #expect(SimulatedFixture.codes(try SimulatedFixture.evidence(of: chip), policy) == [])
    // Under the authority of VCEKs it is not a VLEK.
    pieces[1] = vendor.authorityCertificate
    #expect(
      SimulatedFixture.codes(try SimulatedFixture.evidence(of: chip, endorsements: pieces), policy)
        == [AttestationError.issuerMissing])
  }

  @Test("Turin's layout, identifier and chain are read as Turin's")
  func turin() throws {
    let vendor = try SimulatedFixture.vendor(.turin)
    let chip = try vendor.makeChip(index: 0, at: SimulatedFixture.time)
    #expect(chip.chipIdentifier.count == 8)
    let policy = try SimulatedFixture.policy {
      $0.sevSNP.hosts = HostList(chipIdentifiers: [chip.chipIdentifier])
      $0.sevSNP.minimumTCB = [.turin: SimulatedChip.tcb(.turin)]
    }
    #expect(SimulatedFixture.codes(try SimulatedFixture.evidence(of: chip), policy) == [])
    let higher = try SimulatedFixture.policy {
      $0.sevSNP.hosts = HostList(chipIdentifiers: [chip.chipIdentifier])
      var minimum = SimulatedChip.tcb(.turin)
      minimum.fmc += 1
      $0.sevSNP.minimumTCB = [.turin: minimum]
    }
    #expect(
      SimulatedFixture.codes(try SimulatedFixture.evidence(of: chip), higher) == [
        AttestationError.tcbReported, AttestationError.tcbCommitted, AttestationError.tcbLaunch,
        AttestationError.tcbCurrent,
      ])
  }
}
