import Inference
import StrictJSON
import Testing

@Suite("Engines that a node runs")
struct EngineProgramTests {
  private static func description(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
    let digest = JSONValue.string(String(repeating: "0a", count: 32))
    var members: [String: JSONValue] = [
      "name": "assistant", "binary": ["path": "/engine/server", "digest": digest],
      "models": [["path": "/models/a.gguf", "digest": digest, "format": "gguf"]],
      "arguments": ["--model", "{model 0}", "--host", "{socket}"], "environment": [], "capabilities": ["chat"],
      "parallel": 2,
      "contextTokens": 8_192, "answerTokens": 1_024, "memoryBytes": 0, "startSeconds": 60,
    ]
    for (name, value) in changes { members[name] = value }
    return .object(members)
  }

  private static func program(_ changes: [String: JSONValue?] = [:]) throws -> EngineProgram {
    guard case .program(let program) = try EngineLocation(description(changes)) else {
      throw InferenceError(InferenceError.engineProgramInvalid, "no program")
    }
    return program
  }

  @Test("a description is written as it was read, and the budget is what it says")
  func roundTrip() throws {
    #expect(try EngineLocation(Self.description()).jsonValue == Self.description())
    let budget = try Self.program().budget
    #expect(budget == ContextBudget(contextTokenCount: 8_192, answerTokenCount: 1_024))
  }

  @Test("an engine's manifest names what a request and its answer may hold")
  func manifest() throws {
    let members = try Self.program().manifestMembers
    #expect(members["contextTokens"] == 8_192)
    #expect(members["answerTokens"] == 1_024)
    for change in ["contextTokens": 8_193, "answerTokens": 1_025] as [String: JSONValue] {
      #expect(try Self.program([change.key: change.value]).manifestMembers != members)
    }
  }

  @Test("the smallest and the largest context are taken")
  func bounds() throws {
    for (context, answer) in [(2_562, 1), (1 << 20, 32_768), (2_560 + 2 * 512, 512)] as [(Int64, Int64)] {
      let program = try Self.program(["contextTokens": .integer(context), "answerTokens": .integer(answer)])
      #expect(program.budget.contextTokenCount == Int(context))
      #expect(program.budget.answerTokenCount == Int(answer))
    }
  }

  @Test(
    "a context without room, above its limit, or not named is engine-program-invalid",
    arguments: [
      ["contextTokens": 2_561, "answerTokens": 1], ["contextTokens": 3_583, "answerTokens": 512],
      ["contextTokens": 1_048_577], ["answerTokens": 0], ["answerTokens": -1], ["answerTokens": 32_769],
      ["contextTokens": .integer(.max), "answerTokens": .integer(.max)], ["contextTokens": "8192"],
      ["contextTokens": nil], ["answerTokens": nil],
    ] as [[String: JSONValue?]])
  func refusals(changes: [String: JSONValue?]) {
    #expect(throws: InferenceError(InferenceError.engineProgramInvalid, "")) { _ = try Self.program(changes) }
  }
}
