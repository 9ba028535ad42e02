import Foundation

/// Standard base64 (RFC 4648, section 4) in its one canonical form.
enum Base64 {
  static func encode(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

  /// Nil for any other character, missing padding or bits that encoding would not have set.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let text = String(text)
    // What decodes is ASCII, of which `==` compares the bytes.
    guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
    return Array(data)
  }

  /// Takes also texts whose last character sets bits that belong to no byte, as other implementations of notes do.
  static func decodeIgnoringSpareBits(_ text: some StringProtocol) -> [UInt8]? {
    guard let data = Data(base64Encoded: String(text)) else { return nil }
    let canonical = data.base64EncodedString().utf8
    let paddingCount = data.count % 3 == 0 ? 0 : 3 - data.count % 3
    guard canonical.count == text.utf8.count,
      canonical.dropLast(paddingCount + 1).elementsEqual(text.utf8.dropLast(paddingCount + 1)),
      canonical.suffix(paddingCount).elementsEqual(text.utf8.suffix(paddingCount))
    else { return nil }
    return Array(data)
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
