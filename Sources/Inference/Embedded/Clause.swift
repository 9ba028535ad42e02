/// The smallest part of a message that may be quoted on its own: a sentence, or a part of it between commas.
struct Clause {
  let message: Int
  /// Scalar offsets in the message's text.
  let range: Range<Int>
  let wordCount: Int
  let sentence: Int
  let opensSentence: Bool
  let closesSentence: Bool
  /// Greetings, laughter, fillers: never at an end of a quotation.
  let isFluff: Bool
  /// Ends with a colon: what it announces stands behind it.
  let isIntroduction: Bool
  /// Begins with a word that leans on what stands before.
  let isDependent: Bool
  let isQuestion: Bool
  /// What a question of this kind is answered by.
  let asksFor: AnswerKind
  /// The latest day it speaks of, in days since 1970-01-01.
  let latestDay: Int?
  var features: [Feature]
  var cues: CueScores
}

/// What an answer must hold to be one.
enum AnswerKind {
  case anything
  case person
  case time
  case place
  case amount
}

/// A word that carries information, with its weight.
struct Feature {
  let word: Int
  var weight: Double
  let kind: Kind

  enum Kind {
    case content
    case name
    case clock
    case day
    case amount
    case place
  }
}

/// How strongly each kind of cue is present; 1 is one clear phrase.
struct CueScores {
  var decision = 0.0
  var change = 0.0
  var proposal = 0.0
  var request = 0.0
  var commitment = 0.0
  var announcement = 0.0
  var problem = 0.0
  var anybody = 0.0
  var past = 0.0
  var topicChange = 0.0
  var laughter = 0.0
  var collective = 0.0
  var ignorance = 0.0
  var smallTalk = 0.0
  var leisure = 0.0

  mutating func add(_ cue: Cue, _ strength: Double) {
    switch cue {
    case .decision: decision = max(decision, strength)
    case .change: change = max(change, strength)
    case .proposal: proposal = max(proposal, strength)
    case .request: request = max(request, strength)
    case .commitment: commitment = max(commitment, strength)
    case .announcement: announcement = max(announcement, strength)
    case .problem: problem = max(problem, strength)
    case .anybody: anybody = max(anybody, strength)
    case .past: past = max(past, strength)
    case .topicChange: topicChange = max(topicChange, strength)
    case .laughter: laughter = max(laughter, strength)
    case .collective: collective = max(collective, strength)
    case .leisure: leisure = max(leisure, strength)
    case .smallTalk: smallTalk = max(smallTalk, strength)
    case .ignorance: ignorance = max(ignorance, strength)
    default: break
    }
  }

  mutating func formMaximum(_ other: CueScores) {
    decision = max(decision, other.decision)
    change = max(change, other.change)
    proposal = max(proposal, other.proposal)
    request = max(request, other.request)
    commitment = max(commitment, other.commitment)
    announcement = max(announcement, other.announcement)
    problem = max(problem, other.problem)
    anybody = max(anybody, other.anybody)
    past = max(past, other.past)
    topicChange = max(topicChange, other.topicChange)
    laughter = max(laughter, other.laughter)
    collective = max(collective, other.collective)
    ignorance = max(ignorance, other.ignorance)
    smallTalk = max(smallTalk, other.smallTalk)
    leisure = max(leisure, other.leisure)
  }
}
