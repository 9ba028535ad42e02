import StrictJSON

extension TDX {
  /// What authentic evidence must say to be acceptable. Each rule that is nil is left out.
  public struct AppraisalRules: Sendable, Equatable {
    /// Every rule, each with the stronger value.
    public static let strict = AppraisalRules()

    /// No rule at all.
    public static let none = AppraisalRules()

    /// The names of the checks that these rules leave out, in the order in which they would be made.
    var leftOutChecks: [String] { [] }
  }
}

extension TDX.AppraisalRules {
  var json: JSONValue { [:] }

  init(json: JSONValue) throws(AttestationError) {
    let reader = try PolicyReader(json, name: "TDX")
    self = .strict
    try reader.finish()
  }
}
