import ChatHistory

/// The lines of a file, without their endings (LF or CRLF).
enum TextLines {
  static let byteCountLimit = 1 << 20

  /// Behind a byte order mark and white space.
  static func start(of bytes: [UInt8]) -> Int {
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[start]) { start += 1 }
    return start
  }

  /// - Throws: `chat-line-too-long`.
  static func ranges(of bytes: [UInt8]) throws(ChatImportError) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = Self.start(of: bytes)
    while start < bytes.count {
      let newline = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let end = newline > start && bytes[newline - 1] == 0x0D ? newline - 1 : newline
      guard end - start <= byteCountLimit else {
        throw ChatImportError(
          ChatHistoryError.lineTooLong,
          "line \(lines.count + 1) has \(end - start) bytes, at most \(byteCountLimit) are read")
      }
      lines.append(start..<end)
      start = newline + 1
    }
    return lines
  }
}
