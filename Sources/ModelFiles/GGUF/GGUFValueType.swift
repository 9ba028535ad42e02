/// The type of a value in the metadata (GGUF, `gguf_metadata_value_type`; 32 bits).
enum GGUFValueType: UInt32 {
  case uint8 = 0
  case int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

  init<Reader>(parsing cursor: inout GGUFCursor<Reader>) throws(ModelFileError) {
    let number: UInt32 = try cursor.readInteger(field: "value type")
    guard let type = GGUFValueType(rawValue: number) else { throw .malformed("value type \(number) is unknown") }
    self = type
  }

  /// Of one value; nil for those whose bytes have rules of their own.
  private var byteCount: UInt64? {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .bool, .string, .array: nil
    }
  }

  /// Passes over a value that nobody asked for, holding it against the rules of its type.
  func skipValue<Reader>(_ cursor: inout GGUFCursor<Reader>) throws(ModelFileError) {
    guard self == .array else { return try skipValues(&cursor, count: 1) }
    let type = try GGUFValueType(parsing: &cursor)
    guard type != .array else { throw .malformed("an array is in an array") }
    let count = try cursor.readCount(limit: ModelLimits.arrayElementCount, field: "element count of an array")
    try type.skipValues(&cursor, count: count)
  }

  private func skipValues<Reader>(
    _ cursor: inout GGUFCursor<Reader>, count: UInt64
  ) throws(ModelFileError) {
    if let byteCount {
      guard let size = CheckedSize.product([count, byteCount]) else { throw .malformed("an array is too large") }
      return try cursor.skip(size, field: "value")
    }
    for _ in 0..<count {
      switch self {
      case .string: _ = try cursor.readString(limit: ModelLimits.stringByteCount, field: "string")
      case .bool:
        guard try cursor.readInteger(UInt8.self, field: "boolean") <= 1 else {
          throw .malformed("a boolean is neither 0 nor 1")
        }
      default: preconditionFailure("a value of fixed size is passed over above, an array in an array is refused")
      }
    }
  }
}
