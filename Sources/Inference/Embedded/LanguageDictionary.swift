/// What a word or a phrase tells about the sentence it stands in.
enum Cue: UInt64, Sendable, CaseIterable {
  // Words
  case stop
  case laughter
  case courtesy
  case filler
  /// Left out at a clause's start even with no comma behind.
  case lead
  case collective
  case questionWord
  /// What people chat about without consequence.
  case leisure
  case negation
  case asksPerson
  case asksTime
  case asksPlace
  /// Words by which a speaker means the own person.
  case selfWord
  case weekday
  case month
  case relativeDay
  case clockPreposition
  case clockUnit
  case currency
  case unit
  case placePreposition
  case streetWord
  case conjunction
  case dependent
  case abbreviation
  // Phrases
  case media
  case agreement
  case refusal
  case ignorance
  case anybody
  case decision
  case change
  case proposal
  case request
  case commitment
  case announcement
  case problem
  case topicChange
  case past
  /// Congratulation or comfort: what a message before it told matters to people.
  case sympathy
  /// What was looked for is found.
  case resolved
  /// Questions that only keep the talk going.
  case smallTalk
  case asksAmount
  case asksWhen
  /// Words before a day by which something is due.
  case dueWord
}

/// One language's cues. Each text lists phrases separated by commas, or words separated by white space where the cue
/// is one of words; `*` at a word's end stands for any ending, `$` at a phrase's end
/// for the end of a clause. Accents and case do not count.
struct LanguageDictionary: Sendable {
  let language: Language
  let entries: [(cue: Cue, text: String)]

  static let all: [LanguageDictionary] = [.english, .german, .spanish]

  static func dictionary(for language: Language) -> LanguageDictionary {
    switch language {
    case .english: .english
    case .german: .german
    case .spanish: .spanish
    }
  }

  /// The phrases of one entry, each a list of folded words.
  static func phrases(cue: Cue, text: String) -> [[String]] {
    let isWordList = cue.isWordList
    let pieces = text.split { isWordList ? $0.isWhitespace : $0 == "," }
    return pieces.map { piece in
      piece.split(whereSeparator: \.isWhitespace).map { word in Folding.folded(word.unicodeScalars) }
    }.filter { !$0.isEmpty }
  }

  /// The canonical bytes: language, then every cue with its phrases in order, each line ending in a line feed.
  var canonicalBytes: [UInt8] {
    var bytes = Array("language \(language.rawValue)\n".utf8)
    for entry in entries {
      bytes += Array("cue \(entry.cue)\n".utf8)
      for phrase in Self.phrases(cue: entry.cue, text: entry.text) {
        bytes += Array(phrase.joined(separator: " ").utf8)
        bytes.append(UInt8(ascii: "\n"))
      }
    }
    return bytes
  }
}

extension Cue {
  /// True where the dictionary lists single words separated by white space.
  var isWordList: Bool {
    switch self {
    case .media, .agreement, .refusal, .ignorance, .anybody, .decision, .change, .proposal, .request, .commitment,
      .announcement, .problem, .topicChange, .past, .courtesy, .filler, .sympathy, .resolved, .smallTalk, .asksAmount,
      .asksWhen:
      false
    default: true
    }
  }
}

/// A set of cues as bits.
struct CueSet: Sendable, Equatable {
  private var bits: UInt64 = 0

  private static func bit(_ cue: Cue) -> UInt64 { 1 << cue.rawValue }

  func contains(_ cue: Cue) -> Bool { bits & Self.bit(cue) != 0 }
  mutating func insert(_ cue: Cue) { bits |= Self.bit(cue) }
  mutating func formUnion(_ other: CueSet) { bits |= other.bits }
  var isEmpty: Bool { bits == 0 }
}
