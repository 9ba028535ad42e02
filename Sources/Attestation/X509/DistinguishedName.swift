import SwiftASN1

/// A distinguished name (RFC 5280, section 4.1.2.4), compared by its DER bytes.
struct DistinguishedName: Sendable, Hashable {
  let derBytes: [UInt8]

  init(_ node: ASN1Node) throws(DERError) {
    guard node.identifier == .sequence else { throw DERError() }
    derBytes = Array(node.encodedBytes)
  }

  /// Read only when it is asked for, since most names are only compared; nil where the name is not of its structure or
  /// has not exactly one.
  var commonName: String? { try? Self.commonName(try DERReader.parse(derBytes[...], byteLimit: derBytes.count)) }

  private static func commonName(_ node: ASN1Node) throws(DERError) -> String {
    var attributes = try DERReader(node)
    var found: String?
    while attributes.nextIdentifier != nil {
      var relativeName = try DERReader(try attributes.next(), identifier: .set)
      var attribute = try relativeName.sequence()
      let type = try attribute.primitive(.objectIdentifier)
      let value = try attribute.next()
      try attribute.finish()
      try relativeName.finish()
      guard type.elementsEqual(ObjectIdentifier.commonName) else { continue }
      guard found == nil, value.identifier == .utf8String || value.identifier == .printableString,
        case .primitive(let content) = value.content, let text = String(validating: content, as: UTF8.self)
      else { throw DERError() }
      found = text
    }
    guard let found else { throw DERError() }
    return found
  }
}
