extension Draft {
  /// The longest greeting or closing, in chunks.
  private static let frameLimit = 5
  /// How many lines from the end a closing may begin.
  private static let closingLineLimit = 6

  /// Fixes greeting and closing: names stand there, and their tone is the writer's.
  mutating func fixFrame() {
    fixGreeting()
    fixClosing()
  }

  private mutating func fixGreeting() {
    guard let index = lines.firstIndex(where: { !$0.chunks.isEmpty }),
      let first = lines[index].chunks.first, first.kind == .word,
      WritingRules.greetings.contains(Folding.folded(first.core.unicodeScalars))
    else { return }
    let chunks = lines[index].chunks
    // `Hi Anna, can you …` as well as a line of its own.
    let end = chunks.prefix(Self.frameLimit).firstIndex { $0.closing.hasPrefix(",") || $0.closing.hasPrefix("!") }
    guard var end = end ?? (chunks.count <= Self.frameLimit ? chunks.count - 1 : nil) else { return }
    if chunks[(end + 1)...].allSatisfy({ $0.kind == .marks }) { end = chunks.count - 1 }
    for chunk in 0...end { lines[index].chunks[chunk].isFixed = true }
  }

  private mutating func fixClosing() {
    let filled = lines.indices.filter { !lines[$0].chunks.isEmpty }
    let candidates = filled.dropFirst().suffix(Self.closingLineLimit).filter { index in
      let words = lines[index].chunks.prefix(3).map { Folding.folded($0.core.unicodeScalars) }
      return lines[index].chunks.count <= Self.frameLimit
        && WritingRules.closings.contains { closing in words.starts(with: closing) }
    }
    guard let start = candidates.first else { return }
    for line in start..<lines.count {
      for chunk in lines[line].chunks.indices { lines[line].chunks[chunk].isFixed = true }
    }
  }
}
