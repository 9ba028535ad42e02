import SwiftASN1

/// A distinguished name (RFC 5280, section 4.1.2.4), compared by its DER bytes.
struct DistinguishedName: Sendable, Hashable {
  let derBytes: [UInt8]

  init(_ node: ASN1Node) throws(DERError) {
    guard node.identifier == .sequence else { throw DERError() }
    derBytes = Array(node.encodedBytes)
  }

  /// Read only when it is asked for, since most names are only compared; nil where the name is not of its structure, or
  /// has not exactly one common name.
  var commonName: String? {
    var whole = ShortValues(derBytes[...])
    guard var relativeNames = whole.next(0x30).map(ShortValues.init), whole.isAtEnd else { return nil }
    var found: ArraySlice<UInt8>?
    while !relativeNames.isAtEnd {
      guard var attributes = relativeNames.next(0x31).map(ShortValues.init),
        var attribute = attributes.next(0x30).map(ShortValues.init), attributes.isAtEnd,
        let type = attribute.next(0x06)
      else { return nil }
      guard type.elementsEqual(ObjectIdentifier.commonName) else { continue }
      // UTF8String or PrintableString.
      guard found == nil, let text = attribute.next(0x0C) ?? attribute.next(0x13), attribute.isAtEnd else { return nil }
      found = text
    }
    return found.flatMap { String(validating: $0, as: UTF8.self) }
  }
}

/// DER values that stand one behind another and were parsed before, with lengths of at most two bytes. It is here for
/// its speed alone: every name of a chain is read at each cold appraisal.
private struct ShortValues {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  /// The content of the next value, if it has this tag.
  mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard rest.first == tag, let marker = rest.dropFirst().first else { return nil }
    let lengthByteCount = marker < 0x80 ? 0 : Int(marker & 0x7F)
    guard marker != 0x80, lengthByteCount <= 2, rest.count >= 2 + lengthByteCount else { return nil }
    let long = rest.dropFirst(2).prefix(lengthByteCount).reduce(0) { $0 << 8 | Int($1) }
    let content = rest.dropFirst(2 + lengthByteCount)
    let byteCount = lengthByteCount == 0 ? Int(marker) : long
    guard byteCount <= content.count else { return nil }
    rest = content.dropFirst(byteCount)
    return content.prefix(byteCount)
  }
}
