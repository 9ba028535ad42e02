public import StrictJSON

/// What other nodes do for an orchestrator: everything about it that a release fixes.
///
///     {
///       "peer": "model",          the release role of those nodes
///       "name": "assistant-7b",   the model's name in requests and answers
///       "parallel": 16,           requests that are put to them at a time
///       "contextTokens": 8192, "answerTokens": 1024    the model's; without both, those nodes do whole tasks
///     }
public struct PeerModel: Sendable, Equatable {
  public let role: String
  public let name: String
  public let parallel: Int
  /// Of the model, with which the orchestrator does its tasks itself. Nil where each task is passed on whole.
  public let budget: ContextBudget?

  /// - Throws: `engine-peer-invalid`.
  init(_ value: JSONValue) throws(InferenceError) {
    do {
      var object = try JSONObject(value, name: "engine")
      role = try object.string("peer")
      name = try object.string("name")
      let parallel = try object.count("parallel")
      budget = try Self.budget(taking: &object)
      try object.finish()
      guard (1...64).contains(role.utf8.count), (1...64).contains(name.utf8.count), (1...1_024).contains(parallel)
      else { throw Self.invalid }
      self.parallel = Int(parallel)
    } catch {
      throw Self.invalid
    }
  }

  /// Both numbers or neither.
  private static func budget(taking object: inout JSONObject) throws -> ContextBudget? {
    let numbers = (object.optional("contextTokens"), object.optional("answerTokens"))
    if case (nil, nil) = numbers { return nil }
    guard case (.integer(let contextTokens)?, .integer(let answerTokens)?) = numbers else { throw invalid }
    let (contextTokenCount, answerTokenCount) = (Int(clamping: contextTokens), Int(clamping: answerTokens))
    guard ContextBudget.allows(contextTokenCount: contextTokenCount, answerTokenCount: answerTokenCount) else {
      throw invalid
    }
    return ContextBudget(contextTokenCount: contextTokenCount, answerTokenCount: answerTokenCount)
  }

  var jsonValue: JSONValue {
    var members = manifestMembers
    members["peer"] = .string(role)
    members["name"] = .string(name)
    return .object(members)
  }

  /// What an engine manifest says of it beside role and name.
  public var manifestMembers: [String: JSONValue] {
    var members: [String: JSONValue] = ["parallel": .integer(Int64(parallel))]
    if let budget {
      members["contextTokens"] = .integer(Int64(budget.contextTokenCount))
      members["answerTokens"] = .integer(Int64(budget.answerTokenCount))
    }
    return members
  }

  private static let invalid = InferenceError(
    InferenceError.enginePeerInvalid, "what other nodes do is not of its schema, or outside its limits")
}
