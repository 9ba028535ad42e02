import ErrorCodes
import ModelFiles
import Testing

typealias Tensor = GGUFExample.Tensor

/// What the verifier says about bytes that are offered as of a format.
func refusal(_ bytes: [UInt8], as format: ModelFormat) -> ModelFileError? {
  do throws(ModelFileError) {
    _ = try ModelFile.verify(format: format, reader: ModelBytes(bytes))
    return nil
  } catch {
    return error
  }
}

func refusal(_ change: (inout GGUFExample) -> Void) -> ModelFileError? {
  var example = GGUFExample()
  change(&example)
  return refusal(example.bytes, as: .gguf)
}

func expectMalformed(
  _ says: String, sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout GGUFExample) -> Void
) {
  let error = refusal(change)
  #expect(error?.code == ModelFileError.malformed, sourceLocation: sourceLocation)
  #expect(error?.message.contains(says) == true, "\(error?.message ?? "accepted")", sourceLocation: sourceLocation)
}

@Suite("GGUF files")
struct GGUFTests {
  @Test("a file of version 2 or 3 is described", arguments: [2, 3] as [UInt32])
  func described(version: UInt32) throws {
    var example = GGUFExample(version: version, entries: GGUFExample.others)
    example.entries += [GGUFExample.contextLength, GGUFExample.architecture]
    example.tensors = [
      Tensor(), Tensor(name: Array("b".utf8), dimensions: [32, 2], type: 2, offset: 128),
      Tensor(name: Array("c".utf8), dimensions: [], type: 24, offset: 192),
    ]
    example.dataByteCount = 193
    let file = try ModelFile.verify(format: .gguf, reader: ModelBytes(example.bytes))
    #expect(file.format == .gguf)
    #expect(file.version == version)
    #expect(file.tensorCount == 3)
    #expect(file.tensorByteCount == 128 + 36 + 1)
    #expect(file.headerByteCount == UInt64(example.bytes.count - 193))
    #expect(file.architecture == "llama")
    #expect(file.contextWindow == 4096)
  }

  @Test("a context length has 32 or 64 bits, or is not stated")
  func contextLength() throws {
    func contextWindow(_ entries: [[UInt8]]) throws -> UInt64? {
      let example = GGUFExample(entries: [GGUFExample.architecture] + entries)
      return try ModelFile.verify(format: .gguf, reader: ModelBytes(example.bytes)).contextWindow
    }
    #expect(try contextWindow([]) == nil)
    #expect(try contextWindow([GGUFExample.entry("bert.context_length", 4, littleEndian(UInt32(512)))]) == nil)
    #expect(
      try contextWindow([GGUFExample.entry("llama.context_length", 10, littleEndian(UInt64(1) << 33))]) == 1 << 33)
  }

  @Test("a file without tensors is a vocabulary, with no padding behind it")
  func vocabulary() throws {
    let example = GGUFExample(tensors: [], dataByteCount: 0)
    #expect(try ModelFile.verify(format: .gguf, reader: ModelBytes(example.bytes)).tensorCount == 0)
  }

  @Test("a file cut anywhere is refused")
  func everyTruncation() {
    let bytes = GGUFExample(entries: GGUFExample.others + [GGUFExample.architecture]).bytes
    #expect(refusal(bytes, as: .gguf) == nil)
    for length in bytes.indices {
      let expected = length < 4 ? ModelFileError.formatRefused : ModelFileError.malformed
      #expect(refusal(Array(bytes[..<length]), as: .gguf)?.code == expected, "\(length) bytes")
    }
  }

  /// The specification ends no file: tensor data is an array without a length. The reader of ggml reads no further.
  @Test("one byte too many behind the tensors is taken, as are their padding and its absence")
  func trailingBytes() {
    #expect(refusal { $0.dataByteCount += 1 } == nil)
    for byteCount in [36, 63, 64, 65] {
      #expect(
        refusal {
          $0.tensors = [Tensor(dimensions: [9])]
          $0.dataByteCount = byteCount
        } == nil)
    }
  }

  @Test("every tensor type has its size", arguments: GGUFTests.typeSizes)
  func typeSize(type: UInt32, elements: UInt64, bytes: Int) {
    let tensor = Tensor(dimensions: [elements, 3], type: type)
    #expect(refusal { ($0.tensors, $0.dataByteCount) = ([tensor], bytes * 3) } == nil)
    expectMalformed("tensor 0 of") { ($0.tensors, $0.dataByteCount) = ([tensor], bytes * 3 - 1) }
    guard elements > 1 else { return }
    expectMalformed("a multiple of \(elements)") { $0.tensors = [Tensor(dimensions: [elements - 1], type: type)] }
  }

  /// Number, elements and bytes of a block, as ggml's `gguf-py/gguf/constants.py` has them.
  static let typeSizes: [(UInt32, UInt64, Int)] = [
    (0, 1, 4), (1, 1, 2), (2, 32, 18), (3, 32, 20), (6, 32, 22), (7, 32, 24), (8, 32, 34), (9, 32, 36), (10, 256, 84),
    (11, 256, 110), (12, 256, 144), (13, 256, 176), (14, 256, 210), (15, 256, 292), (16, 256, 66), (17, 256, 74),
    (18, 256, 98), (19, 256, 50), (20, 32, 18), (21, 256, 110), (22, 256, 82), (23, 256, 136), (24, 1, 1), (25, 1, 2),
    (26, 1, 4), (27, 1, 8), (28, 1, 8), (29, 256, 56), (30, 1, 2), (34, 256, 54), (35, 256, 66), (39, 32, 17),
    (40, 64, 36), (41, 128, 18), (42, 64, 18),
  ]

  @Test("an unknown tensor type is refused", arguments: [4, 5, 31, 33, 36, 38, 43, 142, .max] as [UInt32])
  func unknownTensorType(type: UInt32) {
    expectMalformed("tensor type \(type) is unknown") { $0.tensors = [Tensor(type: type)] }
  }
}

@Suite("GGUF files that break a rule")
struct GGUFRefusalTests {
  @Test("another version and big-endian files are refused", arguments: [0, 1, 4, 0x0200_0000, 0x0300_0000] as [UInt32])
  func version(version: UInt32) {
    #expect(refusal { $0.version = version }?.code == ModelFileError.formatRefused)
  }

  @Test("too many tensors or keys are refused before they are read")
  func counts() {
    expectMalformed("tensor count is 65537") { $0.tensorCount = 65_537 }
    expectMalformed("ends inside") { ($0.tensorCount, $0.tensors, $0.dataByteCount) = (65_536, [], 0) }
    expectMalformed("tensor count") { $0.tensorCount = .max }
    expectMalformed("key count is 4097") { $0.keyCount = 4_097 }
    expectMalformed("ends inside") { ($0.keyCount, $0.tensors, $0.dataByteCount) = (4_096, [], 0) }
    expectMalformed("key count") { $0.keyCount = 1 << 63 }
  }

  @Test("a name that is there twice is refused")
  func duplicates() {
    expectMalformed("key 2 is there twice") { $0.entries.append(GGUFExample.architecture) }
    expectMalformed("name of tensor 1 is there twice") {
      $0.tensors.append(Tensor(offset: 128))
      $0.dataByteCount = 256
    }
  }

  @Test("names with a zero in them, empty or too long are refused")
  func names() {
    expectMalformed("key 0 is empty") { $0.entries = [GGUFExample.entry("", 4, [0, 0, 0, 0])] }
    expectMalformed("key 0") { $0.entries = [GGUFExample.entry("a\0b", 4, [0, 0, 0, 0])] }
    expectMalformed("key 0") { $0.entries = [GGUFExample.entry("é", 4, [0, 0, 0, 0])] }
    expectMalformed("key has 65536 bytes") {
      $0.entries = [GGUFExample.entry(String(repeating: "k", count: 65_536), 4, [0, 0, 0, 0])]
    }
    #expect(
      refusal { $0.entries.append(GGUFExample.entry(String(repeating: "k", count: 65_535), 4, [0, 0, 0, 0])) } == nil)
    expectMalformed("name of tensor 0") { $0.tensors = [Tensor(name: [])] }
    expectMalformed("name of tensor 0") { $0.tensors = [Tensor(name: [0x61, 0])] }
    expectMalformed("not in UTF-8") { $0.tensors = [Tensor(name: [0xFF])] }
    expectMalformed("tensor name has 64 bytes") { $0.tensors = [Tensor(name: Array(repeating: 0x61, count: 64))] }
    #expect(refusal { $0.tensors = [Tensor(name: Array(repeating: 0x61, count: 63))] } == nil)
  }

  @Test("strings and arrays that are too long are refused by their length alone")
  func lengths() {
    expectMalformed("string has 16777217 bytes") {
      $0.entries.append(GGUFExample.entry("a", 8, littleEndian(UInt64(16_777_217))))
    }
    expectMalformed("string has \(UInt64.max) bytes") {
      $0.entries.append(GGUFExample.entry("a", 8, littleEndian(UInt64.max)))
    }
    expectMalformed("ends inside string") {
      $0.entries.append(GGUFExample.entry("a", 8, littleEndian(UInt64(16_777_216))))
    }
    for type in [0, 7, 8, 12] as [UInt32] {
      expectMalformed("element count of an array is 4194305") {
        $0.entries.append(GGUFExample.entry("a", 9, littleEndian(type) + littleEndian(UInt64(4_194_305))))
      }
      expectMalformed("ends inside") {
        $0.entries.append(GGUFExample.entry("a", 9, littleEndian(type) + littleEndian(UInt64(4_194_304))))
        ($0.tensors, $0.dataByteCount) = ([], 0)
      }
    }
  }

  @Test("a header above 64 MiB is refused, in a file that has as much")
  func headerLength() {
    let array = littleEndian(UInt32(10)) + littleEndian(UInt64(4_194_304)) + [UInt8](repeating: 0, count: 32 << 20)
    expectMalformed("more than 67108864 bytes") {
      $0.entries += [GGUFExample.entry("a", 9, array), GGUFExample.entry("b", 9, array)]
    }
    #expect(refusal { $0.entries.append(GGUFExample.entry("a", 9, array)) } == nil)
  }

  @Test("values that their type does not allow are refused")
  func values() {
    expectMalformed("an array is in an array") {
      $0.entries.append(GGUFExample.entry("a", 9, littleEndian(UInt32(9)) + littleEndian(UInt64(0))))
    }
    expectMalformed("neither 0 nor 1") { $0.entries.append(GGUFExample.entry("a", 7, [2])) }
    expectMalformed("neither 0 nor 1") {
      $0.entries.append(GGUFExample.entry("a", 9, littleEndian(UInt32(7)) + littleEndian(UInt64(2)) + [1, 2]))
    }
    expectMalformed("string is not in UTF-8") { $0.entries.append(GGUFExample.entry("a", 8, string([0xC0, 0x80]))) }
    expectMalformed("value type 13 is unknown") { $0.entries.append(GGUFExample.entry("a", 13, [])) }
    expectMalformed("value type 13 is unknown") {
      $0.entries.append(GGUFExample.entry("a", 9, littleEndian(UInt32(13)) + littleEndian(UInt64(0))))
    }
  }

  @Test("an architecture that is missing or of other characters is refused")
  func architecture() {
    expectMalformed("architecture is missing") { $0.entries = [GGUFExample.contextLength] }
    expectMalformed("architecture is not a string") {
      $0.entries = [GGUFExample.entry("general.architecture", 4, [0, 0, 0, 0])]
    }
    for name in ["", "Llama", "../llama", "llama\n"] {
      expectMalformed("architecture is not of") {
        $0.entries = [GGUFExample.entry("general.architecture", 8, string(name))]
      }
    }
    expectMalformed("architecture has 65 bytes") {
      $0.entries = [GGUFExample.entry("general.architecture", 8, string(String(repeating: "a", count: 65)))]
    }
    expectMalformed("context length is not") {
      $0.entries = [GGUFExample.entry("llama.context_length", 5, [0, 0, 0, 0])]
    }
  }

  @Test("an alignment that is no power of two from 8 to 1 MiB is refused")
  func alignment() {
    func entry(_ alignment: UInt32) -> [UInt8] { GGUFExample.entry("general.alignment", 4, littleEndian(alignment)) }
    for alignment in [0, 1, 4, 33, 48, 1 << 21, .max] as [UInt32] {
      expectMalformed("alignment is \(alignment), expected") { $0.entries.append(entry(alignment)) }
    }
    expectMalformed("alignment is not of 32 bits") {
      $0.entries.append(GGUFExample.entry("general.alignment", 10, littleEndian(UInt64(32))))
    }
    for alignment in [8, 64, 1 << 20] as [UInt32] {
      #expect(
        refusal {
          $0.entries.append(entry(alignment))
          $0.alignment = Int(alignment)
        } == nil)
    }
  }

  @Test("bytes other than zero before the tensors are refused")
  func padding() {
    expectMalformed("padding before the tensor data is not zero") { $0.padding = 1 }
  }

  @Test("dimensions that are 0, too many or overflow are refused")
  func dimensions() {
    expectMalformed("has a dimension of 0") { $0.tensors = [Tensor(dimensions: [0])] }
    expectMalformed("has a dimension of 0") { $0.tensors = [Tensor(dimensions: [32, 0, .max])] }
    expectMalformed("has 5 dimensions") { $0.tensors = [Tensor(dimensions: [1, 1, 1, 1, 1])] }
    for dimensions in [[.max], [1 << 63], [1 << 32, 1 << 31], [1 << 61, 1], [1 << 60, 3], [1, .max, .max, .max]]
      as [[UInt64]]
    {
      expectMalformed("needs more than 63 bits") { $0.tensors = [Tensor(dimensions: dimensions)] }
    }
    expectMalformed("tensor 0 of 4611686018427387904 bytes") { $0.tensors = [Tensor(dimensions: [1 << 60])] }
  }

  @Test("tensors that are misaligned, overlap, leave a gap or end behind the file are refused")
  func places() {
    func place(_ offset: UInt64) -> (inout GGUFExample) -> Void {
      { example in
        example.tensors.append(Tensor(name: Array("b".utf8), offset: offset))
        example.dataByteCount = 256
      }
    }
    #expect(refusal(place(128)) == nil)
    expectMalformed("offset of tensor 1 is 129, expected a multiple of 32", place(129))
    expectMalformed("tensor 1 is at 96, inside other data, expected 128", place(96))
    expectMalformed("tensor 1 is at 0, inside other data, expected 128", place(0))
    expectMalformed("tensor 1 is at 160, behind a gap, expected 128", place(160))
    expectMalformed("behind a gap", place(.max - 31))
    expectMalformed("tensor 0 of 128 bytes is at 0, the file has 127") { $0.dataByteCount = 127 }
  }
}
