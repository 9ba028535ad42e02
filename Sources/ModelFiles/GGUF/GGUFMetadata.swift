/// The key-value pairs of a GGUF file (GGUF, `gguf_metadata_kv_t`), checked throughout, of which three are kept.
///
///     { key: string | value type (32) | value } * count
///     an array: element type (32) | count (64) | elements
///
/// Stricter than the specification where the reader of ggml is: no arrays in arrays, no key twice.
struct GGUFMetadata {
  private(set) var architecture: String?
  /// In bytes (`general.alignment`).
  private(set) var alignment: UInt32 = 32
  /// By key; which of them counts is known when the architecture is.
  private var contextWindows: [[UInt8]: UInt64] = [:]

  private static let architectureKey = Array("general.architecture".utf8)
  private static let alignmentKey = Array("general.alignment".utf8)
  private static let contextWindowSuffix = Array(".context_length".utf8)
  private static let architectureByteCount: UInt64 = 64

  var contextWindow: UInt64? { architecture.flatMap { contextWindows[Array($0.utf8) + Self.contextWindowSuffix] } }

  init<Reader>(parsing cursor: inout GGUFCursor<Reader>, count: UInt64) throws(ModelFileError) {
    var keys: Set<[UInt8]> = []
    for index in 0..<count {
      let key = try Self.key(&cursor, index)
      guard keys.insert(key).inserted else { throw .malformed("key \(index) is there twice") }
      let type = try GGUFValueType(parsing: &cursor)
      if key == Self.architectureKey {
        architecture = try Self.architecture(&cursor, type)
      } else if key == Self.alignmentKey {
        alignment = try Self.alignment(&cursor, type)
      } else if key.suffix(Self.contextWindowSuffix.count).elementsEqual(Self.contextWindowSuffix) {
        contextWindows[key] = try Self.contextWindow(&cursor, type)
      } else {
        try type.skipValue(&cursor)
      }
    }
  }

  /// Printable ASCII without blanks. Names of architectures with `-` in them, which files have, are no
  /// `lower_snake_case`, so that more cannot be asked.
  private static func key<Reader>(
    _ cursor: inout GGUFCursor<Reader>, _ index: UInt64
  ) throws(ModelFileError) -> [UInt8] {
    let key = try cursor.readString(limit: ModelLimits.keyByteCount, field: "key")
    guard !key.isEmpty, key.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .malformed("key \(index) is empty or not of printable ASCII")
    }
    return Array(key)
  }

  private static func architecture<Reader>(
    _ cursor: inout GGUFCursor<Reader>, _ type: GGUFValueType
  ) throws(ModelFileError) -> String {
    guard type == .string else { throw .malformed("architecture is not a string") }
    let name = try cursor.readString(limit: architectureByteCount, field: "architecture")
    let isName = name.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isName, !name.isEmpty else {
      throw .malformed("architecture is not of lower-case letters, digits, - and _")
    }
    return String(decoding: name, as: UTF8.self)
  }

  private static func alignment<Reader>(
    _ cursor: inout GGUFCursor<Reader>, _ type: GGUFValueType
  ) throws(ModelFileError) -> UInt32 {
    guard type == .uint32 else { throw .malformed("alignment is not of 32 bits without sign") }
    let alignment: UInt32 = try cursor.readInteger(field: "alignment")
    guard alignment.nonzeroBitCount == 1, (8...ModelLimits.alignment).contains(alignment) else {
      throw .malformed("alignment is \(alignment), expected a power of two from 8 to \(ModelLimits.alignment)")
    }
    return alignment
  }

  /// The specification says 64 bits, and asks readers to take 32 too.
  private static func contextWindow<Reader>(
    _ cursor: inout GGUFCursor<Reader>, _ type: GGUFValueType
  ) throws(ModelFileError) -> UInt64 {
    switch type {
    case .uint32: UInt64(try cursor.readInteger(UInt32.self, field: "context length"))
    case .uint64: try cursor.readInteger(field: "context length")
    default: throw .malformed("context length is not of 32 or 64 bits without sign")
    }
  }
}
