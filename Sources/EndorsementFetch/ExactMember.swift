/// One member's value as the text that stands in a JSON object, byte for byte: what a vendor signed.
package enum ExactMember {
  /// - Parameter object: a text that a JSON parser has already taken; nil where it has no such member.
  package static func text(_ name: String, of object: [UInt8]) -> String? {
    var scanner = Scanner(bytes: object)
    guard scanner.take(UInt8(ascii: "{")) else { return nil }
    while let key = scanner.value() {
      guard scanner.take(UInt8(ascii: ":")), let value = scanner.value() else { return nil }
      if key.elementsEqual("\"\(name)\"".utf8) { return String(decoding: value, as: UTF8.self) }
      guard scanner.take(UInt8(ascii: ",")) else { return nil }
    }
    return nil
  }

  private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    mutating func take(_ byte: UInt8) -> Bool {
      skipWhiteSpace()
      guard position < bytes.count, bytes[position] == byte else { return false }
      position += 1
      return true
    }

    private mutating func skipWhiteSpace() {
      while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    /// The bytes of the next value, brackets balanced.
    mutating func value() -> ArraySlice<UInt8>? {
      skipWhiteSpace()
      let start = position
      var depth = 0
      while position < bytes.count {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          depth += 1
          position += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth == 0 { return bytes[start..<position] }
          depth -= 1
          position += 1
        case UInt8(ascii: ","), UInt8(ascii: ":"):
          if depth == 0 { return bytes[start..<position] }
          position += 1
          continue
        default: position += 1
        }
        if depth == 0 && [UInt8(ascii: "\""), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(byte) {
          return bytes[start..<position]
        }
      }
      return nil
    }

    private mutating func skipString() {
      position += 1
      while position < bytes.count {
        let byte = bytes[position]
        position += byte == UInt8(ascii: "\\") ? 2 : 1
        if byte == UInt8(ascii: "\"") { return }
      }
      position = min(position, bytes.count)
    }
  }
}
