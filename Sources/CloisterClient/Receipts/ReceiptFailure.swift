public import ErrorCodes
public import Trust

/// Why a request was not answered, by the code that its receipt holds.
public struct ReceiptFailure: Sendable {
  public let code: ErrorCode

  public init(_ code: ErrorCode) { self.code = code }

  private var party: AnswerRefusal.Party? {
    AnswerRefusal.Party.allCases.first { $0.codes.contains(code) || $0.otherCode == code }
  }

  /// Such as `refused by the node: engine-cannot`.
  public var words: String { party.map { "refused by the \($0.rawValue): \(code)" } ?? "failed: \(code)" }
}

extension Receipt {
  /// Nil where it was answered, or nothing tells.
  public var failureWords: String? { failure.map { ReceiptFailure($0).words } }
}
