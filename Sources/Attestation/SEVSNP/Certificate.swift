import SwiftASN1

extension SEVSNP {
  /// A certificate of AMD's shape (AMD 57230): X.509 version 3 in DER, signed with RSASSA-PSS and SHA-384. Serial
  /// number 0 is legal here. Parsing says nothing about who wrote it.
  struct Certificate: Sendable, Equatable {
    /// Larger certificates are refused before they are parsed.
    static let byteLimit = 8 << 10
    static let extensionLimit = 32
    /// Longer serial numbers are refused, and negative ones (RFC 5280, section 4.1.2.2).
    static let serialNumberByteLimit = 20

    struct BasicConstraints: Sendable, Equatable {
      var isAuthority = false
      var pathLength: UInt8?
    }

    let derBytes: [UInt8]
    let tbsBytes: ArraySlice<UInt8>
    let signature: [UInt8]
    /// INTEGER content.
    let serialNumber: [UInt8]
    let issuer: DistinguishedName
    let subject: DistinguishedName
    /// Seconds since 1970.
    let notBefore: Int64
    let notAfter: Int64
    /// SubjectPublicKeyInfo in DER.
    let publicKeyInfo: ArraySlice<UInt8>
    let basicConstraints: BasicConstraints?
    /// The first byte of the key usage bits: 0x80 digitalSignature, 0x04 keyCertSign, 0x02 cRLSign.
    let keyUsage: UInt8?
    let leafExtensions: LeafExtensions?
    let isSimulated: Bool
    let hasUnknownCriticalExtension: Bool

    init(derBytes: [UInt8]) throws(DERError) {
      self.derBytes = derBytes
      var certificate = try DERReader(try DERReader.parse(derBytes[...], byteLimit: Self.byteLimit))
      let tbs = try certificate.next()
      guard RSASSAPSS.isAlgorithmIdentifier(try certificate.next().encodedBytes) else { throw DERError() }
      signature = Array(try certificate.wholeByteBitString())
      try certificate.finish()
      tbsBytes = tbs.encodedBytes

      var fields = try DERReader(tbs)
      var version = try DERReader(try fields.next(), identifier: Self.contextTag(0))
      guard try version.integer().elementsEqual([2]) else { throw DERError() }
      try version.finish()
      serialNumber = Array(try fields.integer())
      guard serialNumber.count <= Self.serialNumberByteLimit, serialNumber.first.map({ $0 < 0x80 }) == true else {
        throw DERError()
      }
      guard RSASSAPSS.isAlgorithmIdentifier(try fields.next().encodedBytes) else { throw DERError() }
      issuer = try DistinguishedName(try fields.next())
      var validity = try fields.sequence()
      notBefore = try CertificateTime.seconds(try validity.next())
      notAfter = try CertificateTime.seconds(try validity.next())
      try validity.finish()
      subject = try DistinguishedName(try fields.next())
      publicKeyInfo = try fields.next().encodedBytes
      var wrapper = try DERReader(try fields.next(), identifier: Self.contextTag(3))
      let extensions = try Extensions(try wrapper.next())
      try wrapper.finish()
      try fields.finish()
      basicConstraints = extensions.basicConstraints
      keyUsage = extensions.keyUsage
      leafExtensions = extensions.amd.isEmpty ? nil : try LeafExtensions(extensions.amd)
      isSimulated = extensions.isSimulated
      hasUnknownCriticalExtension = extensions.hasUnknownCritical
    }

    private static func contextTag(_ number: UInt) -> ASN1Identifier {
      ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }

    var isAuthority: Bool { basicConstraints?.isAuthority == true }

    var isSelfIssued: Bool { issuer == subject }
  }
}

/// The extensions of one certificate, sorted into what is known.
private struct Extensions {
  var basicConstraints: SEVSNP.Certificate.BasicConstraints?
  var keyUsage: UInt8?
  /// AMD's extensions by what follows their arc.
  var amd: [[UInt8]: ArraySlice<UInt8>] = [:]
  var isSimulated = false
  var hasUnknownCritical = false

  init(_ node: ASN1Node) throws(DERError) {
    var list = try DERReader(node)
    // So few that comparing each with each is faster than hashing them.
    var seen: [[UInt8]] = []
    while list.nextIdentifier != nil {
      var member = try list.sequence()
      let type = Array(try member.primitive(.objectIdentifier))
      let isCritical = try member.flag()
      let value = try member.primitive(.octetString)
      try member.finish()
      guard !seen.contains(type), seen.count < SEVSNP.Certificate.extensionLimit else { throw DERError() }
      seen.append(type)
      switch type {
      case ObjectIdentifier.basicConstraints: basicConstraints = try Self.basicConstraints(value)
      case ObjectIdentifier.keyUsage: keyUsage = try Self.keyUsage(value)
      case SimulatedMark.objectIdentifier:
        guard isCritical, value.elementsEqual(SimulatedMark.value) else { throw DERError() }
        isSimulated = true
      case _ where type.starts(with: ObjectIdentifier.amd):
        amd[Array(type.dropFirst(ObjectIdentifier.amd.count))] = value
      default: hasUnknownCritical = hasUnknownCritical || isCritical
      }
    }
  }

  private static func basicConstraints(
    _ bytes: ArraySlice<UInt8>
  ) throws(DERError) -> SEVSNP.Certificate.BasicConstraints {
    var fields = try DERReader(try DERReader.parse(bytes, byteLimit: 64))
    var constraints = SEVSNP.Certificate.BasicConstraints(isAuthority: try fields.flag())
    if fields.nextIdentifier != nil {
      let length = try fields.integer()
      guard length.count == 1, let value = length.first, value < 0x80 else { throw DERError() }
      constraints.pathLength = value
    }
    try fields.finish()
    return constraints
  }

  private static func keyUsage(_ bytes: ArraySlice<UInt8>) throws(DERError) -> UInt8 {
    let content = try DERReader.primitive(try DERReader.parse(bytes, byteLimit: 64), .bitString)
    guard (2...3).contains(content.count), let unused = content.first, unused < 8,
      let bits = content.dropFirst().first
    else { throw DERError() }
    return bits
  }
}

/// The critical extension by which every certificate of a simulated chain says what it is
/// (docs/formats/simulated-tee.md): it protects nobody.
package enum SimulatedMark {
  /// 1.2.840.113556.1.8000.2554.45229.23414.31422.20426.42042.8633658.16769302, from the UUID
  /// b0ad5b76-7abe-4fca-a43a-83bd3affe116. No arc is longer than a word: swift-asn1 reads no longer ones, and chains of
  /// other vendors carry the mark too.
  package static let objectIdentifier: [UInt8] = [
    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x14, 0x01, 0xBE, 0x40, 0x93, 0x7A, 0x82, 0xE1, 0x2D, 0x81, 0xB6, 0x76, 0x81, 0xF5,
    0x3E, 0x81, 0x9F, 0x4A, 0x82, 0xC8, 0x3A, 0x84, 0x8E, 0xFA, 0x3A, 0x87, 0xFF, 0xC2, 0x16,
  ]
  /// UTF8String `simulated: protects nobody`.
  package static let value: [UInt8] = [0x0C, 0x1A] + Array("simulated: protects nobody".utf8)
}
