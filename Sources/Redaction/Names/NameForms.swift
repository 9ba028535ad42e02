/// The forms in which other people write one word of a name: cases of German, Slavic and Turkic languages, Romance and
/// Slavic diminutives, possessives, common short forms, plain letters for marked ones.
///
/// Apostrophes part words, so that `Anna's` and `Ayşe'nin` need no form here. Endings are added whatever language the
/// name is of, since a German may write to a Czech: more is found than is a name, and all of it comes back.
struct NameForms {
  /// Folded, each once, the name's own word first.
  private(set) var strong: [String] = []
  /// Forms that are likely to be another word: they count within a sentence and with a capital letter alone.
  private(set) var weak: [String] = []

  init(_ word: String) {
    let base = FoldedWord.folded(word)
    var strong = OrderedForms()
    var weak = OrderedForms()
    for spelling in [base, Self.withoutUmlauts(word)] {
      strong.add(spelling)
      for form in Self.inflected(spelling) {
        if form.isWeak { weak.add(form.text) } else { strong.add(form.text) }
      }
    }
    for short in Nicknames.of(base) {
      strong.add(short)
      for form in Self.inflected(short) {
        if form.isWeak { weak.add(form.text) } else { strong.add(form.text) }
      }
    }
    self.strong = strong.texts
    self.weak = weak.texts.filter { !strong.contains($0) }
  }

  private struct OrderedForms {
    private(set) var texts: [String] = []
    private var seen: Set<String> = []

    mutating func add(_ text: String) { if seen.insert(text).inserted { texts.append(text) } }
    func contains(_ text: String) -> Bool { seen.contains(text) }
  }

  /// `Müller` as `mueller`.
  private static func withoutUmlauts(_ word: String) -> String {
    var text = ""
    for scalar in word.lowercased().unicodeScalars {
      switch scalar {
      case "ä": text += "ae"
      case "ö": text += "oe"
      case "ü": text += "ue"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return FoldedWord.folded(text)
  }

  private static func isCyrillic(_ text: String) -> Bool {
    text.unicodeScalars.first.map { (0x400...0x52F).contains($0.value) } ?? false
  }

  private struct Form {
    let text: String
    let isWeak: Bool
  }

  private static func inflected(_ base: String) -> [Form] {
    guard let last = base.unicodeScalars.last, base.unicodeScalars.count >= 3 else { return [] }
    if isCyrillic(base) { return CyrillicEndings.forms(of: base).map { Form(text: $0, isWeak: false) } }
    guard (0x61...0x7A).contains(last.value) else { return [] }
    // Short words with short endings are often other words: Tim, time.
    let isShort = base.unicodeScalars.count == 3
    var forms = LatinEndings.added.map { ending in
      Form(text: base + ending, isWeak: isShort && ending != "s" && ending.utf8.count < 3)
    }
    for (stem, endings) in LatinEndings.changed(base) {
      let isShort = stem.unicodeScalars.count < 3
      forms += endings.map { ending in
        let text = stem + ending
        return Form(text: text, isWeak: (isShort && ending.utf8.count < 3) || CommonWords.contains(text))
      }
    }
    return forms
  }
}
