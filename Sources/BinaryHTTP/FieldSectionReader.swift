/// Reads one header or trailer section, over as many attempts as its bytes need (RFC 9292, section 3.6).
struct FieldSectionReader {
  private var fields: [Field] = []
  private var byteCount = 0

  /// True when no field line of a section was read yet.
  var isAtStart: Bool { fields.isEmpty }

  /// The section read, leaving the reader ready for the next.
  mutating func take() -> FieldSection {
    defer { self = FieldSectionReader() }
    return FieldSection(fields)
  }

  /// Moves `reader` behind what was read; true at the end of the section, false when more bytes are needed.
  mutating func read(
    _ reader: inout PartialReader, _ framing: Framing, limits: Limits, allowsPseudoFields: Bool
  ) throws(BinaryHTTPError) -> Bool {
    switch framing {
    case .knownLength:
      var attempt = reader
      guard let section = try attempt.prefixed(limit: limits.fieldSectionByteCount, "field section") else {
        return false
      }
      var lines = PartialReader(Array(section), from: 0)
      while lines.remainingByteCount > 0 {
        guard let field = try Self.field(&lines, limit: Int.max) else {
          throw BinaryHTTPError(BinaryHTTPError.invalidField, "field line does not end with its section")
        }
        try append(field, limits: limits, allowsPseudoFields: allowsPseudoFields)
      }
      reader = attempt
      return true
    case .indeterminateLength:
      while true {
        var attempt = reader
        guard let length = attempt.integer() else { return false }
        if length == 0 {
          reader = attempt
          return true
        }
        attempt = reader
        guard let field = try Self.field(&attempt, limit: limits.fieldSectionByteCount - byteCount) else {
          return false
        }
        byteCount += attempt.position - reader.position
        guard byteCount <= limits.fieldSectionByteCount else { throw Self.tooLong(limits) }
        try append(field, limits: limits, allowsPseudoFields: allowsPseudoFields)
        reader = attempt
      }
    }
  }

  /// One field line; nil when its bytes are not all there.
  private static func field(_ reader: inout PartialReader, limit: Int) throws(BinaryHTTPError) -> Field? {
    guard let name = try reader.prefixed(limit: limit, "field name") else { return nil }
    guard let value = try reader.prefixed(limit: limit, "field value") else { return nil }
    return try Field(nameBytes: name, valueBytes: value)
  }

  private mutating func append(
    _ field: Field, limits: Limits, allowsPseudoFields: Bool
  ) throws(BinaryHTTPError) {
    if field.isPseudoField {
      guard allowsPseudoFields, fields.last?.isPseudoField ?? true, !Self.controlDataNames.contains(field.name) else {
        throw BinaryHTTPError(
          BinaryHTTPError.invalidField,
          "pseudo-field is in a trailer section, behind another field, or control data by another name")
      }
    }
    guard fields.count < limits.fieldCount else {
      throw BinaryHTTPError(
        BinaryHTTPError.limitExceeded, "field section has more than \(limits.fieldCount) field lines")
    }
    fields.append(field)
  }

  private static func tooLong(_ limits: Limits) -> BinaryHTTPError {
    BinaryHTTPError(
      BinaryHTTPError.limitExceeded, "field section is longer than \(limits.fieldSectionByteCount) bytes")
  }

  private static let controlDataNames: Set<String> = [":method", ":scheme", ":authority", ":path", ":status"]
}
