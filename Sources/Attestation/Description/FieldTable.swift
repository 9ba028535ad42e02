import WireFormat

/// Collects the description of a format whose fields follow one another, so that each byte belongs to one of them.
struct FieldTable {
  private let bytes: ArraySlice<UInt8>
  /// Added to every offset: where the slice lies in the evidence.
  private let base: Int
  private var position: Int
  private(set) var fields: [FieldDescription] = []

  init(_ bytes: ArraySlice<UInt8>, base: Int = 0) {
    self.bytes = bytes
    self.base = base
    position = bytes.startIndex
  }

  init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  var remainingByteCount: Int { bytes.endIndex - position }

  /// At most `byteCount` of the next bytes, without taking them.
  func next(_ byteCount: Int) -> ArraySlice<UInt8> { bytes[position...].prefix(max(0, byteCount)) }

  /// The next integer, least significant byte first, without taking it; bytes that are missing count as zero.
  func nextLittleEndian(_ byteCount: Int) -> UInt64 {
    next(min(byteCount, 8)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Takes the next bytes, or those that are left, as one field.
  mutating func add(_ name: String, _ byteCount: Int, value: String, meaning: String) {
    let count = min(max(0, byteCount), remainingByteCount)
    guard count > 0 else { return }
    fields.append(
      FieldDescription(
        offset: nextOffset, byteCount: count, name: name, value: value, meaning: meaning))
    position += count
  }

  /// Bytes shown in hexadecimal, where they are many only the first.
  mutating func addBytes(_ name: String, _ byteCount: Int, meaning: String) {
    add(name, byteCount, value: Self.hexadecimal(next(byteCount)), meaning: meaning)
  }

  /// An integer, least significant byte first.
  mutating func addInteger(_ name: String, _ byteCount: Int, meaning: (UInt64) -> String) {
    let value = nextLittleEndian(byteCount)
    add(name, byteCount, value: String(value), meaning: meaning(value))
  }

  /// Bytes that the format reserves.
  mutating func addReserved(_ byteCount: Int, _ name: String = "reserved") {
    let isZero = next(byteCount).allSatisfy { $0 == 0 }
    add(
      name, byteCount, value: isZero ? "zero" : Self.hexadecimal(next(byteCount)),
      meaning: isZero ? "Reserved; zero, as it must be." : "Reserved, and NOT zero: something unknown is in use.")
  }

  /// Where the next field begins in the evidence.
  var nextOffset: Int { base + position - bytes.startIndex }

  /// Takes fields that describe the next bytes.
  mutating func append(_ described: [FieldDescription], byteCount: Int) {
    fields += described
    position += min(max(0, byteCount), remainingByteCount)
  }

  /// Takes the fields of a part that begins here.
  mutating func append(_ part: FieldTable) {
    fields += part.fields
    position = min(bytes.endIndex, position + part.position - part.bytes.startIndex)
  }

  static let shownByteCount = 96

  static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    if bytes.count > 8 && bytes.allSatisfy({ $0 == 0 }) { return "zero" }
    guard bytes.count > shownByteCount else { return bytes.hexadecimal }
    return bytes.prefix(32).hexadecimal + "… (\(bytes.count) bytes)"
  }

  /// `0x` and all digits of the width.
  static func hexadecimal(_ value: UInt64, byteCount: Int) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, byteCount * 2 - digits.count)) + digits
  }
}
