/// Makes a line shorter: listed phrases by listed words, listed fillers left out.
struct ConciseRules {
  static func apply(to line: inout [Draft.Chunk], _ rules: WritingRules) {
    var editing = DraftEditing(chunks: line, rules: rules)
    replacePhrases(&editing)
    dropFillers(&editing)
    line = editing.chunks
  }

  private static func replacePhrases(_ editing: inout DraftEditing) {
    var index = 0
    while index < editing.chunks.count {
      if let rule = editing.rules.shorter.first(where: { editing.matches($0.words, at: index) }) {
        if rule.takesComma, !editing.beginsSentence(index), editing.chunks[index - 1].isWord,
          editing.chunks[index - 1].closing.isEmpty,
          !editing.rules.conjunctions.contains(editing.chunks[index - 1].core.lowercased())
        {
          editing.chunks[index - 1].closing = ","
        }
        editing.replace(index..<(index + rule.words.count), by: rule.substitute)
      }
      index += 1
    }
  }

  private static func dropFillers(_ editing: inout DraftEditing) {
    var index = 0
    while index < editing.chunks.count {
      if let filler = editing.rules.fillers.first(where: { isIdle($0, at: index, editing) }),
        editing.remove(index..<(index + filler.words.count))
      {
        continue
      }
      index += 1
    }
  }

  /// Whether a filler stands at a place and says nothing there: not in a question, not behind a negation, with two words
  /// or more left in its sentence.
  private static func isIdle(_ filler: WritingRules.Filler, at index: Int, _ editing: DraftEditing) -> Bool {
    guard editing.matches(filler.words, at: index) else { return false }
    let chunks = editing.chunks
    let last = index + filler.words.count - 1
    let sentence = editing.sentence(around: index)
    guard last < sentence.upperBound, !editing.isQuestion(sentence),
      sentence.count - filler.words.count >= 2,
      !chunks[sentence.lowerBound..<index].contains(where: { editing.rules.isNegation($0.core) })
    else { return false }
    switch (filler.place, editing.beginsSentence(index)) {
    case (.within, true), (.apart, false): return false
    case (.apart, true): guard chunks[last].closing == "," else { return false }
    case (.anywhere, true): break
    case (.within, false), (.anywhere, false):
      let before = chunks[index - 1]
      guard before.isWord, before.closing.isEmpty, !editing.rules.conjunctions.contains(before.core.lowercased()),
        !filler.notBehind.contains(before.core.lowercased())
      else { return false }
    }
    if filler.needsNext {
      guard chunks[last].closing.isEmpty, last + 1 < sentence.upperBound, chunks[last + 1].kind == .word else {
        return false
      }
    }
    return last + 1 == chunks.count || !filler.notBefore.contains(chunks[last + 1].core.lowercased())
  }
}
