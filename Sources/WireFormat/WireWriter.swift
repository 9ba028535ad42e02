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
  public mutating func writeVariableLengthInteger(_ value: UInt64) { bytes.appendVariableLengthInteger(value) }

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

extension [UInt8] {
  /// As `WireWriter.writeVariableLengthInteger`, for what writes into an array of its own.
  public mutating func appendVariableLengthInteger(_ value: UInt64) {
    precondition(value < 1 << 62, "a variable-length integer is below 2^62")
    let lengthBits: UInt64 = value < 0x40 ? 0 : value < 0x4000 ? 1 : value < 0x4000_0000 ? 2 : 3
    let byteCount = 1 << lengthBits
    let marked = value | lengthBits << (UInt64(byteCount) * 8 - 2)
    for index in (0..<byteCount).reversed() { append(UInt8(truncatingIfNeeded: marked >> (UInt64(index) * 8))) }
  }
}
