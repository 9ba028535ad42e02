import SwiftASN1

/// A certificate revocation list (RFC 5280, section 5), of any vendor. Parsing says nothing about who wrote it.
///
/// Delta and indirect lists are refused: they come with critical extensions, and no critical extension is known here.
package struct CertificateRevocationList: Sendable {
  /// Larger lists are refused before they are parsed.
  package static let byteLimit = 1 << 20

  let tbsBytes: ArraySlice<UInt8>
  let signatureAlgorithm: RevocationListSignatureAlgorithm
  let signature: [UInt8]
  let issuer: DistinguishedName
  /// Seconds since 1970.
  package let thisUpdate: Int64
  package let nextUpdate: Int64
  /// INTEGER contents of the revoked serial numbers, all of certificates that `issuer` issued.
  package let revokedSerialNumbers: Set<[UInt8]>

  package init(derBytes: ArraySlice<UInt8>) throws(DERError) {
    var list = try DERReader(try DERReader.parse(derBytes, byteLimit: Self.byteLimit))
    let tbs = try list.next()
    let algorithmIdentifier = try list.next().encodedBytes
    signatureAlgorithm = try RevocationListSignatureAlgorithm(algorithmIdentifier)
    signature = Array(try list.wholeByteBitString())
    try list.finish()
    tbsBytes = tbs.encodedBytes

    var fields = try DERReader(tbs)
    guard try fields.integer().elementsEqual([1]) else { throw DERError() }
    guard try fields.next().encodedBytes == algorithmIdentifier else { throw DERError() }
    issuer = try DistinguishedName(try fields.next())
    thisUpdate = try CertificateTime.seconds(try fields.next())
    nextUpdate = try CertificateTime.seconds(try fields.next())
    var revoked: Set<[UInt8]> = []
    if fields.nextIdentifier == .sequence {
      var entries = try fields.sequence()
      while entries.nextIdentifier != nil {
        var entry = try entries.sequence()
        revoked.insert(Array(try entry.integer()))
        _ = try CertificateTime.seconds(try entry.next())
        if entry.nextIdentifier != nil {
          try Self.requireKnownExtensions(
            try entry.next(), known: [ObjectIdentifier.reasonCode, ObjectIdentifier.invalidityDate])
        }
        try entry.finish()
      }
    }
    revokedSerialNumbers = revoked
    if fields.nextIdentifier != nil {
      let tag = ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific)
      var wrapper = try DERReader(try fields.next(), identifier: tag)
      try Self.requireKnownExtensions(
        try wrapper.next(), known: [ObjectIdentifier.authorityKeyIdentifier, ObjectIdentifier.crlNumber])
      try wrapper.finish()
    }
    try fields.finish()
  }

  private static func requireKnownExtensions(_ node: ASN1Node, known: [[UInt8]]) throws(DERError) {
    var extensions = try DERReader(node)
    while extensions.nextIdentifier != nil {
      var member = try extensions.sequence()
      let type = Array(try member.primitive(.objectIdentifier))
      let isCritical = try member.flag()
      _ = try member.primitive(.octetString)
      try member.finish()
      guard !isCritical || known.contains(type) else { throw DERError() }
    }
  }
}
