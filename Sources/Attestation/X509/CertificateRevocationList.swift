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
    guard derBytes.count <= Self.byteLimit else { throw DERError() }
    var outer = DERScanner(derBytes)
    var list = DERScanner(try outer.next(tag: 0x30).content)
    try outer.finish()
    let tbs = try list.next(tag: 0x30)
    let algorithmIdentifier = try list.next(tag: 0x30).encodedBytes
    signatureAlgorithm = try RevocationListSignatureAlgorithm(algorithmIdentifier)
    let bits = try list.next(tag: 0x03).content
    guard bits.first == 0 else { throw DERError() }
    signature = Array(bits.dropFirst())
    try list.finish()
    tbsBytes = tbs.encodedBytes

    var fields = DERScanner(tbs.content)
    guard try fields.integer().elementsEqual([1]) else { throw DERError() }
    guard try fields.next().encodedBytes == algorithmIdentifier else { throw DERError() }
    issuer = try DistinguishedName(try Self.node(try fields.next()))
    thisUpdate = try CertificateTime.seconds(try Self.node(try fields.next()))
    nextUpdate = try CertificateTime.seconds(try Self.node(try fields.next()))
    revokedSerialNumbers = fields.nextTag == 0x30 ? try Self.serialNumbers(try fields.next().content) : []
    if fields.nextTag != nil {
      var wrapper = DERScanner(try fields.next(tag: 0xA0).content)
      try Self.requireKnownExtensions(
        try Self.node(try wrapper.next()),
        known: [ObjectIdentifier.authorityKeyIdentifier, ObjectIdentifier.crlNumber])
      try wrapper.finish()
    }
    try fields.finish()
  }

  private static func node(_ value: DERScanner.Value) throws(DERError) -> ASN1Node {
    try DERReader.parse(value.encodedBytes, byteLimit: byteLimit)
  }

  /// The entries of a list. Many have one date and one reason, which are looked at once.
  private static func serialNumbers(_ content: ArraySlice<UInt8>) throws(DERError) -> Set<[UInt8]> {
    var entries = DERScanner(content)
    var revoked: Set<[UInt8]> = []
    var date: ArraySlice<UInt8> = []
    var extensions: ArraySlice<UInt8> = []
    while entries.nextTag != nil {
      var entry = DERScanner(try entries.next(tag: 0x30).content)
      revoked.insert(Array(try entry.integer()))
      let nextDate = try entry.next()
      if nextDate.encodedBytes != date {
        _ = try CertificateTime.seconds(try node(nextDate))
        date = nextDate.encodedBytes
      }
      if entry.nextTag != nil {
        let nextExtensions = try entry.next()
        if nextExtensions.encodedBytes != extensions {
          try requireKnownExtensions(try node(nextExtensions), known: knownEntryExtensions)
          extensions = nextExtensions.encodedBytes
        }
      }
      try entry.finish()
    }
    return revoked
  }

  private static let knownEntryExtensions = [ObjectIdentifier.reasonCode, ObjectIdentifier.invalidityDate]

  private static func requireKnownExtensions(_ node: ASN1Node, known: [[UInt8]]) throws(DERError) {
    var extensions = try DERReader(node)
    while extensions.nextIdentifier != nil {
      var member = try extensions.sequence()
      let type = try member.primitive(.objectIdentifier)
      let isCritical = try member.flag()
      _ = try member.primitive(.octetString)
      try member.finish()
      guard !isCritical || known.contains(where: { $0.elementsEqual(type) }) else { throw DERError() }
    }
  }
}
