import Attestation
import Crypto
import CryptoExtras
import ErrorCodes
import Foundation
import SimulatedTEE
import Testing

/// Authorities and roots that are wrong in one respect, and chains of another product.
@Suite struct ForgedChainTests {
  typealias Change = (inout CertificateTemplate) -> Void

  static let constraints = 0
  static let keyUsage = 1

  static func codes(_ piece: Int, _ change: Change) throws -> [ErrorCode] {
    try MalformedCertificateTests.codes(try ForgedChain.certificate(piece, change), replacing: piece)
  }

  @Test("an unchanged authority and root are accepted", arguments: [1, 2])
  func unchanged(piece: Int) throws {
    #expect(try Self.codes(piece) { _ in } == [])
  }

  @Test("an authority that is wrong in one respect is refused with the code of that")
  func authorities() throws {
    let p384 = Array(P384.Signing.PrivateKey().publicKey.derRepresentation)
    let rsa2048 = Array(try _RSA.Signing.PrivateKey(keySize: .bits2048).publicKey.derRepresentation)
    let cases: [(ErrorCode, Change)] = [
      (AttestationError.certificateExpired, { $0.notAfter = SimulatedFixture.seconds - 1 }),
      (AttestationError.certificateNotYetValid, { $0.notBefore = SimulatedFixture.seconds + 1 }),
      // Only CRL signing; no key usage; no authority; a path length that is not the vendor's is no harm.
      (AttestationError.certificateUsage, { $0.extensions[Self.keyUsage].value = [0x03, 0x02, 0x01, 0x02] }),
      (AttestationError.certificateUsage, { $0.extensions.remove(at: Self.keyUsage) }),
      (AttestationError.issuerMissing, { $0.extensions.remove(at: Self.constraints) }),
      (AttestationError.issuerMissing, { $0.extensions[Self.constraints].value = [0x30, 0x00] }),
      (
        AttestationError.certificateUsage,
        { $0.extensions.append(.init([0x55, 0x1D, 0x1E], isCritical: true, [0x30, 0x00])) }
      ),
      (AttestationError.simulatedExpected, { $0.extensions.removeLast() }),
      (AttestationError.certificateKey, { $0.publicKeyInfo = p384 }),
      (AttestationError.certificateKey, { $0.publicKeyInfo = rsa2048 }),
      (AttestationError.issuerMissing, { $0.subjectCommonName = "SEV-VLEK-Genoa" }),
      (AttestationError.issuerMissing, { $0.subjectCommonName = "SEV-Milan" }),
      (AttestationError.rootMissing, { $0.issuerCommonName = "ARK-Milan" }),
    ]
    for (code, change) in cases { #expect(try Self.codes(1, change) == [code]) }
  }

  @Test("a root certificate that is wrong in one respect is refused with the code of that")
  func roots() throws {
    let otherKey = ForgedChain.template(1, try SimulatedFixture.vendor()).publicKeyInfo
    let cases: [(ErrorCode, Change)] = [
      (AttestationError.certificateExpired, { $0.notAfter = SimulatedFixture.seconds - 1 }),
      (AttestationError.certificateNotYetValid, { $0.notBefore = SimulatedFixture.seconds + 1 }),
      (AttestationError.certificateUsage, { $0.extensions[Self.keyUsage].value = [0x03, 0x02, 0x01, 0x02] }),
      (AttestationError.certificateUsage, { $0.extensions.remove(at: Self.constraints) }),
      (
        AttestationError.certificateUsage,
        { $0.extensions[Self.constraints].value = [0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x00] }
      ),
      (AttestationError.simulatedExpected, { $0.extensions.removeLast() }),
      (AttestationError.rootNotPinned, { $0.publicKeyInfo = otherKey }),
      (AttestationError.rootMissing, { $0.subjectCommonName = "ARK-Milan" }),
      (AttestationError.rootMissing, { $0.issuerCommonName = "ARK-Milan" }),
    ]
    for (code, change) in cases { #expect(try Self.codes(2, change) == [code]) }
  }

  @Test("every flipped bit in the root's key is refused, and its own signature is not asked for")
  func flippedRoot() throws {
    let root = try MalformedCertificateTests.piece(2)
    let key = Array(try SimulatedFixture.vendor().rootKey.publicKey.derRepresentation)
    let start = try #require(root.firstRange(of: key)?.lowerBound)
    var refused = 0
    for index in start..<start + key.count {
      var damaged = root
      damaged[index] ^= 1 << (index % 8)
      if try !MalformedCertificateTests.codes(damaged, replacing: 2).isEmpty { refused += 1 }
    }
    #expect(refused == key.count)
    var unsigned = root
    unsigned[root.count - 1] ^= 1
    #expect(try MalformedCertificateTests.codes(unsigned, replacing: 2) == [])
  }

  @Test("one flipped bit in any byte of an authority is refused")
  func flippedAuthority() throws {
    let authority = try MalformedCertificateTests.piece(1)
    var refused = 0
    for index in authority.indices {
      var damaged = authority
      damaged[index] ^= 1 << (index % 8)
      if try !MalformedCertificateTests.codes(damaged, replacing: 1).isEmpty { refused += 1 }
    }
    #expect(refused == authority.count)
  }

  @Test("certificates that stand in each other's place are refused")
  func swapped() throws {
    let vendor = try SimulatedFixture.vendor()
    let pieces = try SimulatedFixture.chip().endorsements
    // The authority's key in the root's certificate and the other way round, each signed by the wrong one.
    let authority = try ForgedChain.template(1, vendor).signed(by: vendor.authorityKey)
    #expect(try ChainTests.codes([pieces[0], authority, pieces[2], pieces[3]]) == [AttestationError.chainSignature])
    let leaf = vendor.leafTemplate(
      .vcek, index: 0, publicKey: P384.Signing.PrivateKey().publicKey, at: SimulatedFixture.time)
    let byRoot = try leaf.signed(by: vendor.rootKey)
    #expect(try ChainTests.codes([byRoot] + pieces.dropFirst()) == [AttestationError.chainSignature])
    // A leaf that the root's name issued, without an authority between.
    var direct = leaf
    direct.issuerCommonName = "ARK-Genoa"
    let issued = try direct.signed(by: vendor.rootKey)
    #expect(try ChainTests.codes([issued] + pieces.dropFirst()) == [AttestationError.issuerMissing])
  }

  @Test("an RSA key of another size is refused in a pinned root")
  func smallRoot() throws {
    let small = try _RSA.Signing.PrivateKey(keySize: .bits3072)
    let vendor = try SimulatedFixture.vendor()
    let forged = try SimulatedVendor(
      rootKey: small, authorityKey: vendor.authorityKey, product: .genoa, at: SimulatedFixture.time)
    let policy = try SimulatedFixture.policy { $0.anchors = .simulated([forged.root]) }
    let chip = try SimulatedFixture.chip(vendor: forged)
    #expect(
      SimulatedFixture.codes(try SimulatedFixture.evidence(of: chip), policy) == [AttestationError.certificateKey])
  }

  @Test("a chain of another product is refused", arguments: [SEVSNP.Product.milan, .turin])
  func otherProduct(product: SEVSNP.Product) throws {
    let other = try SimulatedFixture.vendor(product)
    let chip = try SimulatedFixture.chip(vendor: other)
    // Whole, under a report that says it is of Genoa.
    var report = SimulatedFixture.report()
    report.processor = (0x19, 0x11, 1)
    let policy = try SimulatedFixture.policy { $0.sevSNP.productFloor = .milan }
    let evidence = Evidence(
      platform: .sevSNP, report: try report.signed(by: chip), endorsements: chip.endorsements)
    #expect(SimulatedFixture.codes(evidence, policy) == [AttestationError.productMismatch])
    // The other product's leaf beneath Genoa's authority and root.
    let pieces = try SimulatedFixture.chip().endorsements
    #expect(
      SimulatedFixture.codes(
        try SimulatedFixture.evidence(of: chip, endorsements: [chip.endorsements[0]] + pieces.dropFirst()), policy)
        == [AttestationError.issuerMissing])
    // The other product's authority beneath Genoa's root.
    #expect(
      SimulatedFixture.codes(
        try SimulatedFixture.evidence(of: chip, endorsements: Array(chip.endorsements[0..<2]) + [pieces[2]]), policy)
        == [AttestationError.rootMissing])
  }

  @Test("Bergamo, Siena and Turin Dense are of Genoa's and Turin's chains, and neighbours are not known")
  func models() {
    let cases: [(UInt8, UInt8, SEVSNP.Product?)] = [
      (0x19, 0x00, .milan), (0x19, 0x0F, .milan), (0x19, 0x10, .genoa), (0x19, 0x1F, .genoa), (0x19, 0x20, nil),
      (0x19, 0x9F, nil), (0x19, 0xA0, .genoa), (0x19, 0xAF, .genoa), (0x19, 0xB0, nil), (0x1A, 0x00, .turin),
      (0x1A, 0x11, .turin), (0x1A, 0x1F, .turin), (0x1A, 0x20, nil), (0x18, 0x01, nil), (0x17, 0x31, nil),
    ]
    for (family, model, product) in cases { #expect(SEVSNP.Product(family: family, model: model) == product) }
  }

  @Test("a leaf of Bergamo or Siena is of Genoa's chain", arguments: ["Bergamo-A0", "Siena", "Genoa-B1"])
  func productNames(name: String) throws {
    let chip = try SimulatedFixture.chip {
      $0.extensions[1].value = [0x16, UInt8(name.utf8.count)] + Array(name.utf8)
    }
    #expect(try ChainTests.codes(of: chip) == [])
  }
}
