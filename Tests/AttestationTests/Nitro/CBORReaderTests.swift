import Attestation
import Testing
import WireFormat

@Suite struct CBORReaderTests {
  static func reader(_ bytes: [UInt8]) -> CBORReader { CBORReader(bytes[...]) }

  @Test(
    "numbers are read in their shortest form, at the edges of each",
    arguments: [0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, UInt64.max])
  func numbers(value: UInt64) throws {
    var reader = Self.reader(CBORWriter.unsigned(value))
    #expect(try reader.unsigned(field: "number") == value)
    try reader.requireEnd()
    for count in 0..<CBORWriter.unsigned(value).count {
      var truncated = Self.reader(Array(CBORWriter.unsigned(value).prefix(count)))
      #expect(throws: WireError(WireError.truncated, "")) { try truncated.unsigned(field: "number") }
    }
  }

  // RFC 8949, appendix A.
  static let examples: [(bytes: [UInt8], value: UInt64)] = [
    ([0x00], 0), ([0x17], 23), ([0x18, 0x18], 24), ([0x18, 0x64], 100), ([0x19, 0x03, 0xE8], 1000),
    ([0x1A, 0x00, 0x0F, 0x42, 0x40], 1_000_000), ([0x1B, 0, 0, 0, 0xE8, 0xD4, 0xA5, 0x10, 0x00], 1_000_000_000_000),
    ([0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 18_446_744_073_709_551_615),
  ]

  @Test("the standard's examples are read and written")
  func standardExamples() throws {
    for (bytes, value) in Self.examples {
      var reader = Self.reader(bytes)
      #expect(try reader.unsigned(field: "number") == value)
      #expect(CBORWriter.unsigned(value) == bytes)
    }
    #expect(CBORWriter.bytes([1, 2, 3, 4]) == [0x44, 1, 2, 3, 4])
    #expect(CBORWriter.text("IETF") == [0x64, 0x49, 0x45, 0x54, 0x46])
    #expect(CBORWriter.array([[1], [2], [3]]) == [0x83, 1, 2, 3])
    #expect(CBORWriter.map([([1], [2]), ([3], [4])]) == [0xA2, 1, 2, 3, 4])
    var text = Self.reader([0x62, 0xC3, 0xBC])
    #expect(try text.text(limit: 2, field: "text") == "ü")
  }

  @Test(
    "longer forms, reserved heads, other types and indefinite strings are refused",
    arguments: [
      [0x18, 0x17], [0x19, 0x00, 0xFF], [0x1A, 0, 0, 0xFF, 0xFF], [0x1B, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], [0x1C],
      [0x1D], [0x1E], [0x1F], [0x20], [0x40], [0x60], [0x80], [0xA0], [0xC0, 0x00], [0xF4], [0xF6], [0xF9, 0, 0],
      [0xFF],
    ])
  func notANumber(bytes: [UInt8]) {
    var reader = Self.reader(bytes)
    #expect(throws: WireError(WireError.invalidValue, "")) { try reader.unsigned(field: "number") }
  }

  @Test("lengths and counts are bounded before anything is read")
  func limits() throws {
    let five = CBORWriter.bytes([1, 2, 3, 4, 5])
    var fits = Self.reader(five)
    #expect(try fits.bytes(limit: 5, field: "bytes").elementsEqual([1, 2, 3, 4, 5]))
    var tooLong = Self.reader(five)
    #expect(throws: WireError(WireError.limitExceeded, "")) { try tooLong.bytes(limit: 4, field: "bytes") }
    for head: [UInt8] in [[0x5B], [0x7B], [0x9B], [0xBB]] {
      var huge = Self.reader(head + Array(repeating: 0xFF, count: 8))
      #expect(throws: WireError.self) {
        switch head[0] {
        case 0x5B: _ = try huge.bytes(limit: 1 << 20, field: "huge")
        case 0x7B: _ = try huge.text(limit: 1 << 20, field: "huge")
        case 0x9B: try huge.array(countLimit: 1 << 20, field: "huge") { _ in }
        default: try huge.map(countLimit: 1 << 20, field: "huge") { _ in }
        }
      }
    }
    for (count, limit) in [(3, 3), (3, 2)] {
      for bytes in [
        CBORWriter.array(Array(repeating: [0], count: count)), [0x9F] + Array(repeating: 0, count: count) + [0xFF],
      ] {
        var reader = Self.reader(bytes)
        var read = 0
        let isRead =
          (try? reader.array(countLimit: limit, allowsIndefinite: true, field: "array") { reader throws(WireError) in
            _ = try reader.unsigned(field: "element")
            read += 1
          }) != nil
        #expect(isRead == (count <= limit))
        #expect(read <= limit)
      }
    }
  }

  @Test("an indefinite container is read only where it is allowed, and must end")
  func indefinite() throws {
    func read(_ bytes: [UInt8], allows: Bool) -> Bool {
      var reader = Self.reader(bytes)
      return
        (try? reader.map(countLimit: 4, allowsIndefinite: allows, field: "map") { reader throws(WireError) in
          _ = try reader.unsigned(field: "key")
          _ = try reader.unsigned(field: "value")
        }) != nil && reader.isAtEnd
    }
    #expect(read([0xBF, 1, 2, 0xFF], allows: true))
    #expect(read([0xBF, 0xFF], allows: true))
    #expect(!read([0xBF, 1, 2, 0xFF], allows: false))
    #expect(!read([0xBF, 1, 2], allows: true))
    #expect(!read([0xBF, 1, 0xFF], allows: true))
    #expect(!read([0xA1, 1, 2, 0xFF], allows: true))
  }

  @Test("a tag or a null is passed over only where it stands")
  func optional() throws {
    var reader = Self.reader([0xD2, 0xF6, 0x01])
    #expect(!reader.skipTag(17) && !reader.skipNull())
    #expect(reader.skipTag(18) && reader.skipNull())
    #expect(!reader.skipTag(18) && !reader.skipNull())
    #expect(throws: WireError(WireError.trailingBytes, "")) { try reader.requireEnd() }
    #expect(try reader.unsigned(field: "number") == 1)
    try reader.requireEnd()
    #expect(!reader.skipTag(18) && !reader.skipNull())
  }

  @Test("text that is no UTF-8 is refused")
  func text() {
    for content: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] {
      var reader = Self.reader([0x60 | UInt8(content.count)] + content)
      #expect(throws: WireError(WireError.invalidValue, "")) { try reader.text(limit: 8, field: "text") }
    }
  }
}
