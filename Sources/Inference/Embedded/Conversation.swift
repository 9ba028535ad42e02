/// A whole chat, read: its turns, its clauses, and how the turns answer each other.
struct Conversation {
  /// What became of a question.
  enum Outcome {
    case noQuestion
    case answered
    case open
  }

  let request: SummaryRequest
  let texts: [MessageText]
  let clauses: [Clause]
  let senderNames: [String]
  let vocabulary: Vocabulary
  private(set) var turns: [Turn]
  /// Per clause.
  private(set) var outcomes: [Outcome]
  /// Others that congratulated or comforted, per turn.
  private(set) var sympathies: [Int]
  /// Others that laughed, per turn.
  private(set) var laughter: [Int]
  /// Others that agreed, and others that reacted, per turn.
  private(set) var agreements: [Int]
  private(set) var reactions: [Int]
  /// Below 1 where a later message put another date or plan in place of this one's, per turn.
  private(set) var validity: [Double]
  let readerNumber: Int?
  /// 0 to 1 per turn: how much of the talk around it is laughter.
  private(set) var banter: [Double]
  /// 0 to 1 per turn: how much of the talk around it plans, asks and decides.
  private(set) var gravity: [Double]
  /// Per turn: it offers what others asked for just before.
  private(set) var accepts: [Bool]
  /// Per turn: others agreed on its topic just before, and it says how things stand.
  private(set) var settles: [Bool]
  /// Per turn: a later one settles what it asks.
  private(set) var superseded: [Bool]
  /// 0 to 1 per sender: how much of what others react to comes from them.
  private(set) var leadership: [Double]
  /// Per turn: the share of its words that others said shortly before.
  private(set) var echo: [Double]

  /// Minutes without a message that part two segments.
  private static let segmentGap = 75

  init(request: SummaryRequest, language: Language) {
    self.request = request
    var vocabulary = Vocabulary(lexicon: Lexicon.lexicon(for: language))
    var senders: [String: Int] = [:]
    var senderNames: [String] = []
    var numbers: [Int] = []
    var texts: [MessageText] = []
    for (index, message) in request.messages.enumerated() {
      let text = MessageText(message.text, vocabulary: &vocabulary)
      Self.count(text, message: index, in: &vocabulary)
      texts.append(text)
      let number = senders[message.sender] ?? senderNames.count
      if number == senderNames.count {
        senders[message.sender] = number
        senderNames.append(message.sender)
      }
      numbers.append(number)
    }
    let senderOfWord = Self.markParticipants(senderNames, in: &vocabulary)
    let reader = ClauseReader(vocabulary: vocabulary, messageCount: texts.count)
    var clauses: [Clause] = []
    var turns: [Turn] = []
    for (index, text) in texts.enumerated() {
      let first = clauses.count
      let hits = reader.hits(in: text)
      clauses += reader.clauses(of: text, hits: hits, message: index, written: request.messages[index].time)
      turns.append(
        Turn(
          sender: numbers[index], minute: request.messages[index].time.minuteNumber, text: text,
          hits: hits, clauses: clauses[first...], vocabulary: vocabulary, senderOfWord: senderOfWord))
    }
    self.texts = texts
    self.clauses = clauses
    self.senderNames = senderNames
    self.vocabulary = vocabulary
    self.turns = turns
    outcomes = Array(repeating: .noQuestion, count: clauses.count)
    agreements = Array(repeating: 0, count: turns.count)
    reactions = agreements
    sympathies = agreements
    laughter = agreements
    validity = Array(repeating: 1, count: turns.count)
    accepts = Array(repeating: false, count: turns.count)
    settles = accepts
    superseded = accepts
    leadership = Array(repeating: 0, count: senderNames.count)
    banter = Array(repeating: 0, count: turns.count)
    gravity = banter
    echo = Array(repeating: 0, count: turns.count)
    readerNumber = Self.number(ofReader: request.reader, in: senderNames)
  }

  private static func count(_ text: MessageText, message: Int, in vocabulary: inout Vocabulary) {
    for sentence in text.sentences {
      for token in sentence.tokens where text.isWord(token) {
        let word = vocabulary.words[text.words[token]].topic
        if vocabulary.words[word].lastMessage != message {
          vocabulary.words[word].lastMessage = message
          vocabulary.words[word].messageCount += 1
        }
      }
    }
  }

  /// Marks the words of senders' names; returns which sender a first name stands for.
  private static func markParticipants(_ names: [String], in vocabulary: inout Vocabulary) -> [Int: Int] {
    var senderOfWord: [Int: Int] = [:]
    for (number, name) in names.enumerated() {
      let scalars = Array(name.unicodeScalars.prefix(200))
      for token in Tokenizer.tokens(of: scalars).prefix(4) where token.kind == .word && token.isCapitalized {
        let text = Folding.folded(scalars[token.range])
        guard text.unicodeScalars.count >= 3 else { continue }
        let word = vocabulary.number(of: text)
        guard !vocabulary.words[word].cues.contains(.stop) else { continue }
        vocabulary.words[word].isParticipant = true
        vocabulary.words[vocabulary.words[word].topic].isParticipant = true
        if senderOfWord[word] == nil { senderOfWord[word] = number }
      }
    }
    return senderOfWord
  }

  private static func number(ofReader reader: String?, in names: [String]) -> Int? {
    guard let reader else { return nil }
    let folded = Folding.folded(reader.unicodeScalars)
    return names.firstIndex { Folding.folded($0.unicodeScalars) == folded }
  }

  // MARK: How turns relate

  /// Works out segments, reactions, answers and what was replaced.
  mutating func relate() {
    var segment = 0
    for index in turns.indices {
      if index > 0, turns[index].minute - turns[index - 1].minute > Self.segmentGap { segment += 1 }
      turns[index].segment = segment
    }
    for index in turns.indices {
      (agreements[index], reactions[index], sympathies[index], laughter[index]) = responses(to: index)
      for clause in turns[index].clauses where clauses[clause].isQuestion {
        outcomes[clause] = isAnswered(clause) ? .answered : .open
      }
    }
    markReplaced()
    markLeaders()
    for index in turns.indices {
      echo[index] = echoShare(of: index)
      banter[index] = banterShare(around: index)
      gravity[index] = gravityShare(around: index)
      accepts[index] =
        (turns[index].commits && followsRequest(index)) || (turns[index].namesSelf && followsSearch(index))
      markSettled(by: index)
    }
  }

  private func banterShare(around index: Int) -> Double {
    let reach = 4
    let near = max(0, index - reach)...min(turns.count - 1, index + reach)
    let laughing = near.count { other in
      other != index && turns[other].laughs && abs(turns[other].minute - turns[index].minute) <= 60
    }
    return Double(laughing) / Double(2 * reach)
  }

  private func gravityShare(around index: Int) -> Double {
    let reach = 5
    let near = max(0, index - reach)...min(turns.count - 1, index + reach)
    let others = near.filter { $0 != index && turns[$0].segment == turns[index].segment }
    guard !others.isEmpty else { return 0.5 }
    return Double(others.count { turns[$0].isGrave }) / Double(others.count)
  }

  private func followsRequest(_ index: Int) -> Bool {
    for earlier in max(0, index - 6)..<index where turns[earlier].sender != turns[index].sender {
      guard turns[index].minute - turns[earlier].minute <= 120 else { continue }
      if clauses[turns[earlier].clauses].contains(where: { clause in
        clause.isQuestion && (clause.cues.anybody > 0 || clause.cues.request > 0 || clause.asksFor == .person)
      }) {
        return true
      }
    }
    return false
  }

  /// True where somebody asked who would do something, and nobody has said yet.
  private func followsSearch(_ index: Int) -> Bool {
    guard !turns[index].denies, !turns[index].hasQuestion, !turns[index].isFluff else { return false }
    for earlier in max(0, index - 3)..<index where turns[earlier].sender != turns[index].sender {
      guard turns[index].minute - turns[earlier].minute <= 120 else { continue }
      if clauses[turns[earlier].clauses].contains(where: { $0.isQuestion && $0.asksFor == .person }) { return true }
    }
    return false
  }

  /// A statement on what was asked or proposed shortly before, with others' assent between, settles it.
  private mutating func markSettled(by index: Int) {
    let turn = turns[index]
    guard !turn.hasQuestion, turn.wordCount >= 4, !turn.laughs, !turn.denies else { return }
    let rare = turn.topicWords.filter { vocabulary.words[$0].messageCount <= 6 && !vocabulary.words[$0].isParticipant }
    var assents = 0
    for earlier in (max(0, index - 12)..<index).reversed() {
      guard turn.minute - turns[earlier].minute <= 240 else { break }
      if turns[earlier].agrees, turns[earlier].sender != turn.sender { assents += 1 }
      let asks = clauses[turns[earlier].clauses].contains { $0.isQuestion || $0.cues.proposal > 0 }
      let shares =
        turns[earlier].topicWords.contains(where: rare.contains)
        || !turn.timeWords.isDisjoint(with: turns[earlier].timeWords)
      guard asks, assents > 0, shares else { continue }
      settles[index] = true
      if turns[earlier].wordCount <= turn.wordCount + 4 { superseded[earlier] = true }
    }
  }

  private mutating func markLeaders() {
    for index in turns.indices where turns[index].isHeavy && reactions[index] > 0 {
      leadership[turns[index].sender] += 1
    }
    let most = leadership.max() ?? 0
    guard most > 0 else { return }
    leadership = leadership.map { $0 / most }
  }

  private func echoShare(of index: Int) -> Double {
    guard turns[index].wordCount <= Turn.echoWordLimit else { return 0 }
    var said: Set<Int> = []
    for earlier in max(0, index - 6)..<index where turns[earlier].sender != turns[index].sender {
      guard turns[index].minute - turns[earlier].minute <= 60 else { continue }
      for clause in turns[earlier].clauses { for feature in clauses[clause].features { said.insert(feature.word) } }
    }
    var total = 0.0
    var repeated = 0.0
    for clause in turns[index].clauses {
      for feature in clauses[clause].features {
        total += feature.weight
        if said.contains(feature.word) { repeated += feature.weight }
      }
    }
    return total > 0 ? repeated / total : 0
  }

  /// Distinct others that agree with a turn, and that react at all, before the talk moves on.
  private func responses(to index: Int) -> (agreements: Int, reactions: Int, sympathies: Int, laughter: Int) {
    var agreeing: Set<Int> = []
    var reacting: Set<Int> = []
    var feeling: Set<Int> = []
    var laughing: Set<Int> = []
    let turn = turns[index]
    for later in (index + 1)..<max(index + 1, min(index + 11, turns.count)) {
      let reply = turns[later]
      guard reply.minute - turn.minute <= 240 else { break }
      if reply.sender == turn.sender {
        if reply.isHeavy { break }
        continue
      }
      if reply.sympathizes { feeling.insert(reply.sender) }
      if reply.agrees, !reply.refuses { agreeing.insert(reply.sender) }
      if reply.laughs {
        laughing.insert(reply.sender)
        continue
      }
      if reply.isShort || reply.isFluff || reply.agrees { reacting.insert(reply.sender) } else { break }
    }
    return (agreeing.count, reacting.count, feeling.count, laughing.count)
  }

  private func isAnswered(_ clause: Int) -> Bool {
    let index = clauses[clause].message
    let asking = turns[index]
    let isForAnybody = clauses[clause].cues.anybody > 0
    guard clauses[clause].wordCount >= 3 else { return true }
    let words = Set(asking.topicWords)
    // Those who said that they would find out.
    var seekers: Set<Int> = []
    var otherReplies = 0
    let asksNoPerson = clauses[clause].asksFor != .person
    // A later question draws the short answers to itself.
    var isCovered = false
    for later in (index + 1)..<max(index + 1, min(index + 120, turns.count)) {
      let reply = turns[later]
      let gap = reply.minute - asking.minute
      let shared = reply.topicWords.reduce(into: Set<Int>()) { if words.contains($1) { $0.insert($1) } }.count
      guard reply.sender != asking.sender else {
        if !reply.hasQuestion, reply.resolves ? shared >= 1 : shared >= 2 { return true }
        continue
      }
      if reply.isIgnorant, otherReplies < 4 {
        seekers.insert(reply.sender)
        otherReplies += 2
        continue
      }
      if reply.hasQuestion {
        isCovered = isCovered || reply.isHeavy || gap > 30
        otherReplies += 1
        continue
      }
      if otherReplies < 5, gap <= 240, !isCovered {
        if reply.refuses, isForAnybody {
          otherReplies += 1
          continue
        }
        if reply.agrees || reply.refuses, asksNoPerson || reply.namesSelf || reply.agrees { return true }
        let isClose = otherReplies < 2 && gap <= 15 && !reply.changesTopic && !reply.isFluff && !reply.laughs
        if isForAnybody {
          if reply.commits || (isClose && reply.namesSelf && !reply.denies) { return true }
        } else if isClose, reply.wordCount >= 2 || reply.substance > 0, gives(reply, clauses[clause].asksFor) {
          return true
        }
      }
      if isForAnybody, reply.refuses || (gap > 240 && shared < 2) {
        otherReplies += 1
        continue
      }
      if seekers.contains(reply.sender), sharesRareWord(reply, words) { return true }
      if shared >= 2 || (shared == 1 && otherReplies < 6 && gap <= 240) { return true }
      otherReplies += 1
    }
    return false
  }

  private func sharesRareWord(_ reply: Turn, _ words: Set<Int>) -> Bool {
    let shared = Set(reply.topicWords).intersection(words)
    return shared.count >= 2 || shared.contains { vocabulary.words[$0].messageCount <= 4 }
  }

  private func gives(_ reply: Turn, _ kind: AnswerKind) -> Bool {
    switch kind {
    case .anything: reply.wordCount >= 4 || reply.substance >= 0.75
    case .person: reply.namesSelf || !reply.namedSenders.isEmpty || reply.wordCount <= 2
    case .time: reply.hasTime || reply.hasAmount
    case .place: reply.hasPlace || reply.wordCount <= 4
    case .amount: reply.hasAmount || reply.hasTime
    }
  }

  /// A turn with a date and a word of change puts earlier dates on the same topic out of date.
  private mutating func markReplaced() {
    for index in turns.indices {
      let turn = turns[index]
      let day = turn.timeWords
      guard !day.isEmpty else { continue }
      markConfirmed(by: index, day)
      guard announcesChange(index) else { continue }
      let topic = Set(turn.topicWords)
      for earlier in max(0, index - 400)..<index where !turns[earlier].clauses.isEmpty {
        let earlierDay = turns[earlier].timeWords
        guard !earlierDay.isEmpty, turns[earlier].isHeavy, tellsSameKind(turns[earlier], turn) else { continue }
        let sharesTime = earlierDay.intersection(day).count { !vocabulary.words[$0].cues.contains(.month) } >= 2
        let shared =
          sharesTime
          || turns[earlier].topicWords.contains { word in
            topic.contains(word) && !vocabulary.words[word].isParticipant && vocabulary.words[word].messageCount <= 4
          }
        if shared { validity[earlier] = min(validity[earlier], 0.5) }
      }
    }
  }

  /// A new clock time leaves an earlier day alone.
  private func tellsSameKind(_ earlier: Turn, _ later: Turn) -> Bool {
    later.hasDay ? earlier.hasDay : earlier.hasClock || !earlier.hasDay
  }

  /// What was proposed counts less once somebody says it is decided.
  private mutating func markConfirmed(by index: Int, _ day: Set<Int>) {
    guard clauses[turns[index].clauses].contains(where: { $0.cues.decision + $0.cues.change > 0.6 && !$0.isQuestion })
    else { return }
    for earlier in max(0, index - 30)..<index {
      let words = turns[earlier].timeWords
      guard !words.isEmpty else { continue }
      let isDecided = clauses[turns[earlier].clauses].contains { $0.cues.decision > 0.9 && !$0.isQuestion }
      guard !isDecided else { continue }
      let shared = words.intersection(day).count
      let isNear =
        index - earlier <= 8 && (shared > 0 || sharesRareWord(turns[index], Set(turns[earlier].topicWords)))
      if isNear || shared >= 2 {
        validity[earlier] = min(validity[earlier], 0.6)
      }
    }
  }

  private func announcesChange(_ index: Int) -> Bool {
    for earlier in max(0, index - 6)...index where turns[earlier].sender == turns[index].sender {
      guard turns[index].minute - turns[earlier].minute <= 60 else { continue }
      if clauses[turns[earlier].clauses].contains(where: {
        $0.cues.change > 0.9 || ($0.cues.change > 0 && earlier == index)
      }) {
        return true
      }
    }
    return false
  }
}
