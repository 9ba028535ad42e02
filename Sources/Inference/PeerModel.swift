public import StrictJSON

/// A model that other nodes run: an orchestrator does its tasks with it. Everything about it that a release fixes.
///
///     {
///       "peer": "model",          the release role of those nodes
///       "name": "assistant-7b",   the model's name in requests and answers
///       "parallel": 16,           requests that are put to it at a time
///       "contextTokens": 8192, "answerTokens": 1024
///     }
public struct PeerModel: Sendable, Equatable {
  public let role: String
  public let name: String
  public let parallel: Int
  public let budget: ContextBudget

  /// - Throws: `engine-peer-invalid`.
  init(_ value: JSONValue) throws(InferenceError) {
    do {
      var object = try JSONObject(value, name: "engine")
      role = try object.string("peer")
      name = try object.string("name")
      let parallel = try object.count("parallel")
      let contextTokenCount = Int(clamping: try object.count("contextTokens"))
      let answerTokenCount = Int(clamping: try object.count("answerTokens"))
      try object.finish()
      guard (1...64).contains(role.utf8.count), (1...64).contains(name.utf8.count), (1...1_024).contains(parallel),
        ContextBudget.allows(contextTokenCount: contextTokenCount, answerTokenCount: answerTokenCount)
      else { throw Self.invalid }
      self.parallel = Int(parallel)
      budget = ContextBudget(contextTokenCount: contextTokenCount, answerTokenCount: answerTokenCount)
    } catch {
      throw Self.invalid
    }
  }

  var jsonValue: JSONValue {
    var members = manifestMembers
    members["peer"] = .string(role)
    members["name"] = .string(name)
    return .object(members)
  }

  /// What an engine manifest says of it beside role and name.
  public var manifestMembers: [String: JSONValue] {
    [
      "parallel": .integer(Int64(parallel)), "contextTokens": .integer(Int64(budget.contextTokenCount)),
      "answerTokens": .integer(Int64(budget.answerTokenCount)),
    ]
  }

  private static let invalid = InferenceError(
    InferenceError.enginePeerInvalid, "the model of other nodes is not of its schema, or outside its limits")
}
