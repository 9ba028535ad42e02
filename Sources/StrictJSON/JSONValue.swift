/// A JSON text (RFC 8259) as a value. Objects keep no order: their canonical form sorts members by their UTF-8 bytes.
public enum JSONValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  /// Numbers without fraction or exponent that fit 64 bits.
  case integer(Int64)
  /// Every other number.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
  public init(nilLiteral: ()) { self = .null }
}

extension JSONValue {
  /// The one canonical text: members sorted by UTF-8 bytes, no white space, shortest escapes.
  public var canonicalText: String {
    var text = ""
    write(into: &text, indent: nil)
    return text
  }

  /// The same text for people: two spaces a level.
  public var indentedText: String {
    var text = ""
    write(into: &text, indent: 0)
    return text
  }

  public var canonicalBytes: [UInt8] { Array(canonicalText.utf8) }

  private func write(into text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? "\(value)" : "null"
    case .string(let value): Self.write(string: value, into: &text)
    case .array(let elements):
      Self.writeList(elements, open: "[", close: "]", indent: indent, into: &text) { element, inner, text in
        element.write(into: &text, indent: inner)
      }
    case .object(let members):
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      Self.writeList(sorted, open: "{", close: "}", indent: indent, into: &text) { member, inner, text in
        Self.write(string: member.key, into: &text)
        text += inner == nil ? ":" : ": "
        member.value.write(into: &text, indent: inner)
      }
    }
  }

  private static func writeList<Element>(
    _ elements: [Element], open: String, close: String, indent: Int?, into text: inout String,
    _ writeElement: (Element, Int?, inout String) -> Void
  ) {
    text += open
    let inner = indent.map { $0 + 1 }
    for (offset, element) in elements.enumerated() {
      if offset > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: "  ", count: inner) }
      writeElement(element, inner, &text)
    }
    if let indent, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  private static func write(string: String, into text: inout String) {
    text += "\""
    defer { text += "\"" }
    // Most strings have nothing to escape.
    if string.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      text += string
      return
    }
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{C}": text += "\\f"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
