/// Edits of one line, each of which leaves capitals and punctuation as a reader expects them.
struct DraftEditing {
  var chunks: [Draft.Chunk]
  let rules: WritingRules

  /// Whether a sentence begins at a chunk. A line begins one too, as far as a rule can tell.
  func beginsSentence(_ index: Int) -> Bool { index == 0 || chunks[index - 1].endsSentence }

  /// The sentence that a chunk belongs to.
  func sentence(around index: Int) -> Range<Int> {
    var start = index
    while !beginsSentence(start) { start -= 1 }
    var end = index
    while end < chunks.count - 1, !chunks[end].endsSentence { end += 1 }
    return start..<(end + 1)
  }

  func isQuestion(_ sentence: Range<Int>) -> Bool {
    chunks[sentence].last.map { $0.closing.contains("?") || $0.core.hasSuffix("?") } ?? false
  }

  /// Whether listed words stand at a place, in their own spelling but for a capital at the beginning of a sentence, with
  /// no punctuation among them that is not listed too.
  func matches(_ words: [String], at index: Int) -> Bool {
    guard index + words.count <= chunks.count else { return false }
    for (offset, word) in words.enumerated() {
      let chunk = chunks[index + offset]
      let isLast = offset == words.count - 1
      guard chunk.isWord, offset == 0 || chunk.opening.isEmpty,
        isLast || chunk.closing == (word.hasSuffix(",") ? "," : "")
      else { return false }
      let core = chunk.core.replacing("’", with: "'")
      let expected = word.hasSuffix(",") ? String(word.dropLast()) : word
      guard core == expected || (offset == 0 && beginsSentence(index) && core == expected.capitalizedFirst) else {
        return false
      }
    }
    return true
  }

  /// Puts text in the place of chunks, with the case of the first and the marks around them.
  mutating func replace(_ range: Range<Int>, by text: String) {
    let first = chunks[range.lowerBound]
    let isCapitalized = first.core.first?.isUppercase == true && beginsSentence(range.lowerBound)
    let words = text.split(separator: " ").map(String.init)
    let usesTypographicMark = first.core.contains("’")
    var new = words.map { word in
      Draft.Chunk(
        kind: .word, space: " ", core: usesTypographicMark ? word.replacing("'", with: "’") : word)
    }
    new[0].space = first.space
    new[0].opening = first.opening
    if isCapitalized { new[0].core = new[0].core.capitalizedFirst }
    new[new.count - 1].closing = chunks[range.upperBound - 1].closing
    chunks.replaceSubrange(range, with: new)
  }

  /// Leaves chunks out where what is around them can close up; else nothing changes.
  /// - Returns: whether they are gone.
  mutating func remove(_ range: Range<Int>) -> Bool {
    let first = chunks[range.lowerBound]
    let closing = chunks[range.upperBound - 1].closing
    let begins = beginsSentence(range.lowerBound)
    let next = range.upperBound < chunks.count && !chunks[range.upperBound - 1].endsSentence ? range.upperBound : nil
    guard first.opening.isEmpty else { return false }
    if begins {
      guard let next, closing.isEmpty || closing == ",", chunks[next].opening.isEmpty else { return false }
      if first.core.first?.isUppercase == true {
        guard chunks[next].kind == .word, !chunks[next].isFixed, let letter = chunks[next].core.first else {
          return false
        }
        // A word with a capital inside, such as a brand, keeps its small beginning.
        guard letter.isUppercase || chunks[next].core.dropFirst().allSatisfy({ !$0.isUppercase }) else { return false }
        chunks[next].core = chunks[next].core.capitalizedFirst
      }
      chunks[next].space = first.space
    } else if !closing.isEmpty {
      let previous = range.lowerBound - 1
      guard chunks[previous].closing.isEmpty, !chunks[previous].isFixed, chunks[previous].kind == .word else {
        return false
      }
      chunks[previous].closing = closing
    }
    chunks.removeSubrange(range)
    return true
  }
}

extension String {
  /// The first letter in upper case, where that is one letter too.
  var capitalizedFirst: String {
    guard let first, first.uppercased().count == 1 else { return self }
    return first.uppercased() + dropFirst()
  }
}
