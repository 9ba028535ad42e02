/// Fills the word limit with the candidates that add most for their length.
struct SummarySelection {
  private let conversation: Conversation
  private let candidates: [Candidate]
  private let wordLimit: Int
  private let wording: SummaryWording

  /// Candidates that are worth looking at again in every round.
  private static let shortlistLimit = 500
  /// Words that every quotation counts as beside its own: it keeps scraps from being the best bargain.
  static let constant = 3.45
  private static let smallestValue = 1.01
  private static let smallestExtension = 0.51
  /// More of what is quoted already tells less than something new.
  static let extensionShare = 0.53
  /// What a word is worth that the summary already holds.
  private static let knownWordShare = 0.28
  private static let itemLimit = 60
  /// Words of weight beside cues that a message needs for its cues to count in full.
  private static let telling = 0.82
  private static let knee = 3.61
  private static let slope = 0.73
  private static let crowding = 0.03

  init(conversation: Conversation, candidates: [Candidate], wordLimit limit: Int? = nil) {
    self.conversation = conversation
    wording = conversation.vocabulary.language.wording
    let words = conversation.request.messages.reduce(0) { $0 + Self.wordCount($1.text) }
    let share = Int(Double(words) * EmbeddedEngine.largestShare)
    wordLimit = limit ?? min(EmbeddedEngine.wordLimit, max(share, EmbeddedEngine.smallestWordLimit))
    let rated = candidates.enumerated().map { offset, candidate in
      (offset: offset, rate: Self.value(candidate, known: [:]) / (Double(candidate.wordCount) + Self.constant))
    }
    let best = rated.sorted { $0.rate != $1.rate ? $0.rate > $1.rate : $0.offset < $1.offset }
    self.candidates = best.prefix(Self.shortlistLimit).map { candidates[$0.offset] }
  }

  static func wordCount(_ text: String) -> Int {
    var count = 0
    var isInside = false
    for scalar in text.unicodeScalars {
      let isSpace = Tokenizer.isSpace(scalar) || scalar == "\n" || scalar == "\r"
      if !isSpace, !isInside { count += 1 }
      isInside = !isSpace
    }
    return count
  }

  /// A candidate's worth beside words that are already there.
  static func value(_ candidate: Candidate, known: [Int: Int]) -> Double {
    var fresh = 0.0
    var total = 0.0
    for feature in candidate.features {
      total += feature.weight
      fresh += known[feature.word, default: 0] > 0 ? feature.weight * knownWordShare : feature.weight
    }
    let says = min(1, fresh / telling)
    let novelty = total > 0 ? fresh / total : 0
    return (candidate.cueValue * says * novelty + saturated(fresh)) * candidate.factor
  }

  /// Many words of weight in one sentence still make but one thing worth knowing.
  private static func saturated(_ weight: Double) -> Double {
    return weight <= knee ? weight : knee + (weight - knee) * slope
  }

  // MARK: Choosing

  /// The chosen candidates in the order of choice. What fits is counted on the text itself.
  private func chosen() -> [Candidate] {
    var choices: [Candidate] = []
    var known: [Int: Int] = [:]
    var refused: Set<Int> = []
    var wordsLeft = wordLimit - Self.wordCount(wording.label)
    while choices.count < Self.itemLimit,
      let best = bestStep(beside: choices, known: known, wordsLeft: wordsLeft, refused: refused)
    {
      let candidate = candidates[best.candidate]
      let kept = choices.indices.filter { !best.replaced.contains($0) }.map { choices[$0] }
      let left =
        wordLimit - Self.wordCount(SummaryText(sections: sections(of: kept + [candidate]), wording: wording).text)
      guard left >= 0 else {
        refused.insert(best.candidate)
        continue
      }
      for index in best.replaced { for feature in choices[index].features { known[feature.word, default: 0] -= 1 } }
      for feature in candidate.features { known[feature.word, default: 0] += 1 }
      choices = kept + [candidate]
      wordsLeft = left
    }
    return choices
  }

  /// The candidate that adds most for its words, and the choices it extends.
  private func bestStep(
    beside choices: [Candidate], known: [Int: Int], wordsLeft: Int, refused: Set<Int>
  ) -> (candidate: Int, replaced: [Int])? {
    var best: (candidate: Int, replaced: [Int])?
    var bestRate = 0.0
    for (offset, candidate) in candidates.enumerated() where !refused.contains(offset) {
      let overlapping = choices.indices.filter { choices[$0].overlaps(candidate) }
      guard overlapping.allSatisfy({ candidate.extends(choices[$0]) }) else { continue }
      let step = step(candidate, choices: choices, replacing: overlapping, known: known)
      let isNew = overlapping.isEmpty
      guard step.cost <= wordsLeft, step.value >= (isNew ? Self.smallestValue : Self.smallestExtension) else {
        continue
      }
      let worth = isNew ? step.value : step.value * Self.extensionShare
      let rate = worth / (Double(max(step.cost, 0)) + Self.constant)
      if rate > bestRate {
        best = (offset, overlapping)
        bestRate = rate
      }
    }
    return best
  }

  /// What taking a candidate in place of those it extends adds, in value and in words.
  private func step(
    _ candidate: Candidate, choices: [Candidate], replacing replaced: [Int], known: [Int: Int]
  ) -> (value: Double, cost: Int) {
    let segment = conversation.turns[candidate.message].segment
    var known = known
    var lost = 0.0
    var saved = 0
    for index in replaced {
      for feature in choices[index].features { known[feature.word, default: 0] -= 1 }
    }
    for index in replaced {
      lost += Self.value(choices[index], known: known)
      saved += choices[index].wordCount
    }
    let crowd = choices.count { conversation.turns[$0.message].segment == segment }
    let gained = Self.value(candidate, known: known)
    let cost = replaced.isEmpty ? cost(candidate, beside: choices) : candidate.wordCount - saved
    return ((gained - lost) / (1 + Self.crowding * Double(crowd)), cost)
  }

  /// Words a candidate adds to the text: its own, and sender, time and title where they are not there yet.
  private func cost(_ candidate: Candidate, beside choices: [Candidate]) -> Int {
    var previous: Candidate?
    var next: Candidate?
    var hasTitle = false
    for other in choices {
      if other.message == candidate.message { return candidate.wordCount }
      guard other.kind == candidate.kind else { continue }
      hasTitle = true
      if other.message < candidate.message, other.message > previous?.message ?? -1 { previous = other }
      if other.message > candidate.message, other.message < next?.message ?? .max { next = other }
    }
    let title = hasTitle ? 0 : Self.wordCount(wording.titles[candidate.kind] ?? "")
    let sender = conversation.turns[candidate.message].sender
    let day = conversation.request.messages[candidate.message].time.dayNumber
    for neighbour in [previous, next] {
      guard let neighbour, conversation.request.messages[neighbour.message].time.dayNumber == day else { continue }
      if conversation.turns[neighbour.message].sender == sender { return candidate.wordCount }
    }
    return candidate.wordCount + title + Self.wordCount(conversation.senderNames[sender])
  }

  // MARK: Putting together

  /// Sections in their order; inside, items in the order of the chat. Quotations of one message become one item.
  func sections() -> [Summary.Section] { sections(of: chosen()) }

  private func sections(of chosen: [Candidate]) -> [Summary.Section] {
    var byMessage: [Int: [Candidate]] = [:]
    for candidate in chosen { byMessage[candidate.message, default: []].append(candidate) }
    var items: [Summary.Kind: [Summary.Item]] = [:]
    for message in byMessage.keys.sorted() {
      guard let parts = byMessage[message], let first = parts.first else { continue }
      let source = conversation.request.messages[message]
      let sorted = parts.sorted { $0.clauses.lowerBound < $1.clauses.lowerBound }
      let item = Summary.Item(text: quotation(of: sorted), sender: source.sender, time: source.time)
      items[first.kind, default: []].append(item)
    }
    return Summary.Kind.allCases.compactMap { kind in items[kind].map { Summary.Section(kind: kind, items: $0) } }
  }

  /// The words as they stand; an ellipsis where a sentence is cut or something between is left out.
  private func quotation(of parts: [Candidate]) -> String {
    var text = ""
    var previousEnd: Int?
    for (index, part) in parts.enumerated() {
      let scalars = conversation.texts[part.message].scalars
      let first = conversation.clauses[part.clauses.lowerBound]
      let last = conversation.clauses[part.clauses.upperBound - 1]
      if let previousEnd {
        text += previousEnd == part.clauses.lowerBound ? " " : "… "
      } else if !first.opensSentence {
        text += "…"
      }
      // Neighbouring clauses keep what stands between them.
      var start = first.range.lowerBound
      if previousEnd == part.clauses.lowerBound {
        let before = conversation.clauses[part.clauses.lowerBound - 1].range.upperBound
        text.removeLast()
        start = before
      }
      text.unicodeScalars.append(contentsOf: scalars[start..<last.range.upperBound])
      previousEnd = part.clauses.upperBound
      if !last.closesSentence, index == parts.count - 1 { text += "…" }
    }
    return text
  }
}

extension Candidate {
  func overlaps(_ other: Candidate) -> Bool { message == other.message && clauses.overlaps(other.clauses) }

  /// True where it holds all of the other and more.
  func extends(_ other: Candidate) -> Bool {
    clauses.count > other.clauses.count && clauses.lowerBound <= other.clauses.lowerBound
      && clauses.upperBound >= other.clauses.upperBound
  }
}
