/// The words of all known names, by every form that they are found in.
struct NameTable: Sendable {
  struct Match {
    /// As the name has the word.
    let base: String
    let number: Int
  }

  private struct Entry {
    let base: String
    let number: Int
    /// 0 is the name's own word, 1 a form of it, 2 a form that may be another word.
    let rank: Int
  }

  private var entries: [String: Entry] = [:]
  private var bases: Set<String> = []
  /// Of scripts without blanks.
  private(set) var unspaced = NameTrie()
  /// Forms that placeholders stand for, by the number of the name's word.
  var forms: [Int: [String: Placeholder]] = [:]

  /// Of a word, in scalars; a longer one is nobody's name.
  private static let lengthLimit = 128

  /// Whether a word of a display name is looked for: it has two letters, and is not one that names only join with.
  static func isName(_ word: String) -> Bool {
    guard word.unicodeScalars.count <= lengthLimit else { return false }
    let folded = FoldedWord.folded(word)
    guard word.unicodeScalars.contains(where: { !("0"..."9").contains($0) }) else { return false }
    if word.unicodeScalars.contains(where: FoldedWord.isUnspaced) { return word.unicodeScalars.count >= 2 }
    return folded.unicodeScalars.count >= 2 && !CommonWords.isParticle(folded)
  }

  /// Whether the word is that of a name, marks and case aside.
  func holds(_ word: String) -> Bool { bases.contains(FoldedWord.folded(word)) }

  /// - Parameter withForms: else the word is found as it is written alone.
  mutating func add(_ word: String, number: Int, withForms: Bool) {
    bases.insert(FoldedWord.folded(word))
    if word.unicodeScalars.contains(where: FoldedWord.isUnspaced) { unspaced.add(word, number: number) }
    // Of two letters only the name's own spelling is one: forms in its place would hide other names' from the text.
    guard withForms, word.unicodeScalars.count > 2 else {
      return insert(FoldedWord.folded(word), Entry(base: word, number: number, rank: 0))
    }
    let forms = NameForms(word)
    for (index, form) in forms.strong.enumerated() {
      insert(form, Entry(base: word, number: number, rank: index == 0 ? 0 : 1))
    }
    for form in forms.weak { insert(form, Entry(base: word, number: number, rank: 2)) }
  }

  /// A name's own word comes before forms of others, and the first name before later ones.
  private mutating func insert(_ form: String, _ entry: Entry) {
    if let known = entries[form], known.rank <= entry.rank { return }
    entries[form] = entry
  }

  /// - Parameter isSentenceStart: a capital letter says nothing there.
  func match(_ word: ArraySlice<Unicode.Scalar>, isSentenceStart: Bool) -> Match? {
    let folded = FoldedWord.folded(word)
    guard let entry = entries[folded], let first = word.first else { return nil }
    let isCapital = first.properties.generalCategory == .uppercaseLetter
    let isCased = isCapital || first.properties.generalCategory == .lowercaseLetter
    if entry.base.unicodeScalars.count == 2 {
      guard String(scalars: word) == entry.base || String(scalars: word) == entry.base.uppercased() else { return nil }
    } else if entry.rank == 2 {
      guard isCapital, !isSentenceStart else { return nil }
    } else if isCased, !isCapital, CommonWords.contains(folded) {
      return nil
    }
    return Match(base: entry.base, number: entry.number)
  }
}
