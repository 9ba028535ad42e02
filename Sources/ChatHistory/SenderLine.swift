/// Finds the sender of a message line.
enum SenderLine {
  /// Longer names are no names; in bytes.
  private static let senderByteCountLimit = 256

  /// Sender and text of `Ana: hello`; nil for a system line such as `Bob changed the group name to "Party: 2024"`.
  static func split(_ line: String, knowing senders: Set<String>) -> (sender: String, rest: String)? {
    let bytes = line.utf8
    var start = bytes.startIndex
    while let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")) {
      guard bytes.distance(from: bytes.startIndex, to: colon) <= senderByteCountLimit else { return nil }
      let after = line[bytes.index(after: colon)...]
      let sender = name(line[..<colon])
      if let next = after.unicodeScalars.first {
        if ScalarScanner.isBlank(next) {
          return isName(sender) ? (sender, String(after.unicodeScalars.dropFirst())) : nil
        }
        if senders.contains(sender) { return (sender, String(after)) }
      } else {
        return isName(sender) ? (sender, "") : nil
      }
      start = bytes.index(after: colon)
    }
    return nil
  }

  /// Without directional marks and without the tilde of senders who are no contacts.
  private static func name(_ text: Substring) -> String {
    var name = MessageBody.trimmed(text)
    name.unicodeScalars.removeAll(where: ScalarScanner.isMark)
    if name.first == "~" { name = MessageBody.trimmed(name.dropFirst()) }
    return name
  }

  /// A name is not empty and does not open a quotation without closing it.
  private static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.count(where: { "\"\u{201C}\u{201D}\u{201E}«»「」『』".unicodeScalars.contains($0) })
        .isMultiple(of: 2)
  }
}
