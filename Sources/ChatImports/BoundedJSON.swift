import StrictJSON

/// JSON of many megabytes, whose values are looked at where they stand.
enum BoundedJSON {
  /// Each value, and each name of a member, takes a node of some 20 bytes in memory.
  static let nodeCountLimit = 8 << 20

  /// - Throws: `chat-too-large` where the text may hold more values than the limit; the codes of StrictJSON.
  static func parse(_ bytes: [UInt8], tolerating tolerance: JSONText.Tolerance) throws(ChatImportError) -> JSONText {
    // Every node but the first stands behind one of these, so that they bound the nodes before any is made.
    var count = 1
    for byte in bytes where byte == 0x2C || byte == 0x3A || byte == 0x5B || byte == 0x7B { count += 1 }
    guard count <= nodeCountLimit else {
      throw .tooLarge("export has up to \(count) values, at most \(nodeCountLimit) are read")
    }
    do {
      return try JSONText(parsing: bytes, byteLimit: ChatFile.byteCountLimit, tolerating: tolerance)
    } catch {
      throw ChatImportError(error)
    }
  }
}

extension JSONText.Value {
  /// An integer that may be written as a string, as protocol buffers and Telegram write those of 64 bits.
  var wideInteger: Int64? {
    if let integer { return integer }
    guard let utf8, utf8.count <= 20 else { return nil }
    return Int64(String(decoding: utf8, as: UTF8.self))
  }

  /// A member's string where it is one and not empty.
  func text(_ name: StaticString) -> String? {
    guard let text = member(name)?.string, !text.isEmpty else { return nil }
    return text
  }
}
