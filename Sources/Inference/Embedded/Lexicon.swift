/// One language's dictionary made ready for look-up by a phrase's first word.
struct Lexicon: Sendable {
  struct Phrase: Sendable {
    let cue: Cue
    /// The words behind the first.
    let rest: [Pattern]
  }

  enum Pattern: Sendable {
    case exact(String)
    case stem(String)
    case any
    /// No word: the clause ends here.
    case end

    init(_ word: String) {
      self =
        word == "*" ? .any : word == "$" ? .end : word.hasSuffix("*") ? .stem(String(word.dropLast())) : .exact(word)
    }

    func matches(_ word: String) -> Bool {
      switch self {
      case .exact(let expected): word == expected
      case .stem(let stem): word.hasPrefix(stem)
      case .any: true
      case .end: false
      }
    }
  }

  private var words: [String: CueSet] = [:]
  private var phrases: [String: [Phrase]] = [:]
  private var stems: [String: [Phrase]] = [:]
  private var longestStem = 0
  let language: Language

  private init(_ dictionary: LanguageDictionary) {
    language = dictionary.language
    for entry in dictionary.entries {
      for phrase in LanguageDictionary.phrases(cue: entry.cue, text: entry.text) {
        let first = phrase[0]
        let value = Phrase(cue: entry.cue, rest: phrase.dropFirst().map(Pattern.init))
        if first.hasSuffix("*") {
          let stem = String(first.dropLast())
          stems[stem, default: []].append(value)
          longestStem = max(longestStem, stem.unicodeScalars.count)
        } else if entry.cue.isWordList {
          words[first, default: CueSet()].insert(entry.cue)
        } else {
          phrases[first, default: []].append(value)
        }
      }
    }
  }

  private static let english = Lexicon(.english)
  private static let german = Lexicon(.german)
  private static let spanish = Lexicon(.spanish)

  static func lexicon(for language: Language) -> Lexicon {
    switch language {
    case .english: english
    case .german: german
    case .spanish: spanish
    }
  }

  /// The cues of the word itself and the phrases that may begin with it.
  func entry(for word: String) -> (cues: CueSet, phrases: [Phrase]) {
    var cues = words[word] ?? CueSet()
    var found = phrases[word] ?? []
    var prefix = ""
    for scalar in word.unicodeScalars.prefix(longestStem) {
      prefix.unicodeScalars.append(scalar)
      for phrase in stems[prefix] ?? [] {
        if phrase.cue.isWordList { cues.insert(phrase.cue) } else { found.append(phrase) }
      }
    }
    return (cues, found)
  }

  func isStopWord(_ word: String) -> Bool { words[word]?.contains(.stop) ?? false }
}

/// The distinct words of one chat, numbered, each looked up once.
struct Vocabulary {
  struct Word {
    let text: String
    let cues: CueSet
    let phrases: [Lexicon.Phrase]
    /// Messages that hold the word.
    var messageCount = 0
    var lastMessage = -1
    var isParticipant = false
    /// The number of the word without its ending, by which words of a topic are known again.
    var topic = 0
  }

  private let lexicon: Lexicon
  private var numbers: [String: Int] = [:]
  var words: [Word] = []

  init(lexicon: Lexicon) { self.lexicon = lexicon }

  var language: Language { lexicon.language }

  mutating func number(of text: String) -> Int {
    if let number = numbers[text] { return number }
    let entry = lexicon.entry(for: text)
    let number = words.count
    words.append(Word(text: text, cues: entry.cues, phrases: entry.phrases))
    numbers[text] = number
    let stem = Self.stem(of: text)
    words[number].topic = stem == text ? number : self.number(of: stem)
    return number
  }

  /// Cuts common endings of the three languages; a stem is its own stem.
  private static func stem(of text: String) -> String {
    var stem = text
    if stem.hasSuffix("'s") { stem.removeLast(2) }
    guard let first = stem.utf8.first, !(0x30...0x39).contains(first) else { return text }
    while stem.utf8.count > 4, let last = stem.utf8.last, Self.endings.contains(last) { stem.removeLast() }
    return stem
  }

  private static let endings = Set("sneaor".utf8)
}
