import ErrorCodes
import ModelFiles
import Testing

/// A file of this header and so many bytes of data.
func safetensors(_ header: String, dataByteCount: Int = 0) -> [UInt8] {
  string(header) + [UInt8](repeating: 7, count: dataByteCount)
}

func tensor(_ type: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
  "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
}

func expectMalformed(
  _ header: String, dataByteCount: Int = 8, _ says: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = refusal(safetensors(header, dataByteCount: dataByteCount), as: .safetensors)
  #expect(error?.code == ModelFileError.malformed, sourceLocation: sourceLocation)
  #expect(error?.message.contains(says) == true, "\(error?.message ?? "accepted")", sourceLocation: sourceLocation)
}

@Suite("safetensors files")
struct SafetensorsTests {
  static let header =
    "{\"__metadata__\":{\"format\":\"pt\"},\"b\":\(tensor("F16", "[2,3]", "[8,20]")),\"a\":\(tensor()),"
    + "\"none\":\(tensor("I64", "[0,7]", "[8,8]")),\"one\":\(tensor("BOOL", "[]", "[20,21]"))}  "

  @Test("a file is described")
  func described() throws {
    let bytes = safetensors(Self.header, dataByteCount: 21)
    let file = try ModelFile.verify(format: .safetensors, reader: ModelBytes(bytes))
    #expect(file.format == .safetensors)
    #expect(file.version == nil)
    #expect(file.tensorCount == 4)
    #expect(file.tensorByteCount == 21)
    #expect(file.headerByteCount == UInt64(bytes.count - 21))
    #expect(file.architecture == nil)
    #expect(file.contextWindow == nil)
  }

  @Test("a file without tensors is well-formed")
  func empty() {
    #expect(refusal(safetensors("{}      "), as: .safetensors) == nil)
    #expect(refusal(safetensors("{\"__metadata__\":{}}"), as: .safetensors) == nil)
  }

  @Test("a file cut anywhere, or with one byte too many, is refused")
  func everyTruncation() {
    let bytes = safetensors(Self.header, dataByteCount: 21)
    for length in bytes.indices {
      let expected = length < 9 ? ModelFileError.formatRefused : ModelFileError.malformed
      #expect(refusal(Array(bytes[..<length]), as: .safetensors)?.code == expected, "\(length) bytes")
    }
    expectMalformed(Self.header, dataByteCount: 22, "tensors have 21 bytes of data, the file has 22")
  }

  @Test(
    "every element type has its size",
    arguments: [
      ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("BOOL", 8), ("U8", 8), ("I8", 8), ("F8_E5M2", 8), ("F8_E4M3", 8),
      ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("I16", 16), ("U16", 16), ("F16", 16), ("BF16", 16),
      ("I32", 32), ("U32", 32), ("F32", 32),
      ("I64", 64), ("U64", 64), ("F64", 64), ("C64", 64),
    ])
  func elementType(type: String, bitCount: Int) {
    let header = "{\"a\":\(tensor(type, "[4]", "[0,\(bitCount / 2)]"))}"
    #expect(refusal(safetensors(header, dataByteCount: bitCount / 2), as: .safetensors) == nil)
    let longer = "{\"a\":\(tensor(type, "[4]", "[0,\(bitCount / 2 + 1)]"))}"
    expectMalformed(longer, dataByteCount: bitCount / 2 + 1, "expected \(bitCount * 4) bits")
  }

  @Test("a length that looks like a pickle's first bytes is a length")
  func pickleLikeLength() {
    let header = "{}" + String(repeating: " ", count: 0x280 - 2)
    let bytes = safetensors(header)
    #expect(bytes.starts(with: [0x80, 0x02]))
    #expect(refusal(bytes, as: .safetensors) == nil)
  }
}

@Suite("safetensors files that break a rule")
struct SafetensorsRefusalTests {
  @Test("a header above 8 MiB is refused by its length alone")
  func headerLength() {
    let atLimit = "{}" + String(repeating: " ", count: (8 << 20) - 2)
    #expect(refusal(safetensors(atLimit), as: .safetensors) == nil)
    expectMalformed(atLimit + " ", dataByteCount: 0, "header has 8388609 bytes")
    let bytes = littleEndian(UInt64(0x0000_FFFF_FFFF_FFFF)) + Array("{}".utf8)
    #expect(refusal(bytes, as: .safetensors)?.message.contains("header has 281474976710655 bytes") == true)
  }

  @Test("a header that is not one strict object is refused")
  func header() {
    expectMalformed("{\"a\":\(tensor())}x", "header is not an object")
    expectMalformed("{\"a\":\(tensor())}\n", "header is not an object")
    expectMalformed("{\"a\":\(tensor())}\0", "header is not an object")
    expectMalformed("{\"a\":\(tensor())}{}", "header: bytes after the value")
    expectMalformed("{\"a\":\(tensor()),\"a\":\(tensor())}", "names a member twice")
    expectMalformed("{\"a\":\(tensor()),\"\\u0061\":\(tensor())}", "names a member twice")
    expectMalformed("{\"a\":[[[[1]]]]}", "nesting above the limit")
    expectMalformed("{\"a\":\(tensor()),}", "member without a name")
  }

  @Test("a description of other members or types is refused")
  func members() {
    expectMalformed("{\"a\":[]}", "tensor is not an object")
    expectMalformed("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "no member data_offsets")
    expectMalformed("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", "does not know")
    expectMalformed("{\"a\":\(tensor("F33"))}", "element type of tensor 0 is unknown")
    expectMalformed("{\"a\":\(tensor("F32", "[-2]"))}", "not an integer from 0 up")
    expectMalformed("{\"a\":\(tensor("F32", "[2.0]"))}", "not an integer from 0 up")
    expectMalformed("{\"a\":\(tensor("F32", "[9223372036854775808]"))}", "not an integer from 0 up")
    expectMalformed("{\"a\":\(tensor("F32", "[1,1,1,1,1,1,1,1,2]"))}", "has 9 dimensions")
    for offsets in ["[0]", "[0,8,8]", "[8,0]"] {
      expectMalformed("{\"a\":\(tensor("F32", "[2]", offsets))}", "not a begin and an end")
    }
    expectMalformed("{\"__metadata__\":[],\"a\":\(tensor())}", "metadata is not an object")
    expectMalformed("{\"__metadata__\":{\"a\":1},\"a\":\(tensor())}", "not a string")
  }

  @Test("names that are empty, too long or have control characters are refused")
  func names() {
    expectMalformed("{\"\":\(tensor())}", "name of tensor 0")
    expectMalformed("{\"a\\u0000\":\(tensor())}", "name of tensor 0")
    expectMalformed("{\"\(String(repeating: "a", count: 1_025))\":\(tensor())}", "name of tensor 0")
    let longest = "{\"\(String(repeating: "a", count: 1_024))\":\(tensor())}"
    #expect(refusal(safetensors(longest, dataByteCount: 8), as: .safetensors) == nil)
  }

  @Test("too many tensors are refused")
  func tensorCount() {
    func header(_ count: Int) -> String {
      "{" + (0..<count).map { "\"\($0)\":\(tensor("U8", "[1]", "[\($0),\($0 + 1)]"))" }.joined(separator: ",") + "}"
    }
    #expect(refusal(safetensors(header(65_536), dataByteCount: 65_536), as: .safetensors) == nil)
    expectMalformed(header(65_537), dataByteCount: 65_537, "tensor count is 65537")
  }

  @Test("dimensions that overflow are refused")
  func overflow() {
    expectMalformed("{\"a\":\(tensor("U8", "[9223372036854775807]"))}", "needs more than 63 bits")
    expectMalformed("{\"a\":\(tensor("F32", "[4294967296,4294967296]"))}", "needs more than 63 bits")
  }

  @Test("tensors that overlap, leave a gap or do not cover the data are refused")
  func cover() {
    func two(_ offsets: String) -> String { "{\"a\":\(tensor()),\"b\":\(tensor("F32", "[2]", offsets))}" }
    #expect(refusal(safetensors(two("[8,16]"), dataByteCount: 16), as: .safetensors) == nil)
    expectMalformed(two("[0,8]"), dataByteCount: 8, "a tensor is at 0, inside other data, expected 8")
    expectMalformed(two("[4,12]"), dataByteCount: 12, "a tensor is at 4, inside other data, expected 8")
    expectMalformed(two("[9,17]"), dataByteCount: 17, "a tensor is at 9, behind a gap, expected 8")
    expectMalformed(two("[8,16]"), dataByteCount: 15, "tensors have 16 bytes of data, the file has 15")
    expectMalformed("{\"a\":\(tensor("F32", "[2]", "[1,9]"))}", dataByteCount: 9, "behind a gap")
    expectMalformed("{\"a\":\(tensor("F4", "[3]", "[0,1]"))}", dataByteCount: 1, "expected 12 bits")
    expectMalformed("{}", dataByteCount: 1, "tensors have 0 bytes of data, the file has 1")
  }
}
