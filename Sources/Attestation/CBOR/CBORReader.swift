package import WireFormat

/// A read position in CBOR (RFC 8949): the subset that AWS Nitro's documents and its device speak. Received bytes.
///
///     head = major type (3) | argument (5), and 1, 2, 4 or 8 more bytes of the argument, in the shortest form
///
/// The caller says which item it expects, with a limit that is checked before anything is allocated. Nothing is
/// skipped, so nothing nests deeper than the format that is read. Floating point, simple values but null, and strings
/// in chunks are refused. Arrays and maps of indefinite length are read only where the caller allows them.
package struct CBORReader: Sendable {
  /// RFC 8949, section 3.1.
  enum MajorType: UInt8 { case unsigned = 0, negative, bytes, text, array, map, tag, simple }

  private var cursor: WireCursor
  private static let nullByte: UInt8 = 0xF6
  private static let breakByte: UInt8 = 0xFF

  package init(_ bytes: ArraySlice<UInt8>) { cursor = WireCursor(bytes) }

  package var isAtEnd: Bool { cursor.isAtEnd }

  /// The index of the next byte in the bytes that are read.
  var position: Int { cursor.remainder.startIndex }

  /// - Throws: `wire-trailing-bytes`.
  package func requireEnd() throws(WireError) { try cursor.requireEnd() }

  package mutating func unsigned(field: StaticString) throws(WireError) -> UInt64 {
    try definite(.unsigned, field: field)
  }

  /// - Parameter limit: the longest content, in bytes.
  package mutating func bytes(limit: Int, field: StaticString) throws(WireError) -> ArraySlice<UInt8> {
    try string(.bytes, limit: limit, field: field)
  }

  /// - Parameter limit: the longest content, in bytes of UTF-8.
  package mutating func text(limit: Int, field: StaticString) throws(WireError) -> String {
    let content = try string(.text, limit: limit, field: field)
    guard let text = String(validating: content, as: UTF8.self) else { throw Self.invalid(field, "is no UTF-8") }
    return text
  }

  /// Reads the tag and says true, if that tag comes next.
  package mutating func skipTag(_ tag: UInt8) -> Bool {
    // The shortest form of a tag below 24; no other tag is known here.
    guard tag < 24, cursor.remainder.first == MajorType.tag.rawValue << 5 | tag else { return false }
    return (try? cursor.readBytes(1, field: "tag")) != nil
  }

  /// Reads a null and says true, if one comes next.
  package mutating func skipNull() -> Bool { skipByte(Self.nullByte) }

  package mutating func array(
    countLimit: Int, allowsIndefinite: Bool = false, field: StaticString,
    _ element: (inout CBORReader) throws(WireError) -> Void
  ) throws(WireError) {
    try container(.array, countLimit: countLimit, allowsIndefinite: allowsIndefinite, field: field, element)
  }

  /// - Parameter member: reads a key and its value; double keys are the caller's to refuse.
  package mutating func map(
    countLimit: Int, allowsIndefinite: Bool = false, field: StaticString,
    _ member: (inout CBORReader) throws(WireError) -> Void
  ) throws(WireError) {
    try container(.map, countLimit: countLimit, allowsIndefinite: allowsIndefinite, field: field, member)
  }
}

extension CBORReader {
  private mutating func skipByte(_ byte: UInt8) -> Bool {
    guard cursor.remainder.first == byte else { return false }
    return (try? cursor.readBytes(1, field: "item")) != nil
  }

  private mutating func container(
    _ type: MajorType, countLimit: Int, allowsIndefinite: Bool, field: StaticString,
    _ element: (inout CBORReader) throws(WireError) -> Void
  ) throws(WireError) {
    guard let count = try head(type, field: field) else {
      guard allowsIndefinite else { throw Self.invalid(field, "is of indefinite length") }
      var count = 0
      while !skipByte(Self.breakByte) {
        count += 1
        try Self.require(count <= countLimit, field, count: UInt64(count), limit: countLimit)
        try element(&self)
      }
      return
    }
    try Self.require(count <= UInt64(countLimit), field, count: count, limit: countLimit)
    for _ in 0..<count { try element(&self) }
  }

  private mutating func string(
    _ type: MajorType, limit: Int, field: StaticString
  ) throws(WireError) -> ArraySlice<UInt8> {
    let count = try definite(type, field: field)
    guard count <= UInt64(limit) else {
      throw WireError(WireError.limitExceeded, "\(field) has \(count) bytes, at most \(limit) are allowed")
    }
    return try cursor.readBytes(Int(count), field: field)
  }

  private mutating func definite(_ type: MajorType, field: StaticString) throws(WireError) -> UInt64 {
    guard let argument = try head(type, field: field) else { throw Self.invalid(field, "is of indefinite length") }
    return argument
  }

  /// The argument of an item of this type, or nil for an indefinite length.
  private mutating func head(_ type: MajorType, field: StaticString) throws(WireError) -> UInt64? {
    let initial = try cursor.readInteger(UInt8.self, field: field)
    guard initial >> 5 == type.rawValue else { throw Self.invalid(field, "is of another type") }
    let argument: UInt64
    let smallest: UInt64
    switch initial & 0x1F {
    case let value where value < 24: return UInt64(value)
    case 24: (argument, smallest) = (UInt64(try cursor.readInteger(UInt8.self, field: field)), 24)
    case 25: (argument, smallest) = (UInt64(try cursor.readInteger(UInt16.self, field: field)), 1 << 8)
    case 26: (argument, smallest) = (UInt64(try cursor.readInteger(UInt32.self, field: field)), 1 << 16)
    case 27: (argument, smallest) = (try cursor.readInteger(UInt64.self, field: field), 1 << 32)
    case 31 where type == .array || type == .map: return nil
    default: throw Self.invalid(field, "has a head that is not known")
    }
    guard argument >= smallest else { throw Self.invalid(field, "is not in its shortest form") }
    return argument
  }

  private static func require(
    _ condition: Bool, _ field: StaticString, count: UInt64, limit: Int
  ) throws(WireError) {
    guard condition else {
      throw WireError(WireError.limitExceeded, "\(field) has \(count) members, at most \(limit) are allowed")
    }
  }

  private static func invalid(_ field: StaticString, _ what: StaticString) -> WireError {
    WireError(WireError.invalidValue, "\(field) \(what)")
  }
}
