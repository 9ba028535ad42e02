/// Makes a line fit for work: contractions and shorthand written out, no shouting, no ornament.
struct ProfessionalRules {
  /// - Parameter rules: nil where the language is not known; then marks alone change.
  static func apply(to line: inout [Draft.Chunk], _ rules: WritingRules?) {
    calmMarks(&line)
    dropOrnaments(&line)
    guard let rules else { return }
    var editing = DraftEditing(chunks: line, rules: rules)
    dropInterjections(&editing)
    writeOut(&editing)
    calmShouting(&editing)
    capitalize(&editing)
    line = editing.chunks
  }

  /// `!!!` to `!`, `?!?` to `?`.
  private static func calmMarks(_ line: inout [Draft.Chunk]) {
    for index in line.indices where !line[index].isFixed && !WritingRules.smileys.contains(line[index].closing) {
      line[index].closing = calmed(line[index].closing)
      if line[index].kind == .marks { line[index].opening = calmed(line[index].opening) }
    }
  }

  private static func calmed(_ marks: String) -> String {
    var output = ""
    var run = ""
    for mark in marks + "\n" {
      if mark == "!" || mark == "?" {
        run.append(mark)
        continue
      }
      if !run.isEmpty { output.append(run.contains("?") ? "?" : "!") }
      run = ""
      output.append(mark)
    }
    return String(output.dropLast())
  }

  /// Smileys and emoji that only colour the words before them: behind the end of a sentence or of the line.
  private static func dropOrnaments(_ line: inout [Draft.Chunk]) {
    var index = 0
    while index < line.count {
      defer { index += 1 }
      guard !line[index].isFixed, line[..<index].contains(where: { $0.kind != .marks }) || line[index].kind == .word
      else { continue }
      let isAtEnd = line[(index + 1)...].allSatisfy { isOrnament($0) }
      if isOrnament(line[index]) {
        if isAtEnd || line[index - 1].endsSentence {
          line.remove(at: index)
          index -= 1
        }
        continue
      }
      let bare = String(line[index].closing.unicodeScalars.filter { !WritingRules.isOrnament($0) })
      var stripped = line[index]
      stripped.closing = bare
      if isAtEnd || stripped.endsSentence { line[index].closing = bare }
    }
  }

  private static func isOrnament(_ chunk: Draft.Chunk) -> Bool {
    guard chunk.kind == .marks, !chunk.isFixed, chunk.opening.isEmpty else { return false }
    return WritingRules.smileys.contains(chunk.closing)
      || chunk.closing.unicodeScalars.allSatisfy { WritingRules.isOrnament($0) }
  }

  private static func dropInterjections(_ editing: inout DraftEditing) {
    var index = 0
    while index < editing.chunks.count {
      let chunk = editing.chunks[index]
      let sentence = editing.sentence(around: index)
      if chunk.isWord, editing.rules.interjections.contains(chunk.core.lowercased()), sentence.count >= 3,
        editing.beginsSentence(index) || index == sentence.upperBound - 1, editing.remove(index..<(index + 1))
      {
        continue
      }
      index += 1
    }
  }

  private static func writeOut(_ editing: inout DraftEditing) {
    let rules = editing.rules
    var index = 0
    while index < editing.chunks.count {
      if let rule = rules.formal.first(where: { editing.matches($0.words, at: index) }) {
        editing.replace(index..<(index + rule.words.count), by: rule.substitute)
      } else if let rule = rules.negatedVerbs.first(where: { editing.matches([$0.key], at: index) }),
        canStandApart(index, editing)
      {
        editing.replace(index..<(index + 1), by: rule.value)
      }
      index += 1
    }
  }

  /// Whether a verb and its `not` can stand behind each other: not where the subject must come between them, as in
  /// `don't you …` and in most questions.
  private static func canStandApart(_ index: Int, _ editing: DraftEditing) -> Bool {
    let sentence = editing.sentence(around: index)
    if !editing.isQuestion(sentence) {
      return index + 1 == editing.chunks.count
        || !editing.rules.subjects.contains(editing.chunks[index + 1].core.lowercased())
    }
    return index > sentence.lowerBound && editing.chunks[index - 1].closing.isEmpty
      && editing.rules.subjects.contains(editing.chunks[index - 1].core.lowercased())
  }

  /// Listed words that are shouted, in a sentence that is not; all of a sentence that is, if all its words are listed.
  private static func calmShouting(_ editing: inout DraftEditing) {
    var start = 0
    while start < editing.chunks.count {
      let sentence = editing.sentence(around: start)
      let words = sentence.filter { editing.chunks[$0].isWord }
      let shouted = words.filter { isShouted(editing.chunks[$0].core) }
      let listed = shouted.filter { editing.rules.neverNames.contains(editing.chunks[$0].core.lowercased()) }
      let isWhole = words.count >= 2 && words.allSatisfy { !editing.chunks[$0].core.contains { $0.isLowercase } }
      if !isWhole || listed.count == words.count {
        for index in listed where isWhole || editing.chunks[index].core.count >= 3 {
          editing.chunks[index].core = editing.chunks[index].core.lowercased()
          if editing.beginsSentence(index) {
            editing.chunks[index].core = editing.chunks[index].core.capitalizedFirst
          }
        }
      }
      start = sentence.upperBound
    }
  }

  private static func isShouted(_ word: String) -> Bool {
    word.count >= 2 && word.contains { $0.isUppercase } && !word.contains { $0.isLowercase }
  }

  /// A capital behind the end of a sentence in the same line, and for the English `i`.
  private static func capitalize(_ editing: inout DraftEditing) {
    for index in editing.chunks.indices where editing.chunks[index].isWord {
      let core = editing.chunks[index].core
      if editing.rules.language == .english, core == "i" {
        editing.chunks[index].core = "I"
      } else if index > 0, isEnd(editing.chunks[index - 1], editing.rules), !core.contains(where: { $0.isUppercase }) {
        editing.chunks[index].core = core.capitalizedFirst
      }
    }
  }

  /// Whether a chunk ends a sentence for certain: no abbreviation, no ellipsis.
  private static func isEnd(_ chunk: Draft.Chunk, _ rules: WritingRules) -> Bool {
    guard chunk.kind == .word, !chunk.closing.contains("…"), !chunk.closing.contains("..") else { return false }
    if chunk.closing.hasSuffix("!") || chunk.closing.hasSuffix("?") { return true }
    let word = chunk.core.lowercased()
    return chunk.closing == "." && word.count >= 4 && !rules.abbreviations.contains(word)
  }
}
