/// A read position in the header of a GGUF file. Bytes come in pieces from the reader; integers are little-endian.
///
/// Every read is held against the end of the file and against `ModelLimits.ggufHeaderByteCount` before it happens.
struct GGUFCursor<Reader: ModelReader> {
  /// Read at once, where no more is asked for.
  private static var pieceByteCount: UInt64 { 64 << 10 }

  let reader: Reader
  private(set) var position: UInt64 = 0
  private var piece: [UInt8] = []
  private var pieceStart: UInt64 = 0

  init(_ reader: Reader) { self.reader = reader }

  /// The position behind `byteCount` more bytes.
  private func end(_ byteCount: UInt64, _ field: StaticString) throws(ModelFileError) -> UInt64 {
    guard let end = CheckedSize.sum(position, byteCount), end <= reader.byteCount else {
      throw .malformed("file of \(reader.byteCount) bytes ends inside \(field)")
    }
    guard end <= ModelLimits.ggufHeaderByteCount else {
      throw .malformed("header has more than \(ModelLimits.ggufHeaderByteCount) bytes, at \(field)")
    }
    return end
  }

  mutating func skip(_ byteCount: UInt64, field: StaticString) throws(ModelFileError) {
    position = try end(byteCount, field)
  }

  mutating func readBytes(_ byteCount: UInt64, field: StaticString) throws(ModelFileError) -> ArraySlice<UInt8> {
    piece[try take(byteCount, field: field)]
  }

  mutating func readInteger<Integer: FixedWidthInteger & UnsignedInteger>(
    _ type: Integer.Type = Integer.self, field: StaticString
  ) throws(ModelFileError) -> Integer {
    var value: UInt64 = 0
    for index in try take(UInt64(Integer.bitWidth / 8), field: field).reversed() {
      value = value << 8 | UInt64(piece[index])
    }
    return Integer(truncatingIfNeeded: value)
  }

  /// Moves over bytes that are read.
  ///
  /// - Returns: where they are in `piece`.
  private mutating func take(_ byteCount: UInt64, field: StaticString) throws(ModelFileError) -> Range<Int> {
    let end = try end(byteCount, field)
    if end - pieceStart > UInt64(piece.count) {
      piece = try reader.bytes(
        at: position, count: Int(min(max(byteCount, Self.pieceByteCount), reader.byteCount - position)))
      pieceStart = position
    }
    defer { position = end }
    return Int(position - pieceStart)..<Int(end - pieceStart)
  }

  /// A count or length, at most `limit`.
  mutating func readCount(limit: UInt64, field: StaticString) throws(ModelFileError) -> UInt64 {
    let count: UInt64 = try readInteger(field: field)
    guard count <= limit else { throw .malformed("\(field) is \(count), at most \(limit) is allowed") }
    return count
  }

  /// A string (GGUF, `gguf_string_t`): its length in bytes (64), then UTF-8 without an end.
  mutating func readString(limit: UInt64, field: StaticString) throws(ModelFileError) -> ArraySlice<UInt8> {
    let byteCount: UInt64 = try readInteger(field: field)
    guard byteCount <= limit else {
      throw .malformed("\(field) has \(byteCount) bytes, at most \(limit) are allowed")
    }
    let bytes = try readBytes(byteCount, field: field)
    guard (try? UTF8Span(validating: bytes.span)) != nil else { throw .malformed("\(field) is not in UTF-8") }
    return bytes
  }
}
