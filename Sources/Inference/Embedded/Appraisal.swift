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
  let validity: Double

  private enum Value {
    static let openQuestion = 4.54
    static let decision = 1.91
    static let request = 2.1
    static let change = 1.64
    static let commitment = 0.88
    static let acceptance = 1.96
    static let announcement = 0.98
    static let problem = 1.11
    static let news = 0.69
    static let proposal = 0.4
    static let time = 1.14
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
      isOpen && cues.smallTalk == 0 ? Value.openQuestion * (cues.anybody > 0 || cues.collective > 0 ? 1.15 : 1) : 0,
      cues.decision * Value.decision * (hasTime || hasAmount || agreements > 0 ? 1 : 0.6),
      isAgreed ? Value.decision * min(1.2, 0.7 + 0.15 * Double(agreements)) : cues.proposal * Value.proposal,
      cues.request * Value.request, cues.change * Value.change,
      cues.commitment * (accepts ? Value.acceptance : Value.commitment),
      cues.announcement * Value.announcement, cues.problem * Value.problem, hasTime ? Value.time : 0,
      Value.news * Double(min(sympathies, 3)),
    ]
    values.sort(by: >)
    return values[0] + 0.48 * values[1] + 0.21 * values[2] + 0.1 * values[3]
  }

  var factor: Double {
    var factor = (hasTime ? validity : 1) * (1 + 0.06 * Double(min(reactions, 4)) + 0.06 * Double(min(agreements, 3)))
    if isAnswered, !isAgreed { factor *= cues.request > 0 ? 0.8 : 0.51 }
    if isPast { factor *= 0.72 }
    if cues.laughter > 0 { factor *= 0.64 }
    factor *= 1 - 0.11 * Double(min(laughter, 3))
    if cues.leisure > 0, cues.decision == 0, cues.change == 0, cues.request == 0 { factor *= 0.55 }
    if cues.smallTalk > 0 { factor *= 0.41 }
    if cues.ignorance > 0 { factor *= 0.7 }
    return factor
  }
}
