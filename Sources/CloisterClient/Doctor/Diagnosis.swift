public import ErrorCodes

/// What a client needs in order to ask, point by point: what is so, and how what is wrong is mended.
public struct Diagnosis: Sendable {
  /// What is looked at, in this order. The names are stable.
  public enum CheckName: String, Sendable, CaseIterable {
    /// The folder is there, is the person's own, and nobody else looks into it.
    case stateFolder = "state-folder"
    /// The disk has room for an epoch's file and for what is replaced.
    case diskSpace = "disk-space"
    /// Everything kept is as the client wrote it.
    case stateFiles = "state-files"
    /// A trust policy is there, and who vouches for it.
    case policy
    /// No proof is kept that operator or log broke its word.
    case conflicts
    /// The clock is not behind what witnesses signed, and not before the operator's first epoch.
    case clock
    /// A relay answers, and the operator's gateway behind it.
    case relay
    /// The epoch under way is verified.
    case epoch
    /// Two of its nodes, on different chips, are verified.
    case nodes
    /// What the nodes can be asked for, by their verified releases.
    case tasks
    /// The person opted in to something.
    case consent
    /// The key that draws tokens is there.
    case account
    /// Tokens that are good now.
    case tokens
    /// The issuer did not fail this client.
    case issuer
    /// Every receipt can be read.
    case receipts
    /// Whether answers are kept, and that their key is whole.
    case history
  }

  public enum Verdict: String, Sendable {
    case good
    /// It works; the person should know.
    case warning
    /// Requests are refused until it is mended.
    case bad
    /// Could not be looked at, because of a point above or because nothing was to be sent.
    case notChecked = "not-checked"
  }

  public struct Check: Sendable, Equatable {
    public let name: CheckName
    public let verdict: Verdict
    /// What is so, in a sentence.
    public let sentence: String
    /// What mends it; nil where nothing has to be.
    public let remedy: String?
    /// The code that a request would be refused with.
    public let code: ErrorCode?
  }

  /// One of each name, in the order of names.
  public let checks: [Check]

  /// Whether nothing stands in the way of a request.
  public var isHealthy: Bool { !checks.contains { $0.verdict == .bad } }
}

/// What is found out, in any order.
struct DiagnosisNotes {
  private var checks: [Diagnosis.CheckName: Diagnosis.Check] = [:]

  mutating func note(
    _ name: Diagnosis.CheckName, _ verdict: Diagnosis.Verdict, _ sentence: String, remedy: String? = nil,
    code: ErrorCode? = nil
  ) {
    checks[name] = Diagnosis.Check(name: name, verdict: verdict, sentence: sentence, remedy: remedy, code: code)
  }

  /// A refusal of the library, in its own words.
  mutating func note(_ name: Diagnosis.CheckName, refused error: ClientError, remedy: String) {
    note(name, .bad, "\(error.message) (\(error.code)).", remedy: remedy, code: error.code)
  }

  /// - Parameter reason: why the other points were not looked at.
  func diagnosis(otherwise reason: String) -> Diagnosis {
    Diagnosis(
      checks: Diagnosis.CheckName.allCases.map { name in
        checks[name]
          ?? Diagnosis.Check(name: name, verdict: .notChecked, sentence: reason, remedy: nil, code: nil)
      })
  }
}
