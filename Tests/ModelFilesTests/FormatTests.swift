import ErrorCodes
import ModelFiles
import Testing

@Suite("formats of model files")
struct FormatTests {
  static let foreign: [(String, [UInt8])] = [
    ("empty", []),
    ("zip", [0x50, 0x4B, 0x03, 0x04, 0x14, 0, 0, 0, 0, 0, 0, 0]),
    ("pickle", [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]),
    ("pickle", [0x80, 0x03, 0x7D, 0x71, 0, 0x2E]),
    ("pickle", [0x80, 0x04, 0x95, 0x1B, 0, 0, 0, 0, 0, 0, 0, 0x8C]),
    ("pickle", [0x80, 0x05, 0x4E, 0x2E]),
    ("HDF5", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]),
    ("NumPy", [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 0x01, 0x00]),
    ("byte order", Array("FUGG".utf8) + [0, 0, 0, 3]),
    ("no known format", Array("ggjt".utf8) + [3, 0, 0, 0]),
    ("no known format", Array("cos\nsystem\n(S'id'\ntR.".utf8)),
    ("no known format", Array("{\"a\":1}".utf8)),
    ("no known format", Array("GGU".utf8)),
  ]

  @Test("a pickle offered, an archive of pickles and every other format are refused", arguments: foreign)
  func foreignFormat(kind: String, bytes: [UInt8]) {
    for format in ModelFormat.allCases {
      for content in [bytes, bytes.isEmpty ? [] : bytes + [UInt8](repeating: 0, count: 256)] {
        let error = refusal(content, as: format)
        #expect(error?.code == ModelFileError.formatRefused)
        #expect(error?.message.contains(kind) == true, "\(error?.message ?? "accepted")")
      }
    }
  }

  @Test("a file of the other format is refused")
  func otherFormat() {
    #expect(refusal(GGUFExample().bytes, as: .safetensors)?.code == ModelFileError.formatRefused)
    #expect(refusal(safetensors("{}"), as: .gguf)?.code == ModelFileError.formatRefused)
  }

  @Test("a format is told by the first bytes")
  func identify() throws {
    #expect(try ModelFormat.identify(ModelBytes(GGUFExample().bytes)) == .gguf)
    #expect(try ModelFormat.identify(ModelBytes(safetensors("{}"))) == .safetensors)
  }

  @Test("codes are stable")
  func codes() {
    #expect(ModelFileError.formatRefused.rawValue == "model-format-refused")
    #expect(ModelFileError.malformed.rawValue == "model-malformed")
    #expect(ModelFileError.unreadable.rawValue == "model-unreadable")
  }
}

/// A file whose data nobody holds: everything behind its header reads as an error.
private struct HugeFile: ModelReader {
  let header: [UInt8]
  let byteCount: UInt64

  struct Unreadable: Error {}

  func read(at offset: UInt64, count: Int) throws -> [UInt8] {
    guard offset < UInt64(header.count) else { throw Unreadable() }
    let bytes = Array(header[Int(offset)...].prefix(count))
    // What lies behind the header may be asked for in the same piece; it is given as zeros.
    return bytes + [UInt8](repeating: 0, count: count - bytes.count)
  }
}

private struct ShortReader: ModelReader {
  let bytes: [UInt8]
  var byteCount: UInt64 { UInt64(bytes.count) }
  func read(at offset: UInt64, count: Int) throws -> [UInt8] { Array(bytes[Int(offset)...].prefix(count).dropLast()) }
}

@Suite("readers of model files")
struct ReaderTests {
  @Test("of a file of 64 GiB the header alone is read")
  func huge() throws {
    let dataByteCount: UInt64 = 64 << 30
    let example = GGUFExample(
      tensors: [Tensor(dimensions: [1 << 17, 1 << 17])], dataByteCount: 0)
    let gguf = HugeFile(header: example.bytes, byteCount: UInt64(example.bytes.count) + dataByteCount)
    #expect(try ModelFile.verify(format: .gguf, reader: gguf).tensorByteCount == dataByteCount)
    let header = safetensors("{\"a\":\(tensor("F32", "[131072,131072]", "[0,68719476736]"))}")
    let tensors = HugeFile(header: header, byteCount: UInt64(header.count) + dataByteCount)
    #expect(try ModelFile.verify(format: .safetensors, reader: tensors).tensorByteCount == dataByteCount)
  }

  @Test("headers are read in pieces, and fields may lie across two")
  func pieces() throws {
    for byteCount in 65_400...65_560 {
      let entries = [GGUFExample.entry("a", 8, string(String(repeating: "a", count: byteCount)))]
      let example = GGUFExample(entries: entries + GGUFExample.others + [GGUFExample.architecture])
      #expect(refusal(example.bytes, as: .gguf) == nil, "\(byteCount) bytes")
    }
  }

  @Test("a reader that fails, or gives less than asked for, is model-unreadable")
  func unreadable() {
    for (format, bytes) in [(ModelFormat.gguf, GGUFExample().bytes), (.safetensors, safetensors("{}"))] {
      #expect(throws: ModelFileError(ModelFileError.unreadable, "")) {
        try ModelFile.verify(format: format, reader: ShortReader(bytes: bytes))
      }
      #expect(throws: ModelFileError(ModelFileError.unreadable, "")) {
        try ModelFile.verify(format: format, reader: HugeFile(header: [], byteCount: 100))
      }
    }
  }

  @Test("bytes in memory are read within their ends only")
  func bytesInMemory() throws {
    let bytes = ModelBytes([1, 2, 3])
    #expect(try bytes.read(at: 1, count: 2) == [2, 3])
    #expect(try bytes.read(at: 3, count: 0) == [])
    for (offset, count) in [(2, 2), (4, 0), (.max, 1), (0, -1)] as [(UInt64, Int)] {
      #expect(throws: ModelFileError(ModelFileError.unreadable, "")) { try bytes.read(at: offset, count: count) }
    }
  }
}
