/// A small GGUF file that a test takes apart: each part can be set to what a rule forbids.
struct GGUFExample {
  struct Tensor {
    var name = Array("a".utf8)
    var dimensions: [UInt64] = [32]
    /// F32.
    var type: UInt32 = 0
    var offset: UInt64 = 0
  }

  var magic = Array("GGUF".utf8)
  var version: UInt32 = 3
  var tensorCount: UInt64?
  var keyCount: UInt64?
  var entries: [[UInt8]] = [architecture, contextLength]
  var tensors: [Tensor] = [Tensor()]
  var alignment = 32
  var padding: UInt8 = 0
  var dataByteCount = 128

  static let architecture = entry("general.architecture", 8, string("llama"))
  static let contextLength = entry("llama.context_length", 4, littleEndian(UInt32(4096)))
  /// Of data types beside those, with a rule each: booleans, strings, an array of numbers.
  static let others = [
    entry("general.name", 8, string("naïve 🙂")),
    entry("tokenizer.ggml.add_bos_token", 7, [1]),
    entry("tokenizer.ggml.tokens", 9, littleEndian(UInt32(8)) + littleEndian(UInt64(2)) + string("a") + string("")),
    entry(
      "tokenizer.ggml.scores", 9, littleEndian(UInt32(6)) + littleEndian(UInt64(3)) + [UInt8](repeating: 1, count: 12)),
    entry("tokenizer.ggml.flags", 9, littleEndian(UInt32(7)) + littleEndian(UInt64(3)) + [0, 1, 1]),
  ]

  var bytes: [UInt8] {
    var bytes = magic + littleEndian(version)
    bytes += littleEndian(tensorCount ?? UInt64(tensors.count)) + littleEndian(keyCount ?? UInt64(entries.count))
    for entry in entries { bytes += entry }
    for tensor in tensors {
      bytes += string(tensor.name) + littleEndian(UInt32(tensor.dimensions.count))
      bytes += tensor.dimensions.flatMap(littleEndian) + littleEndian(tensor.type) + littleEndian(tensor.offset)
    }
    if !tensors.isEmpty {
      bytes += [UInt8](repeating: padding, count: (alignment - bytes.count % alignment) % alignment)
    }
    return bytes + [UInt8](repeating: 7, count: dataByteCount)
  }

  static func entry(_ key: String, _ type: UInt32, _ value: [UInt8]) -> [UInt8] {
    string(key) + littleEndian(type) + value
  }
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

/// A string of GGUF.
func string(_ bytes: [UInt8]) -> [UInt8] { littleEndian(UInt64(bytes.count)) + bytes }

func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }
