/// How notes of many parts become few enough for one call: in groups of neighbours, as even as they can be.
struct NoteMerging {
  /// Of one part's notes with all that is around them.
  private let noteByteLimit: Int
  /// The most notes that fit one call. Two or more, so that each round leaves fewer.
  let groupLimit: Int

  /// - Parameter room: the bytes of one call.
  init(room: Int) {
    noteByteLimit = min(ChatSummarizing.noteByteLimit, room / 2)
    groupLimit = room / noteByteLimit
  }

  /// The calls behind those for the parts themselves.
  func callCount(noteCount: Int) -> Int {
    var (count, calls) = (noteCount, 1)
    while count > groupLimit {
      count = groupCount(count)
      calls += count
    }
    return calls
  }

  private func groupCount(_ noteCount: Int) -> Int { (noteCount + groupLimit - 1) / groupLimit }

  func groups(_ notes: [QuotedData.Section]) -> [[QuotedData.Section]] {
    let count = groupCount(notes.count)
    return (0..<count).map { Array(notes[notes.count * $0 / count..<notes.count * ($0 + 1) / count]) }
  }

  /// Notes are text of a model that read a chat: as untrusted as that. What is above the limit is cut off.
  func section(_ notes: String) -> QuotedData.Section {
    let name = "notes"
    var room = noteByteLimit - QuotedData.Section(name: name, lines: []).byteCount
    var lines: [String] = []
    for line in QuotedText.lines(of: notes) {
      let limit = room - QuotedData.byteCount("")
      guard limit >= 8 else { break }
      let cut = QuotedText.cut(line, byteLimit: limit)
      lines.append(cut)
      room -= QuotedData.byteCount(cut)
    }
    return QuotedData.Section(name: name, lines: lines)
  }
}
