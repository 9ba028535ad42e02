/// What is read of an answer's head; nothing else of it is looked at.
package struct UpstreamAnswer: Equatable {
  package var status: Int
  package var mediaType: String?
  package var byteCount: Int?

  package init(status: Int, mediaType: String? = nil, byteCount: Int? = nil) {
    self.status = status
    self.mediaType = mediaType
    self.byteCount = byteCount
  }
}

/// An answer's status line and fields (RFC 9112, sections 4 to 6), as far as a relay looks at them.
struct UpstreamHead {
  enum Framing: Equatable {
    case none
    case fixed(Int)
    case chunked
    case untilClosed
  }

  private(set) var status = 0
  private(set) var mediaType: String?
  private(set) var byteCount: Int?
  private(set) var framing = Framing.untilClosed
  private(set) var staysOpen = true

  private var isChunked = false

  /// - Parameter bytes: with the empty line at their end.
  init(parsing bytes: ArraySlice<UInt8>) throws(UpstreamAnswerParser.Malformed) {
    var start = try parseStatusLine(bytes)
    while let end = Self.endOfLine(bytes, from: start), end > start {
      try parseField(bytes[start..<end])
      start = end + 2
    }
    guard start + 2 == bytes.endIndex else { throw UpstreamAnswerParser.Malformed() }
    guard !isChunked || byteCount == nil else { throw UpstreamAnswerParser.Malformed() }
    if status == 204 || status == 304 || status < 200 {
      byteCount = nil
      framing = .none
    } else if isChunked {
      framing = .chunked
    } else if let byteCount {
      framing = .fixed(byteCount)
    }
  }

  /// The index of the CR of the line's end; nil where a CR or LF stands alone.
  private static func endOfLine(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    var index = start
    while index < bytes.endIndex {
      switch bytes[index] {
      case 0x0D: return index + 1 < bytes.endIndex && bytes[index + 1] == 0x0A ? index : nil
      case 0x0A: return nil
      default: index += 1
      }
    }
    return nil
  }

  /// `HTTP/1.x`, three digits, and a reason that nobody reads.
  /// - Returns: where the fields begin.
  private mutating func parseStatusLine(_ bytes: ArraySlice<UInt8>) throws(UpstreamAnswerParser.Malformed) -> Int {
    guard let end = Self.endOfLine(bytes, from: bytes.startIndex), end - bytes.startIndex >= 12 else {
      throw UpstreamAnswerParser.Malformed()
    }
    let line = bytes[bytes.startIndex..<end]
    guard line.allSatisfy(Self.isFieldByte), Self.starts(line, with: "HTTP/1.") else {
      throw UpstreamAnswerParser.Malformed()
    }
    let minor = line[line.startIndex + 7]
    guard minor == UInt8(ascii: "0") || minor == UInt8(ascii: "1"), line[line.startIndex + 8] == 0x20,
      line.count == 12 || line[line.startIndex + 12] == 0x20
    else { throw UpstreamAnswerParser.Malformed() }
    staysOpen = minor == UInt8(ascii: "1")
    guard let status = Self.number(line[line.startIndex + 9..<line.startIndex + 12]), status >= 100 else {
      throw UpstreamAnswerParser.Malformed()
    }
    self.status = status
    return end + 2
  }

  private mutating func parseField(_ line: ArraySlice<UInt8>) throws(UpstreamAnswerParser.Malformed) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
      throw UpstreamAnswerParser.Malformed()
    }
    let name = line[line.startIndex..<colon]
    guard name.allSatisfy(Self.isNameByte) else { throw UpstreamAnswerParser.Malformed() }
    let value = Self.trimmed(line[(colon + 1)...])
    guard value.allSatisfy(Self.isFieldByte) else { throw UpstreamAnswerParser.Malformed() }
    switch name.count {
    case 10 where Self.equals(name, "connection"): parseConnection(value)
    case 12 where Self.equals(name, "content-type"):
      if mediaType == nil { mediaType = String(decoding: value, as: UTF8.self) }
    case 14 where Self.equals(name, "content-length"):
      guard let count = Self.number(value), byteCount == nil || byteCount == count else {
        throw UpstreamAnswerParser.Malformed()
      }
      byteCount = count
    case 17 where Self.equals(name, "transfer-encoding"):
      guard Self.equals(value, "chunked"), !isChunked else { throw UpstreamAnswerParser.Malformed() }
      isChunked = true
    default: break
    }
  }

  /// A list of words, of which two are known.
  private mutating func parseConnection(_ value: ArraySlice<UInt8>) {
    for word in value.split(separator: UInt8(ascii: ",")) {
      let word = Self.trimmed(word)
      if Self.equals(word, "close") { staysOpen = false }
    }
  }

  // MARK: Bytes

  /// Visible, a space, a tab, or beyond ASCII: no control character.
  static func isFieldByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

  /// RFC 9110, section 5.6.2.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: "!#$%&'*+.^`|~".utf8.contains(byte)
    }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes = bytes.dropFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
    return bytes
  }

  /// In any case of letters; `lower` is in lower case.
  private static func equals(_ bytes: ArraySlice<UInt8>, _ lower: StaticString) -> Bool {
    guard bytes.count == lower.utf8CodeUnitCount else { return false }
    var index = 0
    for byte in bytes {
      let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      guard (isUpper ? byte | 0x20 : byte) == lower.utf8Start[index] else { return false }
      index += 1
    }
    return true
  }

  private static func starts(_ bytes: ArraySlice<UInt8>, with prefix: String) -> Bool {
    bytes.starts(with: prefix.utf8)
  }

  /// Digits alone, at most 15 of them.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard !bytes.isEmpty, bytes.count <= 15 else { return nil }
    var number = 0
    for byte in bytes {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }
}
