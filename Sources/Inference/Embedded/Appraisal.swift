/// Puts a number on a candidate's cues.
struct Appraisal {
  let cues: CueScores
  let features: [Feature]
  let isPast: Bool
  let isOpen: Bool
  let isAnswered: Bool
  let agreements: Int
  let reactions: Int
  let sympathies: Int
  let laughter: Int
  let accepts: Bool
  let settles: Bool
  let isSuperseded: Bool
  let validity: Double

  private enum Value {
    static let openQuestion = 4.65
    static let decision = 1.59
    static let request = 2.19
    static let change = 1.26
    static let commitment = 1.15
    static let acceptance = 2.09
    static let announcement = 1.12
    static let problem = 0.69
    static let news = 0.69
    static let proposal = 0.26
    static let time = 1.22
    static let settlement = 1.18
    static let assumedAcceptance = 0.75
    static let superseded = 0.5
    static let answered = 0.57
    static let past = 0.66
    static let laughter = 0.43
    static let smallTalk = 0.57
    static let leisure = 0.82
    static let ignorance = 0.81
    static let second = 0.65
    static let third = 0.2
    static let amount = 0.32
  }

  private var hasTime: Bool { features.contains { $0.kind == .clock || ($0.kind == .day && $0.weight > 1) } }

  /// A proposal, or a date, that others agreed to.
  private var isAgreed: Bool {
    agreements > 0 && (cues.proposal > 0 || (isAnswered && cues.collective > 0 && (hasTime || hasAmount)))
  }

  private var hasAmount: Bool { features.contains { $0.kind == .amount && $0.weight > 0.8 } }

  var isDecision: Bool { cues.decision > 0 || cues.change > 0.9 || isAgreed || settles }

  /// The strongest cue counts in full, the others less and less.
  var cueValue: Double {
    var values = [
      isOpen && cues.smallTalk == 0 ? Value.openQuestion * (cues.anybody > 0 || cues.collective > 0 ? 1.15 : 1) : 0,
      cues.decision * Value.decision * (hasTime || hasAmount || agreements > 0 ? 1 : 0.6),
      isAgreed ? Value.decision * min(1.2, 0.7 + 0.15 * Double(agreements)) : cues.proposal * Value.proposal,
      cues.request * Value.request, cues.change * Value.change,
      cues.commitment * (accepts ? Value.acceptance : Value.commitment),
      accepts && cues.commitment == 0 ? Value.assumedAcceptance : 0, settles ? Value.settlement : 0,
      hasAmount ? Value.amount : 0,
      cues.announcement * Value.announcement, cues.problem * Value.problem, hasTime ? Value.time : 0,
      Value.news * Double(min(sympathies, 3)),
    ]
    values.sort(by: >)
    return values[0] + Value.second * values[1] + Value.third * values[2] + 0.1 * values[3]
  }

  var factor: Double {
    var factor = (hasTime ? validity : 1) * (1 + 0.06 * Double(min(reactions, 4)) + 0.06 * Double(min(agreements, 3)))
    if isAnswered, !isAgreed { factor *= cues.request > 0 ? 0.8 : Value.answered }
    if isPast { factor *= Value.past }
    if cues.laughter > 0 { factor *= Value.laughter }
    factor *= 1 - 0.11 * Double(min(laughter, 3))
    if cues.leisure > 0, cues.decision == 0, cues.change == 0, cues.request == 0 { factor *= Value.leisure }
    if cues.smallTalk > 0 { factor *= Value.smallTalk }
    if cues.ignorance > 0 { factor *= Value.ignorance }
    if isSuperseded { factor *= Value.superseded }
    return factor
  }
}
