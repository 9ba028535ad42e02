/// Reads a whole text once, in order, and notes where its values stand.
struct JSONParser {
  /// Objects of more members, and those whose names have escapes, are searched for a name that is there twice by
  /// hashing; comparing each with each is cheaper for others.
  private static let comparedMemberLimit: UInt32 = 16

  private let bytes: [UInt8]
  private let depthLimit: Int
  private let tolerance: JSONText.Tolerance
  private var position = 0
  private(set) var nodes: [JSONText.Node] = []

  init(bytes: [UInt8], depthLimit: Int, tolerance: JSONText.Tolerance) {
    self.bytes = bytes
    self.depthLimit = depthLimit
    self.tolerance = tolerance
  }

  mutating func parseText() throws(JSONError) {
    nodes.reserveCapacity(bytes.count / 16)
    try parseValue(depth: 0)
    skipWhiteSpace()
    guard position == bytes.count else { throw malformed("bytes after the value") }
  }

  private func malformed(_ what: StaticString) -> JSONError { Self.malformed(what, position) }

  private static func malformed(_ what: StaticString, _ position: Int) -> JSONError {
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

  /// A node without others in it.
  private mutating func append(_ kind: JSONText.Kind, _ content: Range<Int>) {
    nodes.append(
      JSONText.Node(
        kind: kind, start: UInt32(content.lowerBound), end: UInt32(content.upperBound), next: UInt32(nodes.count + 1)))
  }

  private mutating func parseValue(depth: Int) throws(JSONError) {
    guard depth < depthLimit else { throw malformed("nesting above the limit") }
    skipWhiteSpace()
    switch next {
    case UInt8(ascii: "{"): try parseObject(depth: depth)
    case UInt8(ascii: "["): try parseArray(depth: depth)
    case UInt8(ascii: "\""): try parseString()
    case UInt8(ascii: "t"): try parseWord("true", .true)
    case UInt8(ascii: "f"): try parseWord("false", .false)
    case UInt8(ascii: "n"): try parseWord("null", .null)
    default: try parseNumber()
    }
  }

  private mutating func parseWord(_ word: StaticString, _ kind: JSONText.Kind) throws(JSONError) {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, word.withUTF8Buffer({ bytes[position..<end].elementsEqual($0) }) else {
      throw malformed("unknown word")
    }
    append(kind, position..<end)
    position = end
  }

  private mutating func parseObject(depth: Int) throws(JSONError) {
    let object = nodes.count
    append(.object, position..<position)
    position += 1
    skipWhiteSpace()
    var count: UInt32 = 0
    if next != UInt8(ascii: "}") {
      repeat {
        skipWhiteSpace()
        guard next == UInt8(ascii: "\"") else { throw malformed("member without a name") }
        try parseString()
        skipWhiteSpace()
        guard take(UInt8(ascii: ":")) else { throw malformed("member without a colon") }
        try parseValue(depth: depth + 1)
        count += 1
        skipWhiteSpace()
      } while take(UInt8(ascii: ","))
    }
    guard take(UInt8(ascii: "}")) else { throw malformed("object without an end") }
    close(object, count)
    if !tolerance.contains(.repeatedMembers) { try requireDistinctNames(object) }
  }

  private mutating func parseArray(depth: Int) throws(JSONError) {
    let array = nodes.count
    append(.array, position..<position)
    position += 1
    skipWhiteSpace()
    var count: UInt32 = 0
    if next != UInt8(ascii: "]") {
      repeat {
        try parseValue(depth: depth + 1)
        count += 1
        skipWhiteSpace()
      } while take(UInt8(ascii: ","))
    }
    guard take(UInt8(ascii: "]")) else { throw malformed("array without an end") }
    close(array, count)
  }

  private mutating func close(_ container: Int, _ count: UInt32) {
    nodes[container].end = UInt32(position)
    nodes[container].count = count
    nodes[container].next = UInt32(nodes.count)
  }

  // MARK: Names

  private func requireDistinctNames(_ object: Int) throws(JSONError) {
    let end = nodes.count
    guard nodes[object].count > 1 else { return }
    var areCompared = nodes[object].count <= Self.comparedMemberLimit
    var name = object + 1
    while areCompared, name < end {
      areCompared = nodes[name].kind == .string
      name = afterMember(name)
    }
    guard areCompared ? areDistinctCompared(object + 1, end) : areDistinctHashed(object + 1, end) else {
      throw JSONError(JSONError.duplicateMember, "an object names a member twice, before byte \(position)")
    }
  }

  /// The name of the next member.
  private func afterMember(_ name: Int) -> Int { Int(nodes[name + 1].next) }

  private func areDistinctCompared(_ first: Int, _ end: Int) -> Bool {
    var name = first
    while name < end {
      let content = nodes[name].content
      var other = afterMember(name)
      while other < end {
        let otherContent = nodes[other].content
        if content.count == otherContent.count, bytes[content] == bytes[otherContent] { return false }
        other = afterMember(other)
      }
      name = afterMember(name)
    }
    return true
  }

  private func areDistinctHashed(_ first: Int, _ end: Int) -> Bool {
    var names: Set<ArraySlice<UInt8>> = []
    var name = first
    while name < end {
      let content = bytes[nodes[name].content]
      let text = nodes[name].kind == .escapedString ? Self.unescaped(content) : content
      guard names.insert(text).inserted else { return false }
      name = afterMember(name)
    }
    return true
  }

  // MARK: Numbers

  private mutating func parseNumber() throws(JSONError) {
    let start = position
    _ = take(UInt8(ascii: "-"))
    guard let first = next, Self.isDigit(first) else { throw malformed("not a value") }
    if first == UInt8(ascii: "0") {
      position += 1
      if let byte = next, Self.isDigit(byte) { throw malformed("number with a leading zero") }
    } else {
      try skipDigits()
    }
    if take(UInt8(ascii: ".")) { try skipDigits() }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try skipDigits()
    }
    let content = bytes[start..<position]
    guard Self.integer(content) != nil || Self.number(content).isFinite else {
      throw malformed("number out of range")
    }
    append(.number, start..<position)
  }

  /// The value of digits behind an optional minus; nil for other numbers, and where 64 bits are too few.
  static func integer(_ content: ArraySlice<UInt8>) -> Int64? {
    let isNegative = content.first == UInt8(ascii: "-")
    var value: Int64 = 0
    for byte in content.dropFirst(isNegative ? 1 : 0) {
      guard isDigit(byte) else { return nil }
      let digit = Int64(byte - UInt8(ascii: "0"))
      let (product, exceedsFactor) = value.multipliedReportingOverflow(by: 10)
      let (sum, exceedsSum) = product.addingReportingOverflow(isNegative ? -digit : digit)
      guard !exceedsFactor, !exceedsSum else { return nil }
      value = sum
    }
    return value
  }

  /// The value of a number; not finite where it is out of range.
  static func number(_ content: ArraySlice<UInt8>) -> Double {
    Double(String(decoding: content, as: UTF8.self)) ?? .infinity
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private mutating func skipDigits() throws(JSONError) {
    guard let byte = next, Self.isDigit(byte) else { throw malformed("number without digits") }
    while let byte = next, Self.isDigit(byte) { position += 1 }
  }

  // MARK: Strings

  private mutating func parseString() throws(JSONError) {
    position += 1
    let start = position
    var hasEscapes = false
    var isASCII = true
    skipPlainCharacters()
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw malformed("control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        try skipEscape()
      } else {
        isASCII = false
      }
      skipPlainCharacters()
    }
    let content = start..<position
    guard take(UInt8(ascii: "\"")) else { throw malformed("string without an end") }
    // No byte of an escape continues a character, so that escapes need not be replaced before.
    if !isASCII, (try? UTF8Span(validating: bytes.span.extracting(content))) == nil {
      throw malformed("string not in UTF-8")
    }
    append(hasEscapes ? .escapedString : .string, content)
  }

  /// Passes over characters of ASCII that stand for themselves. Most of a text is read here.
  private mutating func skipPlainCharacters() { position = Self.endOfPlainCharacters(bytes.span, from: position) }

  private static func endOfPlainCharacters(_ bytes: Span<UInt8>, from start: Int) -> Int {
    func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
    var index = start
    // Eight at a time. A byte's highest bit is set where the byte is above ASCII, where taking 20h borrows, and where
    // the byte is the sought one so that taking 1 from the difference borrows. The lowest bit that is set is right;
    // those above it may come from its borrow.
    while index + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
      let isQuote = (word ^ each(0x22)) &- each(1)
      let isBackslash = (word ^ each(0x5C)) &- each(1)
      let marks = (word | (word &- each(0x20)) | isQuote | isBackslash) & each(0x80)
      guard marks == 0 else { return index + marks.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < bytes.count, (0x20..<0x80).contains(bytes[index]), bytes[index] != 0x22, bytes[index] != 0x5C {
      index += 1
    }
    return index
  }

  /// Reads what follows a backslash.
  private mutating func skipEscape() throws(JSONError) {
    guard let byte = next else { throw malformed("string without an end") }
    position += 1
    if byte == UInt8(ascii: "u") {
      let high = try parseFourDigits()
      if (0xD800..<0xDC00).contains(high) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), (0xDC00..<0xE000).contains(try parseFourDigits())
        else {
          throw malformed("lone surrogate")
        }
      } else if (0xDC00..<0xE000).contains(high) {
        throw malformed("lone surrogate")
      }
    } else if byte == UInt8(ascii: "x"), tolerance.contains(.hexadecimalControls) {
      try skipHexadecimalControl()
    } else if Self.escaped(byte) == nil {
      throw malformed("unknown escape")
    }
  }

  /// Two digits of a control character. Others have a spelling of their own, and are refused as everywhere.
  private mutating func skipHexadecimalControl() throws(JSONError) {
    guard position + 2 <= bytes.count, bytes[position] == UInt8(ascii: "0") || bytes[position] == UInt8(ascii: "1"),
      Unicode.Scalar(bytes[position + 1]).properties.isASCIIHexDigit
    else { throw malformed("unknown escape") }
    position += 2
  }

  private mutating func parseFourDigits() throws(JSONError) -> UInt32 {
    guard let value = Self.fourDigits(bytes.span, at: position) else {
      throw malformed("escape without four digits")
    }
    position += 4
    return value
  }

  private static func fourDigits(_ bytes: Span<UInt8>, at start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for index in start..<start + 4 {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    return value
  }

  /// What a backslash and this byte stand for; nil for bytes that do not stand for one byte.
  private static func escaped(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// The UTF-8 of a string that was parsed, its escapes replaced.
  static func unescaped(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let span = content.span
    // No escape is shorter than what it stands for.
    let text = [UInt8](unsafeUninitializedCapacity: span.count) { text, count in
      var (index, end) = (0, 0)
      while index < span.count {
        let run = endOfPlainCharacters(span, from: index)
        for plain in index..<run { text[end + plain - index] = span[unchecked: plain] }
        end += run - index
        index = run
        guard index < span.count else { break }
        let byte = span[index]
        index += 1
        if byte != UInt8(ascii: "\\") {
          text[end] = byte
          end += 1
        } else if let escaped = escaped(span[index]) {
          text[end] = escaped
          end += 1
          index += 1
        } else if span[index] == UInt8(ascii: "x") {
          text[end] = 0x20
          end += 1
          index += 3
        } else {
          for byte in String(Character(scalar(span, &index))).utf8 {
            text[end] = byte
            end += 1
          }
        }
      }
      count = end
    }
    return text[...]
  }

  /// The character of one `\u` escape, or of two that are a pair of surrogates.
  ///
  /// - Parameter index: of the `u`; is moved behind the escape.
  private static func scalar(_ content: Span<UInt8>, _ index: inout Int) -> Unicode.Scalar {
    var value = fourDigits(content, at: index + 1) ?? 0
    index += 5
    if (0xD800..<0xDC00).contains(value) {
      value = 0x10000 + (value - 0xD800) << 10 + ((fourDigits(content, at: index + 2) ?? 0) & 0x3FF)
      index += 6
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}
