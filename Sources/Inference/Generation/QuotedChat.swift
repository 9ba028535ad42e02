/// Messages of a chat as lines of a quotation, in entries of which none is longer than a limit.
struct QuotedChat {
  /// A message, or a piece of one that is too long; each piece says when and whose.
  struct Entry {
    fileprivate(set) var lines: [String]

    var byteCount: Int { lines.reduce(0) { $0 + QuotedData.byteCount($1) } }
  }

  /// Of a sender's name.
  private static let senderByteLimit = 128

  let entries: [Entry]

  /// - Parameter byteLimit: of an entry in the message to the model; 400 or more.
  init(_ messages: [ChatMessage], byteLimit: Int) {
    entries = messages.flatMap { Self.entries(of: $0, byteLimit: byteLimit) }
  }

  private static func entries(of message: ChatMessage, byteLimit: Int) -> [Entry] {
    let sender = QuotedText.cut(QuotedText.singleLine(message.sender), byteLimit: senderByteLimit)
    let head = "\(stamp(message.time)) \(sender): "
    let indent = "  "
    let pieceLimit = byteLimit - QuotedData.byteCount(head)
    var entries: [Entry] = []
    var room = 0
    for line in QuotedText.lines(of: message.text) {
      for piece in QuotedText.pieces(of: line, byteLimit: pieceLimit) {
        let isContinued = QuotedData.byteCount(indent + piece) <= room
        let quoted = (isContinued ? indent : head) + piece
        if isContinued {
          entries[entries.count - 1].lines.append(quoted)
          room -= QuotedData.byteCount(quoted)
        } else {
          entries.append(Entry(lines: [quoted]))
          room = byteLimit - QuotedData.byteCount(quoted)
        }
      }
    }
    return entries
  }

  private static func stamp(_ time: LocalMinute) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    // In round brackets: no token of a chat template begins with one.
    return "(\(time.year)-\(two(time.month))-\(two(time.day)) \(two(time.hour)):\(two(time.minute)))"
  }

  /// The chat as consecutive parts of whole entries, each as full as it can be.
  func parts(byteLimit: Int) -> [[String]] {
    var parts: [[String]] = []
    var room = 0
    for entry in entries {
      if entry.byteCount <= room {
        parts[parts.count - 1] += entry.lines
      } else {
        parts.append(entry.lines)
        room = byteLimit
      }
      room -= entry.byteCount
    }
    return parts
  }

  /// The newest entries that fit.
  func newest(byteLimit: Int) -> [String] {
    var room = byteLimit
    var first = entries.endIndex
    while first > entries.startIndex, entries[first - 1].byteCount <= room {
      first -= 1
      room -= entries[first].byteCount
    }
    return entries[first...].flatMap(\.lines)
  }
}
