import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import SwiftASN1
import Testing
import X509

/// Chains that are wrong in one respect, beneath documents that are otherwise accepted.
@Suite struct NitroChainTests {
  typealias Template = SimulatedAuthority.Template

  static let instanceID = "i-0123456789abcdef0"
  static let names = SimulatedNitroVendor.names(instanceID: instanceID)

  /// The codes for a vendor of its own, whose root the policy names.
  static func codes(
    of vendor: SimulatedNitroVendor, at time: Date = NitroFixture.time,
    leaf: (inout Template) throws -> Void = { _ in }
  ) throws -> [ErrorCode] {
    let attester = try NitroFixture.attester(vendor: vendor, leaf)
    let policy = try NitroFixture.policy { $0.anchors = .simulated([vendor.root]) }
    return try NitroFixture.codes(try NitroFixture.evidence(of: attester), policy, at: time)
  }

  static func vendor(
    names: [String] = names, _ change: (Int, inout Template) throws -> Void = { _, _ in },
    key: (Int) -> SimulatedAuthority.Key = { _ in .p384(P384.Signing.PrivateKey()) }
  ) throws -> SimulatedNitroVendor {
    try .make(instanceID: instanceID, names: names, at: NitroFixture.time, key: key, change: change)
  }

  @Test("another vendor's chain of the right names is refused")
  func forged() throws {
    let attester = try NitroFixture.attester(vendor: try Self.vendor())
    let evidence = try NitroFixture.evidence(of: attester)
    #expect(try NitroFixture.codes(evidence) == [AttestationError.rootNotPinned])
    // The real bundle above a leaf that another instance's authority of the same name signed.
    let bundle = try NitroFixture.vendor().authorities.map { try $0.derBytes }
    let mixed = try NitroFixture.evidence(of: attester) { $0.bundle = bundle }
    #expect(try NitroFixture.codes(mixed) == [AttestationError.chainSignature])
  }

  @Test("a pinned root's certificate above a forged chain is refused by a signature")
  func forgedBelowRoot() throws {
    let root = try NitroFixture.vendor().authorities[0].derBytes
    let evidence = try NitroFixture.evidence(of: try NitroFixture.attester(vendor: try Self.vendor())) {
      $0.bundle[0] = root
    }
    #expect(try NitroFixture.codes(evidence) == [AttestationError.chainSignature])
  }

  @Test("a document of another enclave's key is refused by its signature")
  func otherKey() throws {
    let other = try NitroFixture.attester(vendor: try NitroFixture.vendor())
    let leaf = try NitroFixture.attester().document.certificate
    let evidence = try NitroFixture.evidence(of: other) { $0.certificate = leaf }
    #expect(try NitroFixture.codes(evidence) == [AttestationError.reportSignature])
  }

  @Test("a simulated chain is refused under production roots, whatever else the policy says")
  func productionRoots() throws {
    for roots in [TrustAnchors.allProduction, .production([.awsNitroG1]), .production([])] {
      let policy = try NitroFixture.policy { $0.anchors = roots }
      #expect(try NitroFixture.codes(try NitroFixture.evidence(), policy) == [AttestationError.simulatedRefused])
      #expect(
        try NitroFixture.codes(try NitroFixture.evidence(), .authenticityOnly(anchors: roots))
          == [AttestationError.simulatedRefused])
    }
  }

  @Test("a certificate without the mark is refused in a simulated chain", arguments: 0...4)
  func marks(place: Int) throws {
    let vendor = try Self.vendor { index, template in template.isMarked = index != place }
    #expect(try Self.codes(of: vendor) { $0.isMarked = place != 4 } == [AttestationError.simulatedExpected])
  }

  @Test("the bundle is the chain, root first: nothing missing, double, foreign or in another order")
  func bundle() throws {
    let stranger = try Self.vendor().authorities[1].derBytes
    let cases: [(ErrorCode, (inout SimulatedNitroDocument) -> Void)] = [
      (AttestationError.nitroBundle, { $0.bundle.reverse() }),
      (AttestationError.nitroBundle, { $0.bundle.swapAt(1, 2) }),
      (AttestationError.nitroBundle, { $0.bundle.append($0.bundle[1]) }),
      (AttestationError.nitroBundle, { $0.bundle.append($0.certificate) }),
      (AttestationError.nitroBundle, { $0.bundle.insert(stranger, at: 1) }),
      (AttestationError.issuerMissing, { $0.bundle.remove(at: 0) }),
      (AttestationError.issuerMissing, { $0.bundle.remove(at: 2) }),
      (AttestationError.issuerMissing, { $0.bundle.removeLast() }),
      (AttestationError.issuerMissing, { $0.certificate = $0.bundle[0] }),
      (AttestationError.endorsementUnreadable, { $0.bundle[2].removeLast() }),
      (AttestationError.endorsementUnreadable, { $0.bundle[2].append(0) }),
      (AttestationError.endorsementUnreadable, { $0.certificate = [0x30, 0x00] }),
    ]
    for (code, change) in cases {
      #expect(try NitroFixture.codes(try NitroFixture.evidence(change)) == [code])
    }
  }

  @Test("a chain is as long as the rules say")
  func lengths() throws {
    #expect(try Self.codes(of: try Self.vendor(names: [Self.names[0], Self.names[3]])) == [])
    let short = try Self.vendor(names: ["\(Self.instanceID).us-simulated-1.aws.nitro-enclaves"])
    #expect(try Self.codes(of: short) == [AttestationError.certificateUsage])
    let middle = (0..<6).map { "\($0).aws.nitro-enclaves" }
    #expect(try Self.codes(of: try Self.vendor(names: [Self.names[0]] + middle + [Self.names[3]])) == [])
    let long = [Self.names[0]] + middle + ["6.aws.nitro-enclaves", Self.names[3]]
    #expect(try Self.codes(of: try Self.vendor(names: long)) == [AttestationError.nitroDocument])
  }

  @Test("every certificate counts for the time, to the second", arguments: 0...4)
  func validity(place: Int) throws {
    func bound(_ template: inout Template) {
      template.notBefore = NitroFixture.time.addingTimeInterval(-10)
      template.notAfter = NitroFixture.time.addingTimeInterval(10)
    }
    let vendor = try Self.vendor { index, template in if index == place { bound(&template) } }
    func codes(_ offset: Double) throws -> [ErrorCode] {
      try Self.codes(of: vendor, at: NitroFixture.time.addingTimeInterval(offset)) { leaf in
        leaf.notBefore = NitroFixture.time.addingTimeInterval(-100)
        if place == 4 { bound(&leaf) }
      }
    }
    #expect(try codes(-11) == [AttestationError.certificateNotYetValid])
    #expect(try codes(-10) == [])
    #expect(try codes(10) == [])
    #expect(try codes(11) == [AttestationError.certificateExpired])
  }

  @Test(
    "instants far outside the calendar are refused and trap nowhere", arguments: [.nan, .infinity, -.infinity, 1e300])
  func instants(seconds: Double) throws {
    #expect(
      try !NitroFixture.codes(try NitroFixture.evidence(), at: Date(timeIntervalSince1970: seconds)).isEmpty)
  }

  @Test("a leaf that may not sign, or may issue, is refused")
  func leafUsage() throws {
    let vendor = try NitroFixture.vendor()
    let unknown = Certificate.Extension(
      oid: ASN1ObjectIdentifier(arrayLiteral: 1, 2, 3), critical: true, value: [0x05, 0x00])
    let changes: [(inout Template) throws -> Void] = [
      { $0.keyUsage = KeyUsage(nonRepudiation: true) }, { $0.keyUsage = KeyUsage(keyCertSign: true) },
      { $0.basicConstraints = .isCertificateAuthority(maxPathLength: nil) }, { $0.extensions.append(unknown) },
    ]
    for change in changes { #expect(try Self.codes(of: vendor, leaf: change) == [AttestationError.certificateUsage]) }
  }

  @Test("an authority that may not issue, or not so deep, is refused", arguments: 0...3)
  func authorityUsage(place: Int) throws {
    var changes: [(inout Template) -> Void] = [
      { $0.keyUsage = KeyUsage(digitalSignature: true) }, { $0.keyUsage = nil }, { $0.basicConstraints = nil },
      { $0.basicConstraints = .notCertificateAuthority },
    ]
    if place < 3 { changes.append { $0.basicConstraints = .isCertificateAuthority(maxPathLength: 2 - place) } }
    for change in changes {
      let vendor = try Self.vendor { index, template in if index == place { change(&template) } }
      #expect(try Self.codes(of: vendor) == [AttestationError.certificateUsage])
    }
  }

  @Test("a key on another curve is refused wherever it stands", arguments: 0...4)
  func curves(place: Int) throws {
    let vendor = try Self.vendor(
      key: { $0 == place ? .p256(P256.Signing.PrivateKey()) : .p384(P384.Signing.PrivateKey()) })
    let codes = try Self.codes(of: vendor) { leaf in
      if place == 4 { leaf.publicKey = Certificate.PublicKey(P256.Signing.PrivateKey().publicKey) }
    }
    #expect(codes == [AttestationError.certificateKey])
  }

  @Test("names of certificates that are of another instance, module or region are refused")
  func names() throws {
    for name in [
      "i-0123456789abcdef1.us-simulated-1.aws.nitro-enclaves", "i-0123456789abcdef0.eu-simulated-1.aws.nitro-enclaves",
      "i-0123456789abcdef0.us-simulated-1.aws", "i-0123456789abcdef0.us-simulated-1.aws.nitro-enclaves.test", "x", "",
    ] {
      let vendor = try Self.vendor(names: Self.names.dropLast() + [name])
      #expect(try Self.codes(of: vendor) == [AttestationError.nitroInstance])
    }
    let vendor = try NitroFixture.vendor()
    for name in [
      "i-0123456789abcdef0-enc0123456789abcdee.us-simulated-1.aws", "i-0123456789abcdef0-enc0123456789abcdef",
      "i-0123456789abcdef0-enc0123456789abcdef.us-simulated-1.test", "i-0123456789abcdef0.us-simulated-1.aws", "",
    ] {
      #expect(
        try Self.codes(of: vendor) { $0.subject = try Template.name(name) } == [AttestationError.nitroInstance])
    }
    #expect(
      try Self.codes(of: vendor) {
        $0.subject = try DistinguishedName {
          CommonName("i-0123456789abcdef0-enc0123456789abcdef.us-simulated-1.aws")
          CommonName("x")
        }
      } == [AttestationError.nitroInstance])
  }

  @Test(
    "a module that is not of an enclave of an instance names none",
    arguments: [
      "i-012345678-enc01", "i-0123456789abcdeg0-enc01", "x-01234567-enc01", "i-01234567-enc", "i-01234567-tpm01",
      "i-01234567-enc01-x", "i-01234567", "-", "i-0123456 -enc01", "I-01234567-enc01", "i-0123456A-enc01",
    ])
  func modules(moduleID: String) throws {
    let instance = moduleID.split(separator: "-enc").first.map(String.init) ?? ""
    #expect(throws: AttestationError(AttestationError.nitroInstance, "")) {
      try Nitro.Instance(
        moduleID: moduleID, leafName: "\(moduleID).r.aws", instanceName: "\(instance).r.aws.nitro-enclaves", pcr4: nil)
    }
  }

  @Test("short instance identifiers, and a PCR4 that says nothing, are read")
  func shortInstance() throws {
    for pcr4 in [nil, NitroFixture.pcr(0), Nitro.Instance.measurement("i-01234567")] {
      let instance = try Nitro.Instance(
        moduleID: "i-01234567-enc01", leafName: "i-01234567-enc01.r.aws",
        instanceName: "i-01234567.r.aws.nitro-enclaves", pcr4: pcr4)
      #expect(instance.identifier == "i-01234567")
      #expect(instance.region == "r")
    }
  }

  @Test("one flipped bit in any byte of a leaf is refused")
  func flippedLeaf() throws {
    let attester = try NitroFixture.attester()
    let leaf = attester.document.certificate
    var codes: Set<ErrorCode> = []
    for index in leaf.indices {
      let evidence = try NitroFixture.evidence { $0.certificate[index] ^= 1 << (index % 8) }
      let result = try NitroFixture.appraise(evidence)
      #expect(result.verdict != .accepted)
      codes.formUnion(result.reasons.map(\.code))
    }
    #expect(
      codes.isSubset(of: [
        AttestationError.endorsementUnreadable, AttestationError.issuerMissing, AttestationError.certificateUsage,
        AttestationError.certificateKey, AttestationError.chainSignature, AttestationError.simulatedExpected,
      ]))
  }
}

/// Revocation lists that came along.
@Suite struct NitroRevocationTests {
  static func codes(
    _ lists: [[UInt8]], of evidence: Evidence? = nil
  ) throws -> [ErrorCode] {
    var evidence = try evidence ?? NitroFixture.evidence()
    evidence.endorsements = lists
    return try NitroFixture.codes(evidence)
  }

  static func list(
    _ place: Int, revoking serialNumbers: [[UInt8]] = [], key: SimulatedAuthority.Key? = nil
  ) throws -> [UInt8] {
    let authority = try NitroFixture.vendor().authorities[place]
    var template = try authority.revocationList(thisUpdate: Int64(NitroFixture.time.timeIntervalSince1970))
    template.revokedSerialNumbers = serialNumbers
    return try template.signed(by: key ?? authority.key)
  }

  /// INTEGER content.
  static func serialNumber(_ certificate: Certificate) -> [UInt8] {
    let bytes = Array(certificate.serialNumber.bytes)
    return (bytes.first ?? 0) >= 0x80 ? [0] + bytes : bytes
  }

  @Test("no list is asked for, and one that is present counts")
  func revoked() throws {
    let authorities = try NitroFixture.vendor().authorities
    let leaf = try Certificate(derEncoded: try NitroFixture.attester().document.certificate)
    let serialNumbers = authorities.dropFirst().map { Self.serialNumber($0.certificate) } + [Self.serialNumber(leaf)]
    #expect(try Self.codes([]) == [])
    for place in authorities.indices {
      #expect(try Self.codes([try Self.list(place)]) == [])
      #expect(
        try Self.codes([try Self.list(place, revoking: [serialNumbers[place]])])
          == [AttestationError.certificateRevoked])
      // A list speaks only of what its own issuer issued.
      let others = serialNumbers.enumerated().filter { $0.offset != place }.map(\.element)
      #expect(try Self.codes([try Self.list(place, revoking: others)]) == [])
    }
    #expect(
      try Self.codes([try Self.list(0) + Self.list(3, revoking: [serialNumbers[3]])])
        == [AttestationError.certificateRevoked])
  }

  @Test("a list of another key, and what is no list, is refused")
  func wrongLists() throws {
    let otherKey = SimulatedAuthority.Key.p384(P384.Signing.PrivateKey())
    #expect(try Self.codes([try Self.list(1, key: otherKey)]) == [AttestationError.revocationSignature])
    let stranger = try NitroChainTests.vendor(names: ["stranger"]).authorities[0]
    let list = try stranger.revocationList(thisUpdate: 0).signed(by: stranger.key)
    #expect(try Self.codes([list]) == [AttestationError.revocationSignature])
    for piece in [[], [0], Array(list.dropLast()), try NitroFixture.vendor().authorities[0].derBytes] {
      #expect(try Self.codes([piece]) == [AttestationError.endorsementUnreadable])
    }
    let good = try Self.list(0)
    #expect(try Self.codes(Array(repeating: good, count: 8)) == [])
    #expect(try Self.codes(Array(repeating: good, count: 9)) == [AttestationError.endorsementLimit])
  }
}
