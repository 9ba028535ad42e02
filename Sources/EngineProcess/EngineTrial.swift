import Inference
import StrictJSON

/// What a fresh engine must show before it gets a request of a person: that none can see another.
///
/// An engine that lies about itself passes; it is in a sandbox for that. This finds one that was configured wrongly.
public struct EngineTrial: Sendable {
  /// The model's name in requests.
  public let model: String

  public init(model: String) { self.model = model }

  /// - Throws: `engine-keeps-state`, `engine-failed`.
  func run(on engine: SandboxedEngine) async throws(InferenceError) {
    for path in ["/slots", "/metrics"] where try await engine.status(of: path) == 200 {
      throw InferenceError(InferenceError.engineKeepsState, "the engine tells of its requests to others")
    }
    let marker = String(UInt64.random(in: .min ... .max), radix: 36)
    let marked = String(repeating: "The word is \(marker). ", count: 24)
    let first = try await answer(to: marked, of: engine)
    // The same again must be as new to it, and another must know nothing of it.
    let again = try await answer(to: marked, of: engine)
    let other = try await answer(to: "What is the word?", of: engine)
    guard !Self.reusedTokens(in: first), !Self.reusedTokens(in: again), !Self.reusedTokens(in: other),
      try !ChatCompletionResponse(parsingEngineAnswer: other).content.contains(marker)
    else { throw InferenceError(InferenceError.engineKeepsState, "the engine reuses what another request left") }
  }

  private func answer(to text: String, of engine: SandboxedEngine) async throws(InferenceError) -> [UInt8] {
    let request = try ChatCompletionRequest(
      model: model, messages: [.init(role: .user, content: text)], maxTokens: 8, temperature: 0)
    return try await engine.post(
      request.jsonValue.canonicalBytes, to: OpenAICompatibleEngine<SandboxedEngine>.completionsPath)
  }

  /// Whether the engine says that it took tokens of an earlier request. OpenAI's member, and llama.cpp's own.
  private static func reusedTokens(in answer: [UInt8]) -> Bool {
    guard let value = try? JSONValue(parsing: answer, byteLimit: ChatCompletionResponse.byteLimit) else { return true }
    let counts = [value["usage"]?["prompt_tokens_details"]?["cached_tokens"], value["timings"]?["cache_n"]]
    return counts.contains { if case .integer(let count)? = $0 { count > 0 } else { false } }
  }
}

extension JSONValue {
  fileprivate subscript(_ member: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[member]
  }
}
