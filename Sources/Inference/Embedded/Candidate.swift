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
          guard !clauses[last].isFluff else { continue }
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
      cues: cues, features: features, isOpen: isOpen, isAnswered: isAnswered && !isOpen,
      agreements: agreements[message], reactions: reactions[message], sympathies: sympathies[message],
      laughter: laughter[message], validity: validity[message])
    return Candidate(
      message: message, clauses: range, wordCount: wordCount, kind: kind(appraisal, message: message),
      cueValue: appraisal.cueValue, features: features, factor: appraisal.factor * addressFactor(message) * standing(message, cues) * wholeness(range, wordCount))
  }

  /// Those who lead the talk, and longer messages, say more; short echoes of others say nothing.
  private func standing(_ message: Int, _ cues: CueScores) -> Double {
    let turn = turns[message]
    let length = min(1.15, 0.55 + 0.03 * Double(turn.wordCount))
    let repeated = turn.wordCount <= 7 && cues.decision == 0 ? 1 - 0.7 * echo[message] : 1
    return length * repeated * (0.9 + 0.21 * leadership[turn.sender])
  }

  /// A whole sentence reads better than a piece of one.
  private func wholeness(_ range: Range<Int>, _ wordCount: Int) -> Double {
    var factor = 1.0
    if !clauses[range.lowerBound].opensSentence, !opensQuotably(range.lowerBound) { factor *= 0.82 }
    if !clauses[range.upperBound - 1].closesSentence { factor *= 0.9 }
    if factor < 1, wordCount < 5 { factor *= 0.69 }
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
    return turns[message].namedSenders.contains(readerNumber) ? 1.2 : 1
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

/// Puts a number on a candidate's cues.
struct Appraisal {
  let cues: CueScores
  let features: [Feature]
  let isOpen: Bool
  let isAnswered: Bool
  let agreements: Int
  let reactions: Int
  let sympathies: Int
  let laughter: Int
  let validity: Double

  private enum Value {
    static let openQuestion = 3.8
    static let decision = 1.92
    static let request = 1.9
    static let change = 1.47
    static let commitment = 0.83
    static let announcement = 0.87
    static let problem = 1.22
    static let news = 0.59
    static let proposal = 0.46
    static let time = 1.01
  }

  private var hasTime: Bool { features.contains { $0.kind == .clock || ($0.kind == .day && $0.weight > 1) } }

  /// A proposal, or a date, that others agreed to.
  private var isAgreed: Bool {
    agreements > 0 && (cues.proposal > 0 || (isAnswered && cues.collective > 0 && (hasTime || hasAmount)))
  }

  private var hasAmount: Bool { features.contains { $0.kind == .amount && $0.weight > 0.8 } }

  var isDecision: Bool { cues.decision > 0 || cues.change > 0.9 || isAgreed }

  /// The strongest cue counts in full, the others less and less.
  var cueValue: Double {
    var values = [
      isOpen ? Value.openQuestion * (cues.anybody > 0 || cues.collective > 0 ? 1.15 : 1) : 0,
      cues.decision * Value.decision,
      isAgreed ? Value.decision * min(1.2, 0.7 + 0.15 * Double(agreements)) : cues.proposal * Value.proposal,
      cues.request * Value.request, cues.change * Value.change, cues.commitment * Value.commitment,
      cues.announcement * Value.announcement, cues.problem * Value.problem, hasTime ? Value.time : 0,
      Value.news * Double(min(sympathies, 3)),
    ]
    values.sort(by: >)
    return values[0] + 0.56 * values[1] + 0.22 * values[2] + 0.1 * values[3]
  }

  var factor: Double {
    var factor = (hasTime ? validity : 1) * (1 + 0.07 * Double(min(reactions, 4)) + 0.04 * Double(min(agreements, 3)))
    if isAnswered, !isAgreed { factor *= cues.request > 0 ? 0.8 : 0.45 }
    if cues.past > 0 { factor *= 0.77 }
    if cues.laughter > 0 { factor *= 0.81 }
    factor *= 1 - 0.1 * Double(min(laughter, 3))
    if cues.smallTalk > 0 { factor *= 0.4 }
    if cues.ignorance > 0 { factor *= 0.7 }
    return factor
  }
}
