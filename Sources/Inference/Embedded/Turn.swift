/// What one message does in the conversation.
struct Turn {
  let sender: Int
  /// Minutes on the chat's clock.
  let minute: Int
  let clauses: Range<Int>
  let wordCount: Int
  /// No words but greetings, thanks, laughter and the like, or media left out.
  let isFluff: Bool
  let hasQuestion: Bool
  let agrees: Bool
  let refuses: Bool
  /// Says that the answer is not known.
  let isIgnorant: Bool
  /// Begins another topic.
  let changesTopic: Bool
  /// Sum of the weights of its features.
  let substance: Double
  /// Words that tell its topic.
  let topicWords: [Int]
  /// Participants it names.
  let namedSenders: [Int]
  let sympathizes: Bool
  /// Offers or promises something.
  let commits: Bool
  /// Says that something is found or settled.
  let resolves: Bool
  /// Tells of what was.
  let isPast: Bool
  let denies: Bool
  /// Decides, asks for something, proposes, promises or names a time.
  let isGrave: Bool
  /// Little but laughter.
  let laughs: Bool
  /// Speaks of the own person.
  let namesSelf: Bool
  let hasTime: Bool
  let hasPlace: Bool
  let hasAmount: Bool
  /// Clock times and named days.
  let timeWords: Set<Int>
  let hasClock: Bool
  let hasDay: Bool
  /// The latest day it speaks of, in days since 1970-01-01.
  let latestDay: Int?
  var segment = 0

  /// A longer turn is no mere echo of others.
  static let echoWordLimit = 7

  var isShort: Bool { wordCount <= 5 }
  var isHeavy: Bool { substance >= 1.6 || wordCount >= 9 }
}

extension Turn {
  init(
    sender: Int, minute: Int, text: MessageText, hits: [PhraseHits], clauses: ArraySlice<Clause>,
    vocabulary: Vocabulary,
    senderOfWord: [Int: Int]
  ) {
    let opening = Self.openingCues(text, hits)
    let resolves = hits.contains { sentence in sentence.all.contains { $0.cue == .resolved } }
    var features: [Feature] = []
    for clause in clauses { features += clause.features }
    let approves = Self.approvesBySign(text)
    let wordCount = clauses.reduce(0) { $0 + $1.wordCount }
    self.init(
      sender: sender, minute: minute, clauses: clauses.startIndex..<clauses.endIndex, wordCount: wordCount,
      isFluff: clauses.allSatisfy(\.isFluff), hasQuestion: clauses.contains(where: \.isQuestion),
      agrees: opening.contains(.agreement) || approves, refuses: opening.contains(.refusal),
      isIgnorant: clauses.contains { $0.cues.ignorance > 0 },
      changesTopic: clauses.first?.cues.topicChange ?? 0 > 0 || opening.contains(.topicChange),
      substance: features.reduce(0) { $0 + $1.weight },
      topicWords: features.compactMap { $0.kind == .clock || $0.kind == .day ? nil : $0.word },
      namedSenders: text.words.compactMap { senderOfWord[$0] },
      sympathizes: opening.contains(.sympathy), commits: clauses.contains { $0.cues.commitment > 0 },
      resolves: resolves, isPast: clauses.contains { $0.cues.past > 0 },
      denies: text.words.contains { $0 >= 0 && vocabulary.words[$0].cues.contains(.negation) },
      isGrave: opening.contains(.agreement)
        || clauses.contains {
          $0.cues.decision + $0.cues.request + $0.cues.change + $0.cues.proposal + $0.cues.commitment > 0.6
        }
        || features.contains { ($0.kind == .clock || $0.kind == .day) && $0.weight > 1 },
      laughs: wordCount <= 7 && Self.laughs(text, vocabulary),
      namesSelf: text.words.contains { $0 >= 0 && vocabulary.words[$0].cues.contains(.selfWord) },
      hasTime: features.contains { $0.kind == .clock || $0.kind == .day },
      hasPlace: features.contains { $0.kind == .place || $0.kind == .name },
      hasAmount: features.contains { $0.kind == .amount }, timeWords: Self.timeWords(features),
      hasClock: features.contains { $0.kind == .clock && $0.weight > 1 },
      hasDay: features.contains { $0.kind == .day && $0.weight > 1 },
      latestDay: clauses.compactMap(\.latestDay).max())
  }

  private static func timeWords(_ features: [Feature]) -> Set<Int> {
    Set(features.lazy.filter { $0.kind == .clock || ($0.kind == .day && $0.weight > 1) }.map(\.word))
  }

  /// Cues of phrases that begin with the first or second word.
  private static func openingCues(_ text: MessageText, _ hits: [PhraseHits]) -> CueSet {
    var cues = CueSet()
    guard let sentence = text.sentences.first, let first = sentence.tokens.first(where: text.isWord) else {
      return cues
    }
    for hit in hits[0].all
    where hit.tokens.lowerBound <= first + 1 || hit.cue == .topicChange { cues.insert(hit.cue) }
    return cues
  }

  private static func laughs(_ text: MessageText, _ vocabulary: Vocabulary) -> Bool {
    for (index, token) in text.tokens.enumerated() {
      if token.kind == .emoji, let scalar = text.scalars[token.range].first {
        switch scalar.value {
        case 0x1F602, 0x1F923, 0x1F605, 0x1F606, 0x1F639, 0x1F92D, 0x1F61C, 0x1F61D, 0x1F92A: return true
        default: continue
        }
      }
      if text.isWord(index), vocabulary.words[text.words[index]].cues.contains(.laughter) { return true }
    }
    return false
  }

  /// A thumb, a tick, a heart, or "+1".
  private static func approvesBySign(_ text: MessageText) -> Bool {
    guard text.tokens.count <= 8 else { return false }
    for (index, token) in text.tokens.enumerated() {
      if token.kind == .symbol("+"), index + 1 < text.tokens.count, text.scalars[text.tokens[index + 1].range] == ["1"]
      {
        return true
      }
      guard token.kind == .emoji, let scalar = text.scalars[token.range].first else { continue }
      switch scalar.value {
      case 0x1F44D, 0x1F44C, 0x2705, 0x2714, 0x2611, 0x1F64C, 0x1F4AA, 0x2764, 0x1F44F, 0x1F389, 0x1F197: return true
      default: continue
      }
    }
    return false
  }
}
