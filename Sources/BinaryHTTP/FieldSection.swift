import ErrorCodes
import WireFormat

/// One header or trailer field (RFC 9292, section 3.6): a name that is a token (RFC 9110, section 5.1), and a value of
/// bytes, valid by construction as HTTP/2 defines it (RFC 9113, section 8.2.1).
public struct Field: Sendable, Equatable {
  /// In lower case, however it was received: names are compared without case, and RFC 9292 takes from HTTP/2 what a value
  /// may be, not that a name has no upper-case letters.
  public let name: String
  /// The value as sent; RFC 9110 allows bytes that are no UTF-8.
  public let valueBytes: [UInt8]

  /// The value as text; bytes that are no UTF-8 read as U+FFFD.
  public var value: String { String(decoding: valueBytes, as: UTF8.self) }

  /// A pseudo-field such as `:protocol`.
  public var isPseudoField: Bool { name.utf8.first == UInt8(ascii: ":") }

  /// - Throws: `bhttp-invalid-field` for a name that is no token, or a value that HTTP/2 calls malformed.
  public init(name: String, value: String) throws(BinaryHTTPError) {
    try self.init(nameBytes: Array(name.utf8)[...], valueBytes: Array(value.utf8)[...])
  }

  init(nameBytes: ArraySlice<UInt8>, valueBytes: ArraySlice<UInt8>) throws(BinaryHTTPError) {
    let token = nameBytes.first == UInt8(ascii: ":") ? nameBytes.dropFirst() : nameBytes
    guard !token.isEmpty else { throw BinaryHTTPError(BinaryHTTPError.invalidField, "field name is empty") }
    guard token.allSatisfy(Characters.isToken) else {
      throw BinaryHTTPError(BinaryHTTPError.invalidField, "field name has a byte that is of no token")
    }
    for byte in valueBytes where byte == 0 || byte == 0x0A || byte == 0x0D {
      throw BinaryHTTPError(BinaryHTTPError.invalidField, "field value has a NUL, CR or LF")
    }
    guard !Self.isBlank(valueBytes.first), !Self.isBlank(valueBytes.last) else {
      throw BinaryHTTPError(BinaryHTTPError.invalidField, "field value starts or ends with a blank")
    }
    name =
      nameBytes.contains(where: Self.isUpperCase)
      ? String(decoding: nameBytes.map { Self.isUpperCase($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
      : String(decoding: nameBytes, as: UTF8.self)
    self.valueBytes = Array(valueBytes)
  }

  private static func isUpperCase(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

  private static func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }

  func write(into writer: inout WireWriter) {
    writer.writeVariableLengthPrefixed(name.utf8)
    writer.writeVariableLengthPrefixed(valueBytes)
  }
}

/// The field lines of a header or trailer section, in order; names may repeat.
public struct FieldSection: Sendable, Equatable {
  public private(set) var fields: [Field]

  public init(_ fields: [Field] = []) { self.fields = fields }

  public var isEmpty: Bool { fields.isEmpty }

  public mutating func append(_ field: Field) { fields.append(field) }

  /// - Throws: `bhttp-invalid-field`.
  public mutating func append(name: String, value: String) throws(BinaryHTTPError) {
    fields.append(try Field(name: name, value: value))
  }

  /// The first value under a lower-case name.
  public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// All values under a lower-case name, in order.
  public func values(named name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  /// The values under a lower-case name as one (RFC 9110, section 5.2): between commas, or semicolons for `cookie`, as
  /// HTTP/1.1 needs it. Nil where there is none. Not for `set-cookie`, which must stay apart.
  public func combinedValue(named name: String) -> String? {
    let values = values(named: name)
    return values.isEmpty ? nil : values.joined(separator: name == "cookie" ? "; " : ", ")
  }

  /// Without the fields that concern one connection and go no further (RFC 9110, section 7.6.1): `connection`, what it
  /// names, and their kind. RFC 9292 lets a message carry them; who forwards one over HTTP takes them out.
  public func removingConnectionFields() -> FieldSection {
    let named = values(named: "connection").flatMap { $0.lowercased().split { ", \t".contains($0) } }.map(String.init)
    let removed = Self.connectionFieldNames.union(named)
    return FieldSection(fields.filter { !removed.contains($0.name) })
  }

  private static let connectionFieldNames: Set<String> = [
    "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade",
  ]

  func write(_ framing: Framing, into writer: inout WireWriter) {
    switch framing {
    case .knownLength:
      var section = WireWriter()
      for field in fields { field.write(into: &section) }
      writer.writeVariableLengthPrefixed(section.bytes)
    case .indeterminateLength:
      for field in fields { field.write(into: &writer) }
      writer.writeVariableLengthInteger(0)
    }
  }
}

extension FieldSection: ExpressibleByDictionaryLiteral {
  /// For literals in source, which are valid by inspection; received names and values go through `Field`.
  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { element in
      guard let field = try? Field(name: element.0, value: element.1) else {
        preconditionFailure("a field in a literal is not valid in HTTP")
      }
      return field
    }
  }
}
