extension JSONValue {
  /// Parses one whole JSON text from untrusted bytes.
  ///
  /// Stricter than RFC 8259 asks: a member named twice, invalid UTF-8, lone surrogates and more than `depthLimit`
  /// nested values are errors.
  public init(parsing bytes: [UInt8], byteLimit: Int = 4 << 20, depthLimit: Int = 32) throws(JSONError) {
    guard bytes.count <= byteLimit else {
      throw JSONError(JSONError.malformed, "text has \(bytes.count) bytes, at most \(byteLimit) are allowed")
    }
    var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
    self = try parser.parseText()
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  let depthLimit: Int
  var position = 0

  init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  mutating func parseText() throws(JSONError) -> JSONValue {
    let value = try parseValue(depth: 0)
    skipWhiteSpace()
    guard position == bytes.count else { throw malformed("bytes after the value") }
    return value
  }

  private func malformed(_ what: StaticString) -> JSONError {
    JSONError(JSONError.malformed, "\(what) at byte \(position)")
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipWhiteSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < depthLimit else { throw malformed("nesting above the limit") }
    skipWhiteSpace()
    switch next {
    case UInt8(ascii: "{"): return try parseObject(depth: depth)
    case UInt8(ascii: "["): return try parseArray(depth: depth)
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .boolean(true))
    case UInt8(ascii: "f"): return try parseWord("false", .boolean(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    default: return try parseNumber()
    }
  }

  private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let expected = Array("\(word)".utf8)
    guard position + expected.count <= bytes.count, bytes[position..<position + expected.count].elementsEqual(expected)
    else { throw malformed("unknown word") }
    position += expected.count
    return value
  }

  private mutating func parseObject(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var members: [String: JSONValue] = [:]
    skipWhiteSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    members.reserveCapacity(3)
    repeat {
      skipWhiteSpace()
      guard next == UInt8(ascii: "\"") else { throw malformed("member without a name") }
      let name = try parseString()
      skipWhiteSpace()
      guard take(UInt8(ascii: ":")) else { throw malformed("member without a colon") }
      let value = try parseValue(depth: depth + 1)
      guard members.updateValue(value, forKey: name) == nil else {
        throw JSONError(JSONError.duplicateMember, "an object names a member twice, before byte \(position)")
      }
      skipWhiteSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw malformed("object without an end") }
    return .object(members)
  }

  private mutating func parseArray(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    skipWhiteSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      elements.append(try parseValue(depth: depth + 1))
      skipWhiteSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw malformed("array without an end") }
    return .array(elements)
  }

  private mutating func parseNumber() throws(JSONError) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    guard let first = next, isDigit(first) else { throw malformed("not a value") }
    if first == UInt8(ascii: "0") {
      position += 1
      if let byte = next, isDigit(byte) { throw malformed("number with a leading zero") }
    } else {
      try skipDigits()
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try skipDigits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try skipDigits()
    }
    if isInteger, let value = integer(start..<position) { return .integer(value) }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text), value.isFinite else { throw malformed("number out of range") }
    return .number(value)
  }

  /// The value of digits behind an optional minus; nil where 64 bits are too few.
  private func integer(_ range: Range<Int>) -> Int64? {
    let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
    var value: Int64 = 0
    for index in range.dropFirst(isNegative ? 1 : 0) {
      let digit = Int64(bytes[index] - UInt8(ascii: "0"))
      let (product, exceedsFactor) = value.multipliedReportingOverflow(by: 10)
      let (sum, exceedsSum) = product.addingReportingOverflow(isNegative ? -digit : digit)
      guard !exceedsFactor, !exceedsSum else { return nil }
      value = sum
    }
    return value
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private mutating func skipDigits() throws(JSONError) {
    guard let byte = next, isDigit(byte) else { throw malformed("number without digits") }
    while let byte = next, isDigit(byte) { position += 1 }
  }

  private mutating func parseString() throws(JSONError) -> String {
    position += 1
    if let text = try parseStringWithoutEscapes() { return text }
    var collected: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(collected.span)
      case UInt8(ascii: "\\"): try parseEscape(into: &collected)
      case ..<0x20: throw malformed("control character in a string")
      default: collected.append(byte)
      }
    }
    throw malformed("string without an end")
  }

  /// Most strings: nothing is collected, and nothing read where an escape is found.
  private mutating func parseStringWithoutEscapes() throws(JSONError) -> String? {
    var end = position
    while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") {
      end += 1
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
    let start = position
    position = end + 1
    return try text(bytes.span.extracting(start..<end))
  }

  private func text(_ content: Span<UInt8>) throws(JSONError) -> String {
    guard let valid = try? UTF8Span(validating: content) else { throw malformed("string not in UTF-8") }
    return String(copying: valid)
  }

  private mutating func parseEscape(into collected: inout [UInt8]) throws(JSONError) {
    guard let byte = next else { throw malformed("string without an end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): collected.append(byte)
    case UInt8(ascii: "b"): collected.append(0x08)
    case UInt8(ascii: "f"): collected.append(0x0C)
    case UInt8(ascii: "n"): collected.append(0x0A)
    case UInt8(ascii: "r"): collected.append(0x0D)
    case UInt8(ascii: "t"): collected.append(0x09)
    case UInt8(ascii: "u"): collected.append(contentsOf: try parseUnicodeEscape())
    default: throw malformed("unknown escape")
    }
  }

  private mutating func parseUnicodeEscape() throws(JSONError) -> [UInt8] {
    var value = try parseFourDigits()
    if (0xD800..<0xDC00).contains(value) {
      guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw malformed("lone surrogate") }
      let low = try parseFourDigits()
      guard (0xDC00..<0xE000).contains(low) else { throw malformed("lone surrogate") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw malformed("lone surrogate") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func parseFourDigits() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw malformed("escape without four digits") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
      default: throw malformed("escape without four digits")
      }
    }
    position += 4
    return value
  }
}
