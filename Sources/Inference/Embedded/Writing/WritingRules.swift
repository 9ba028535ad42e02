/// What rules may do with a draft in one language: put listed words in place of listed words, or leave listed ones out.
///
/// Words are compared as they are written here; at the start of a sentence the first letter may be upper-case.
struct WritingRules: Sendable {
  struct Replacement: Sendable {
    /// Words in a row, each but the last perhaps with a comma behind it.
    let words: [String]
    let substitute: String

    /// German words that begin a clause, which a comma parts from what stands before it.
    var takesComma: Bool { ["weil", "obwohl", "falls"].contains(substitute) }
  }

  /// Words that say nothing that the sentence does not say without them.
  struct Filler: Sendable {
    enum Place {
      /// Inside a sentence: a German one that begins with an adverb has its verb next, and without it asks.
      case within
      case anywhere
      /// At the beginning, with a comma behind it.
      case apart
    }

    let words: [String]
    var place = Place.within
    /// Whether it belongs to the word behind it, which must be there.
    var needsNext = false
    /// Words behind which, or before which, it means something.
    var notBehind: Set<String> = []
    var notBefore: Set<String> = []
  }

  let language: Language
  /// For `concise`.
  let shorter: [Replacement]
  let fillers: [Filler]
  /// For `professional`.
  let formal: [Replacement]
  /// Contractions of a verb and `not`, with what is written for them.
  let negatedVerbs: [String: String]
  let interjections: Set<String>
  /// Words that are no names and no abbreviations, in lower case: what may be written small when it is shouted.
  let neverNames: Set<String>
  /// Folded.
  let negations: Set<String>
  /// Behind these, in a question, a contraction of a verb and `not` can be written out.
  let subjects: Set<String>
  /// Behind these a clause goes on as if it began here.
  let conjunctions: Set<String>
  /// Ends with a period that ends no sentence.
  let abbreviations: Set<String>

  static func rules(for language: Language) -> WritingRules? {
    switch language {
    case .english: .english
    case .german: .german
    case .spanish: nil
    }
  }

  /// Whether a word turns a sentence into its opposite.
  func isNegation(_ word: String) -> Bool {
    let folded = Folding.folded(word.unicodeScalars)
    return negations.contains(folded) || folded.hasSuffix("n't")
      || (language == .german && folded.hasPrefix("kein"))
  }

  /// Every word that a rule of the language can write, in lower case.
  var substitutes: Set<String> {
    Set(
      ((shorter + formal).map(\.substitute) + negatedVerbs.values).flatMap { text in
        text.lowercased().split(separator: " ").map(String.init)
      })
  }

  /// A text of replacements, one on a line: `in order to = to`.
  static func replacements(_ text: String) -> [Replacement] {
    text.split(separator: "\n").map { line in
      let sides = line.split(separator: "=").map { $0.split(separator: " ").map(String.init) }
      guard sides.count == 2, sides.allSatisfy({ !$0.isEmpty }) else {
        preconditionFailure("a writing rule has no two sides")
      }
      return Replacement(words: sides[0], substitute: sides[1].joined(separator: " "))
    }
  }

  static func words(_ text: String) -> Set<String> { Set(text.split(whereSeparator: \.isWhitespace).map(String.init)) }
}

// What is the same in all languages.
extension WritingRules {
  static let smileys = words(
    ":) :-) ;) ;-) :D :-D ;D :( :-( :P :-P :p :-p ;P xD XD <3 ^^ :'( :'-( :O :-O :o :3 =) =D :* :-* :))) :)) ;))")

  /// Folded.
  static let greetings = words(
    """
    hi hey hello hiya dear greetings morning hallo hey hej moin servus guten liebe lieber liebes werte werter sehr hola \
    buenos buenas querido querida
    """)

  /// Folded.
  static let closings: [[String]] = [
    ["best"], ["kind", "regards"], ["warm", "regards"], ["regards"], ["cheers"], ["sincerely"], ["yours"], ["thanks"],
    ["thank", "you"], ["many", "thanks"], ["love"], ["see", "you"], ["all", "the", "best"], ["take", "care"],
    ["viele", "grusse"], ["liebe", "grusse"], ["beste", "grusse"], ["herzliche", "grusse"], ["schone", "grusse"],
    ["freundliche", "grusse"], ["mit", "freundlichen", "grussen"], ["mit", "freundlichem", "gruss"], ["gruss"],
    ["grusse"], ["viele", "gruesse"], ["liebe", "gruesse"], ["lg"], ["vg"], ["mfg"], ["bis", "dann"], ["bis", "bald"],
    ["danke"], ["vielen", "dank"], ["herzlichen", "dank"], ["saludos"], ["un", "saludo"], ["gracias"], ["abrazos"],
  ]

  /// Emoji that only colour what the words say: faces, hearts, applause. Thumbs, signs and marks say something.
  static func isOrnament(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1F645, 0x1F646: false
    case 0x1F600...0x1F64F, 0x1F910...0x1F917, 0x1F920...0x1F92F, 0x1F970...0x1F97A, 0x1F493...0x1F49F: true
    case 0x1F389, 0x1F38A, 0x1F44F, 0x1F525, 0x2728, 0x2764, 0x263A, 0x2639: true
    case 0x1F3FB...0x1F3FF, 0x200D, 0xFE0F: true
    default: false
    }
  }
}
