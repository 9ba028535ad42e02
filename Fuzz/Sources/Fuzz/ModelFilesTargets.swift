import ModelFiles

extension FuzzTarget {
  static let modelFiles = [
    FuzzTarget("model-file", seeds: { ModelFileFixture.gguf + ModelFileFixture.safetensors }) { bytes in
      let announced = try? ModelFormat.identify(ModelBytes(bytes))
      for format in ModelFormat.allCases {
        guard let file = try? ModelFile.verify(format: format, reader: ModelBytes(bytes)) else { continue }
        claim(announced == format, "a file that is taken is of the format that it announces")
        claim(
          file.headerByteCount <= UInt64(bytes.count)
            && file.tensorByteCount <= UInt64(bytes.count) - file.headerByteCount,
          "header and tensors are inside the file")
        // The data of tensors is behind the header, and what it is changes nothing.
        let header = Array(bytes.prefix(Int(file.headerByteCount)))
        let blank = header + [UInt8](repeating: 0, count: bytes.count - header.count)
        claim(try ModelFile.verify(format: format, reader: ModelBytes(blank)) == file, "no weight changes the verdict")
        if file.tensorByteCount > 0 {
          let cut = ModelBytes(Array(bytes.prefix(Int(file.headerByteCount + file.tensorByteCount) - 1)))
          claim((try? ModelFile.verify(format: format, reader: cut)) == nil, "without its last byte it is refused")
        }
      }
    }
  ]
}

private enum ModelFileFixture {
  static let safetensors = [
    "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
      + "\"b\":{\"dtype\":\"F4\",\"shape\":[2,3],\"data_offsets\":[8,11]}}  ",
    "{}",
  ].map { string($0) + [UInt8](repeating: 7, count: $0.count > 2 ? 11 : 0) }

  static let gguf = [
    file(
      version: 3,
      entries: [
        entry("general.architecture", 8, string("llama")), entry("llama.context_length", 4, bytes(4096, 4)),
        entry("general.alignment", 4, bytes(16, 4)), entry("tokenizer.ggml.add_bos_token", 7, [1]),
        entry("tokenizer.ggml.tokens", 9, bytes(8, 4) + bytes(2, 8) + string("a") + string("é")),
        entry("tokenizer.ggml.scores", 9, bytes(6, 4) + bytes(2, 8) + bytes(0, 8)),
      ],
      tensors: [tensor("a", [32, 2], 2, 0), tensor("b", [5], 0, 48)], alignment: 16, dataByteCount: 68),
    file(
      version: 2, entries: [entry("general.architecture", 8, string("gpt2"))], tensors: [], alignment: 1,
      dataByteCount: 0),
  ]

  private static func file(
    version: UInt64, entries: [[UInt8]], tensors: [[UInt8]], alignment: Int, dataByteCount: Int
  ) -> [UInt8] {
    var file = Array("GGUF".utf8) + bytes(version, 4) + bytes(UInt64(tensors.count), 8)
    file += bytes(UInt64(entries.count), 8) + (entries + tensors).joined()
    file += [UInt8](repeating: 0, count: (alignment - file.count % alignment) % alignment)
    return file + [UInt8](repeating: 7, count: dataByteCount)
  }

  private static func entry(_ key: String, _ type: UInt64, _ value: [UInt8]) -> [UInt8] {
    string(key) + bytes(type, 4) + value
  }

  private static func tensor(_ name: String, _ dimensions: [UInt64], _ type: UInt64, _ offset: UInt64) -> [UInt8] {
    string(name) + bytes(UInt64(dimensions.count), 4) + dimensions.flatMap { bytes($0, 8) } + bytes(type, 4)
      + bytes(offset, 8)
  }

  private static func string(_ text: String) -> [UInt8] { bytes(UInt64(text.utf8.count), 8) + Array(text.utf8) }

  /// Little-endian.
  private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }
}
