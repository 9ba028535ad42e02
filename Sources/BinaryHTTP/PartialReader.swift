/// Reads from bytes of which more may come: nil where they do not suffice yet. A caller keeps `position` only when the
/// whole step succeeded.
struct PartialReader {
  private let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], from position: Int) {
    self.bytes = bytes
    self.position = position
  }

  var remainingByteCount: Int { bytes.count - position }

  /// A variable-length integer (RFC 9000, section 16); longer forms than needed are legal.
  mutating func integer() -> UInt64? {
    guard position < bytes.count else { return nil }
    let byteCount = 1 << Int(bytes[position] >> 6)
    guard byteCount <= remainingByteCount else { return nil }
    var value = UInt64(bytes[position] & 0x3F)
    for index in position + 1..<position + byteCount { value = value << 8 | UInt64(bytes[index]) }
    position += byteCount
    return value
  }

  /// Exactly `byteCount` bytes.
  mutating func take(_ byteCount: Int) -> ArraySlice<UInt8>? {
    guard byteCount <= remainingByteCount else { return nil }
    defer { position += byteCount }
    return bytes[position..<position + byteCount]
  }

  /// At least one byte and at most `limit`.
  mutating func piece(upTo limit: Int) -> ArraySlice<UInt8>? {
    remainingByteCount > 0 ? take(min(limit, remainingByteCount)) : nil
  }

  /// Bytes behind their length. The limit is checked before the bytes are there.
  mutating func prefixed(limit: Int, _ field: StaticString) throws(BinaryHTTPError) -> ArraySlice<UInt8>? {
    guard let length = integer() else { return nil }
    guard length <= UInt64(max(limit, 0)) else {
      throw BinaryHTTPError(
        BinaryHTTPError.limitExceeded, "\(field) has \(length) bytes, at most \(limit) are allowed")
    }
    return take(Int(length))
  }

  mutating func controlData(limits: Limits) throws(BinaryHTTPError) -> RequestControlData? {
    let limit = limits.controlDataByteCount
    guard let method = try prefixed(limit: limit, "method") else { return nil }
    guard let scheme = try prefixed(limit: limit, "scheme") else { return nil }
    guard let authority = try prefixed(limit: limit, "authority") else { return nil }
    guard let path = try prefixed(limit: limit, "path") else { return nil }
    // Bytes that are no ASCII become characters that no part allows.
    let controlData = RequestControlData(
      method: String(decoding: method, as: UTF8.self), scheme: String(decoding: scheme, as: UTF8.self),
      authority: String(decoding: authority, as: UTF8.self), path: String(decoding: path, as: UTF8.self))
    try controlData.validate()
    return controlData
  }
}
