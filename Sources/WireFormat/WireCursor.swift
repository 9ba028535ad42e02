/// A read position in received bytes, passed `inout` to the parsers of one message's fields.
///
/// Every read is bounds-checked and moves the position only when it succeeded. Integers are big-endian.
public struct WireCursor: Sendable {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    self.position = bytes.startIndex
  }

  public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// Parses one whole message: bytes that `parse` leaves over are an error.
  public static func parseWhole<Value>(
    _ bytes: ArraySlice<UInt8>, _ parse: (inout WireCursor) throws(WireError) -> Value
  ) throws(WireError) -> Value {
    var cursor = WireCursor(bytes)
    let value = try parse(&cursor)
    try cursor.requireEnd()
    return value
  }

  /// Parses one whole message: bytes that `parse` leaves over are an error.
  public static func parseWhole<Value>(
    _ bytes: [UInt8], _ parse: (inout WireCursor) throws(WireError) -> Value
  ) throws(WireError) -> Value {
    try parseWhole(bytes[...], parse)
  }

  public var remainingByteCount: Int { bytes.endIndex - position }

  public var isAtEnd: Bool { position == bytes.endIndex }

  /// The bytes not yet read; reading them does not move the position.
  public var remainder: ArraySlice<UInt8> { bytes[position...] }

  public func requireEnd() throws(WireError) {
    guard isAtEnd else {
      throw WireError(WireError.trailingBytes, "\(remainingByteCount) bytes after the last field, expected 0")
    }
  }

  public mutating func readBytes(_ byteCount: Int, field: StaticString) throws(WireError) -> ArraySlice<UInt8> {
    guard byteCount >= 0, byteCount <= remainingByteCount else {
      throw WireError(
        WireError.truncated, "\(field) needs \(byteCount) bytes, \(remainingByteCount) remain")
    }
    defer { position += byteCount }
    return bytes[position..<position + byteCount]
  }

  /// An integer of at most 64 bits. Inlinable, since it is generic and every format reads many.
  @inlinable
  public mutating func readInteger<Integer: FixedWidthInteger & UnsignedInteger>(
    _ type: Integer.Type = Integer.self, field: StaticString
  ) throws(WireError) -> Integer {
    var value: UInt64 = 0
    for byte in try readBytes(Integer.bitWidth / 8, field: field) { value = value << 8 | UInt64(byte) }
    return Integer(truncatingIfNeeded: value)
  }

  /// A variable-length integer (RFC 9000, section 16). Longer forms than needed are legal there and here.
  public mutating func readVariableLengthInteger(field: StaticString) throws(WireError) -> UInt64 {
    guard let first = remainder.first else {
      throw WireError(WireError.truncated, "\(field) needs 1 byte, 0 remain")
    }
    let byteCount = 1 << Int(first >> 6)
    let slice = try readBytes(byteCount, field: field)
    return slice.dropFirst().reduce(UInt64(first & 0x3F)) { $0 << 8 | UInt64($1) }
  }

  /// Bytes behind a variable-length integer that counts them; at most `limit` bytes.
  public mutating func readVariableLengthPrefixedBytes(
    limit: Int, field: StaticString
  ) throws(WireError) -> ArraySlice<UInt8> {
    var attempt = self
    let byteCount = try attempt.readVariableLengthInteger(field: field)
    guard byteCount <= UInt64(limit) else {
      throw WireError(WireError.limitExceeded, "\(field) has \(byteCount) bytes, at most \(limit) are allowed")
    }
    let slice = try attempt.readBytes(Int(byteCount), field: field)
    self = attempt
    return slice
  }

  /// Bytes behind an integer of fixed width that counts them; at most `limit` bytes.
  @inlinable
  public mutating func readPrefixedBytes<Integer: FixedWidthInteger & UnsignedInteger>(
    _ prefix: Integer.Type, limit: Int = Int(Int32.max), field: StaticString
  ) throws(WireError) -> ArraySlice<UInt8> {
    var attempt = self
    let byteCount = try attempt.readInteger(prefix, field: field)
    guard UInt64(byteCount) <= UInt64(limit) else {
      throw WireError(WireError.limitExceeded, "\(field) has \(byteCount) bytes, at most \(limit) are allowed")
    }
    let slice = try attempt.readBytes(Int(byteCount), field: field)
    self = attempt
    return slice
  }
}
