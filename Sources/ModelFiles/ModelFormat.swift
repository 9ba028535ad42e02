/// A format that holds a model as data: nothing in it is executed when it is read, unlike in a pickle.
public enum ModelFormat: String, Sendable, CaseIterable {
  /// GGUF, versions 2 and 3, little-endian (the specification of ggml, `gguf.md`).
  case gguf
  /// safetensors (huggingface/safetensors, README, "Format").
  case safetensors
}

extension ModelFormat {
  static let ggufMagic = Array("GGUF".utf8)

  /// What `identify` looks at, in bytes.
  private static let prefixByteCount: UInt64 = 9

  /// The format that a file's first bytes announce. It says nothing about the rest.
  ///
  ///     GGUF:         "GGUF"
  ///     safetensors:  header length (64, little-endian) | "{"
  ///
  /// - Throws: `model-format-refused` for any other file, `model-unreadable`.
  public static func identify(_ reader: some ModelReader) throws(ModelFileError) -> ModelFormat {
    guard reader.byteCount > 0 else { throw .formatRefused("file is empty") }
    let prefix = try reader.bytes(at: 0, count: Int(min(reader.byteCount, prefixByteCount)))
    if prefix.starts(with: ggufMagic) { return .gguf }
    // Read before the foreign formats: 80h 02h, which begins many a pickle, begins the length of some headers too. No
    // file has a length of 2^48 bytes and more.
    if prefix.count == Int(prefixByteCount), prefix[6] == 0, prefix[7] == 0, prefix[8] == UInt8(ascii: "{") {
      return .safetensors
    }
    throw .formatRefused("file is \(foreignFormat(prefix)), expected GGUF or safetensors")
  }

  /// What a refused file seems to be, for whoever reads the message. No decision depends on it.
  private static func foreignFormat(_ prefix: [UInt8]) -> StaticString {
    if prefix.starts(with: [0x50, 0x4B]) { return "a zip archive, as PyTorch writes around pickles" }
    if prefix.count > 1, prefix[0] == 0x80, (0x02...0x05).contains(prefix[1]) { return "a pickle" }
    if prefix.starts(with: [0x89, 0x48, 0x44, 0x46]) { return "HDF5" }
    if prefix.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) { return "a NumPy array" }
    if prefix.starts(with: Array("FUGG".utf8)) { return "GGUF in the wrong byte order" }
    return "of no known format"
  }
}
