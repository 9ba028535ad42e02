/// Reads Unicode scalars from a line of UTF-8; bytes that are no UTF-8 read as U+FFFD, one by one.
struct ScalarScanner {
  private let bytes: [UInt8]
  private(set) var position: Int
  let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position == end }

  var first: Unicode.Scalar? { decode()?.scalar }

  /// Takes one scalar when it is what `isWanted` says.
  mutating func take(where isWanted: (Unicode.Scalar) -> Bool) -> Unicode.Scalar? {
    guard let (scalar, byteCount) = decode(), isWanted(scalar) else { return nil }
    position += byteCount
    return scalar
  }

  mutating func take(_ wanted: Unicode.Scalar) -> Bool { take { $0 == wanted } != nil }

  /// Takes as many as there are; the number taken.
  @discardableResult
  mutating func skip(while isWanted: (Unicode.Scalar) -> Bool) -> Int {
    var count = 0
    while take(where: isWanted) != nil { count += 1 }
    return count
  }

  /// A number of 1 to 4 decimal digits of any script, invisible marks between them ignored.
  mutating func number() -> (value: Int, digitCount: Int)? {
    var attempt = self
    attempt.skip(while: Self.isMark)
    var (value, digitCount) = (0, 0)
    while digitCount <= 4, let digit = attempt.digit() {
      value = value * 10 + digit
      digitCount += 1
    }
    guard (1...4).contains(digitCount) else { return nil }
    attempt.skip(while: Self.isMark)
    self = attempt
    return (value, digitCount)
  }

  private mutating func digit() -> Int? {
    guard let (scalar, byteCount) = decode(), let value = Self.digitValue(scalar) else { return nil }
    position += byteCount
    return value
  }

  static func digitValue(_ scalar: Unicode.Scalar) -> Int? {
    if scalar.isASCII { return (0x30...0x39).contains(scalar.value) ? Int(scalar.value) - 0x30 : nil }
    guard scalar.properties.generalCategory == .decimalNumber, let value = scalar.properties.numericValue else {
      return nil
    }
    return Int(value)
  }

  /// Byte order mark, directional marks, embeddings and isolates.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xFEFF, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C: true
    default: false
    }
  }

  /// A blank of any width.
  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20, 0x09, 0xA0, 0x202F, 0x2000...0x200A, 0x3000: true
    default: false
    }
  }

  static func isBlankOrMark(_ scalar: Unicode.Scalar) -> Bool { isBlank(scalar) || isMark(scalar) }

  private func decode() -> (scalar: Unicode.Scalar, byteCount: Int)? {
    guard position < end else { return nil }
    let first = bytes[position]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let byteCount = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first <= 0xF4, byteCount <= end - position else { return ("\u{FFFD}", 1) }
    var value = UInt32(first) & (0xFF >> UInt32(byteCount + 1))
    for index in position + 1..<position + byteCount {
      guard bytes[index] & 0xC0 == 0x80 else { return ("\u{FFFD}", 1) }
      value = value << 6 | UInt32(bytes[index] & 0x3F)
    }
    guard value >= [0, 0, 0x80, 0x800, 0x1_0000][byteCount], let scalar = Unicode.Scalar(value) else {
      return ("\u{FFFD}", 1)
    }
    return (scalar, byteCount)
  }
}
