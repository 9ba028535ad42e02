/// A run of clauses of one message that could stand in the summary.
struct Candidate {
  let message: Int
  let clauses: Range<Int>
  let wordCount: Int
  let kind: Summary.Kind
  /// What its cues are worth, once its words say enough.
  let cueValue: Double
  let features: [Feature]
  /// From the conversation: reactions, validity, questions answered.
  let factor: Double
}

extension Conversation {
  private enum Share {
    static let past = 0.81
    static let cutStart = 0.77
    static let shortBase = 0.65
    static let shortStep = 0.08
    static let echo = 0.74
    static let leader = 0.21
    static let banter = 0.36
    static let gravity = 0.5
    static let reader = 1.27
    static let scrap = 0.62
  }

  private enum Limit {
    static let clausesPerCandidate = 5
    static let wordsPerCandidate = 30
  }

  func candidates() -> [Candidate] {
    var candidates: [Candidate] = []
    for index in turns.indices where !turns[index].isFluff {
      let range = turns[index].clauses
      for first in range where canStart(first) {
        var wordCount = 0
        for last in first..<min(range.upperBound, first + Limit.clausesPerCandidate) {
          wordCount += clauses[last].wordCount
          guard wordCount <= Limit.wordsPerCandidate else { break }
          guard !clauses[last].isFluff, !clauses[last].isIntroduction else { continue }
          if let candidate = candidate(first..<last + 1, wordCount) { candidates.append(candidate) }
        }
      }
    }
    return candidates
  }

  private func canStart(_ clause: Int) -> Bool { !clauses[clause].isFluff && !clauses[clause].isDependent }

  private func candidate(_ range: Range<Int>, _ wordCount: Int) -> Candidate? {
    let message = clauses[range.lowerBound].message
    var cues = CueScores()
    var features: [Feature] = []
    var isOpen = false
    var isAnswered = false
    for clause in range {
      cues.formMaximum(clauses[clause].cues)
      for feature in clauses[clause].features {
        if let index = features.firstIndex(where: { $0.word == feature.word }) {
          features[index].weight = max(features[index].weight, feature.weight)
        } else {
          features.append(feature)
        }
      }
      isOpen = isOpen || outcomes[clause] == .open
      isAnswered = isAnswered || outcomes[clause] == .answered
    }
    guard !features.isEmpty else { return nil }
    let appraisal = Appraisal(
      cues: cues, features: features, isPast: turns[message].isPast, isOpen: isOpen, isAnswered: isAnswered && !isOpen,
      agreements: agreements[message], reactions: reactions[message], sympathies: sympathies[message],
      laughter: laughter[message], accepts: accepts[message], settles: settles[message],
      isSuperseded: superseded[message], validity: validity[message])
    return Candidate(
      message: message, clauses: range, wordCount: wordCount, kind: kind(appraisal, message: message),
      cueValue: appraisal.cueValue, features: features,
      factor: appraisal.factor * addressFactor(message) * standing(message, cues) * wholeness(range, wordCount)
        * timeliness(message))
  }

  /// Those who lead the talk, and longer messages, say more; short echoes of others say nothing.
  private func standing(_ message: Int, _ cues: CueScores) -> Double {
    let turn = turns[message]
    let length = min(1.15, Share.shortBase + Share.shortStep * Double(turn.wordCount))
    let mayEcho = turn.wordCount <= Turn.echoWordLimit && cues.decision == 0 && cues.commitment == 0
    let repeated = mayEcho ? 1 - Share.echo * echo[message] : 1
    return length * repeated * (0.9 + Share.leader * leadership[turn.sender]) * (1 - Share.banter * banter[message])
      * (1 + Share.gravity * (min(gravity[message], 0.6) - 0.35))
  }

  /// Days that were over when the chat ended matter less.
  private func timeliness(_ message: Int) -> Double {
    guard let last = request.messages.last?.time.dayNumber, let day = turns[message].latestDay else { return 1 }
    return day < last ? Share.past : 1
  }

  /// A whole sentence reads better than a piece of one.
  private func wholeness(_ range: Range<Int>, _ wordCount: Int) -> Double {
    var factor = 1.0
    if !clauses[range.lowerBound].opensSentence, !opensQuotably(range.lowerBound) { factor *= Share.cutStart }
    if !clauses[range.upperBound - 1].closesSentence { factor *= 0.98 }
    if factor < 1, wordCount < 5 { factor *= Share.scrap }
    return factor
  }

  /// True where only fillers stand before the clause in its sentence.
  private func opensQuotably(_ clause: Int) -> Bool {
    var position = clause
    while position > 0, !clauses[position].opensSentence {
      position -= 1
      guard clauses[position].isFluff, clauses[position].message == clauses[clause].message else { return false }
    }
    return true
  }

  /// The reader's name in a message makes it matter more.
  private func addressFactor(_ message: Int) -> Double {
    guard let readerNumber, turns[message].sender != readerNumber else { return 1 }
    return turns[message].namedSenders.contains(readerNumber) ? Share.reader : 1
  }

  private func kind(_ appraisal: Appraisal, message: Int) -> Summary.Kind {
    if appraisal.isOpen, appraisal.cues.anybody > 0 || appraisal.cues.request < 1 { return .openQuestions }
    if appraisal.isDecision, appraisal.cues.decision >= appraisal.cues.request { return .decisions }
    if appraisal.cues.request > 0 {
      let turn = turns[message]
      if turn.sender == readerNumber { return .tasks }
      let named = turn.namedSenders.filter { $0 != turn.sender }
      return named.isEmpty || named.contains { $0 == readerNumber } ? .askedOfReader : .tasks
    }
    if appraisal.isDecision { return .decisions }
    if appraisal.cues.commitment > 0 { return .tasks }
    let hasTimeOrPlace = appraisal.features.contains { feature in
      feature.kind == .clock || feature.kind == .place || (feature.kind == .day && feature.weight > 1)
    }
    return hasTimeOrPlace ? .datesAndPlaces : .topics
  }
}
