import Foundation

/// Standard base64 (RFC 4648, section 4) in its one canonical form.
enum Base64 {
  static func encode(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

  /// Nil for any other character, missing padding or bits that encoding would not have set.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    guard let bytes = decodeIgnoringSpareBits(text), !hasSpareBits(text.utf8, byteCount: bytes.count) else {
      return nil
    }
    return bytes
  }

  /// Takes also texts whose last character sets bits that belong to no byte, as other implementations of notes do.
  static func decodeIgnoringSpareBits(_ text: some StringProtocol) -> [UInt8]? {
    guard let data = Data(base64Encoded: String(text)), text.utf8.count == (data.count + 2) / 3 * 4 else { return nil }
    return Array(data)
  }

  /// Whether the last character before the padding sets bits beyond the last byte.
  private static func hasSpareBits(_ text: some Collection<UInt8>, byteCount: Int) -> Bool {
    let paddingCount = (3 - byteCount % 3) % 3
    guard paddingCount > 0, let last = text.suffix(paddingCount + 1).first else { return false }
    // Of six bits, the last two or four: 0 only in these characters.
    let characters = paddingCount == 1 ? "AEIMQUYcgkosw048" : "AQgw"
    return !characters.utf8.contains(last)
  }
}

/// ASCII decimal without sign or leading zeroes.
enum Decimal64 {
  static func parse(_ text: some StringProtocol) -> UInt64? {
    guard let value = UInt64(text), String(value).utf8.elementsEqual(text.utf8) else { return nil }
    return value
  }
}

extension UInt32 {
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension StringProtocol {
  /// The same bytes; `==` would also take canonically equivalent text.
  func isSameBytes(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// The newline-terminated lines of a text, cut at the byte U+000A alone, whatever characters surround it.
///
/// Nil unless the text is UTF-8, free of other ASCII control characters, and ends in a newline.
func terminatedLines(_ bytes: ArraySlice<UInt8>) -> [Substring]? {
  guard bytes.last == newline, let text = plainText(bytes) else { return nil }
  var lines: [Substring] = []
  var start = text.startIndex
  var byteCount = 0
  bytes.withUnsafeBufferPointer { buffer in
    for byte in buffer {
      guard byte == newline else {
        byteCount += 1
        continue
      }
      let end = text.utf8.index(start, offsetBy: byteCount)
      lines.append(text[start..<end])
      start = text.utf8.index(after: end)
      byteCount = 0
    }
  }
  return lines
}

/// The bytes as text; nil unless they are UTF-8 without ASCII control characters other than newline.
func plainText(_ bytes: ArraySlice<UInt8>) -> String? {
  guard bytes.allSatisfy({ $0 >= 0x20 || $0 == newline }) else { return nil }
  return String(validating: bytes, as: UTF8.self)
}

let newline = UInt8(ascii: "\n")
