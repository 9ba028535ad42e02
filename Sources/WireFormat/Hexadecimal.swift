extension Collection where Element == UInt8 {
  /// Lower-case hexadecimal, two digits a byte. Inlinable, since it is generic and every claim of evidence is written so.
  @inlinable public var hexadecimal: String {
    String(unsafeUninitializedCapacity: count * 2) { characters in
      var index = 0
      for byte in self {
        characters[index] = Self.digit(byte >> 4)
        characters[index + 1] = Self.digit(byte & 0x0F)
        index += 2
      }
      return index
    }
  }

  /// - Parameter value: below 16.
  @inlinable static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }
}

extension Array where Element == UInt8 {
  /// Bytes from hexadecimal of either case; nil for an odd number of digits or any other character.
  public init?(hexadecimal text: some StringProtocol) {
    guard let bytes = Array<UInt8>(text.utf8)[...].decodedHexadecimal() else { return nil }
    self = bytes
  }
}

extension ArraySlice<UInt8> {
  /// Bytes from hexadecimal in UTF-8, of either case; nil for an odd number of digits or any other character. No
  /// initializer of `Array`: the only one that takes exactly a slice, it would be meant by `Array.init` where a slice
  /// is copied.
  package func decodedHexadecimal() -> [UInt8]? {
    guard count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count / 2)
    var high: UInt8?
    for digit in self {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
      default: return nil
      }
      if let upper = high {
        bytes.append(upper << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }
}
