/// Collects the bytes of one message. Integers are big-endian.
public struct WireWriter: Sendable {
  public private(set) var bytes: [UInt8]

  public init(reservingCapacity byteCount: Int = 0) {
    bytes = []
    bytes.reserveCapacity(byteCount)
  }

  public mutating func write(_ other: some Sequence<UInt8>) { bytes.append(contentsOf: other) }

  public mutating func writeInteger<Integer: FixedWidthInteger & UnsignedInteger>(_ value: Integer) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// A variable-length integer in its shortest form (RFC 9000, section 16). The value must be below 2^62.
  public mutating func writeVariableLengthInteger(_ value: UInt64) {
    switch value {
    case 0..<0x40: writeInteger(UInt8(value))
    case 0x40..<0x4000: writeInteger(UInt16(value) | 0x4000)
    case 0x4000..<0x4000_0000: writeInteger(UInt32(value) | 0x8000_0000)
    case 0x4000_0000..<0x4000_0000_0000_0000: writeInteger(value | 0xC000_0000_0000_0000)
    default: preconditionFailure("a variable-length integer is below 2^62")
    }
  }

  /// Bytes behind a variable-length integer that counts them.
  public mutating func writeVariableLengthPrefixed(_ content: some Collection<UInt8>) {
    writeVariableLengthInteger(UInt64(content.count))
    write(content)
  }

  /// Bytes behind an integer of fixed width that counts them. The count must fit: callers bound it.
  public mutating func writePrefixed<Integer: FixedWidthInteger & UnsignedInteger>(
    _ prefix: Integer.Type, _ content: some Collection<UInt8>
  ) {
    guard let byteCount = Integer(exactly: content.count) else {
      preconditionFailure("a length prefix of \(Integer.bitWidth) bits cannot count \(content.count) bytes")
    }
    writeInteger(byteCount)
    write(content)
  }
}
