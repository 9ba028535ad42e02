import ErrorCodes
import WireFormat

/// A read position in bytes whose integers are least significant byte first; every failure has the one code of what is
/// being read.
struct LittleEndianReader {
  private var cursor: WireCursor
  private let code: ErrorCode

  init(_ bytes: ArraySlice<UInt8>, code: ErrorCode) {
    cursor = WireCursor(bytes)
    self.code = code
  }

  var remainder: ArraySlice<UInt8> { cursor.remainder }

  mutating func bytes(_ byteCount: Int, _ field: StaticString) throws(AttestationError) -> ArraySlice<UInt8> {
    do { return try cursor.readBytes(byteCount, field: field) } catch { throw AttestationError(code, error.message) }
  }

  mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
    _ field: StaticString
  ) throws(AttestationError) -> Integer {
    try bytes(Integer.bitWidth / 8, field).littleEndianInteger()
  }

  /// Bytes behind an integer that counts them; at most `limit` bytes.
  mutating func counted<Integer: FixedWidthInteger & UnsignedInteger>(
    _ type: Integer.Type, limit: Int, _ field: StaticString
  ) throws(AttestationError) -> ArraySlice<UInt8> {
    let count: Integer = try integer(field)
    guard let byteCount = Int(exactly: count), byteCount <= limit else {
      throw AttestationError(code, "\(field) has \(count) bytes, at most \(limit) are allowed")
    }
    return try bytes(byteCount, field)
  }

  func finish(_ what: StaticString) throws(AttestationError) {
    guard cursor.isAtEnd else {
      throw AttestationError(code, "\(what) has \(cursor.remainingByteCount) bytes after its last field")
    }
  }
}

extension Collection<UInt8> {
  /// All bytes as one integer, least significant first; the caller gives as many as the integer has.
  func littleEndianInteger<Integer: FixedWidthInteger & UnsignedInteger>() -> Integer {
    var value: Integer = 0
    for (index, byte) in enumerated() { value |= Integer(truncatingIfNeeded: byte) << (8 * index) }
    return value
  }
}
