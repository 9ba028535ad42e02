public import Inference
import StrictJSON

/// What a fresh engine must show before it gets a request of a person: that none can see another.
///
/// An engine that lies about itself passes; it is in a sandbox for that. This finds one that was configured wrongly.
public struct EngineTrial: Sendable {
  /// The model's name in requests.
  public let model: String
  /// What it will be asked for.
  public let capabilities: Set<EngineCapability>

  public init(model: String, capabilities: Set<EngineCapability> = [.chat]) {
    self.model = model
    self.capabilities = capabilities
  }

  /// - Throws: `engine-keeps-state`, `engine-failed`.
  func run(on engine: SandboxedEngine) async throws(InferenceError) {
    for path in ["/slots", "/metrics"] where try await engine.status(of: path) == 200 {
      throw InferenceError(InferenceError.engineKeepsState, "the engine tells of its requests to others")
    }
    if capabilities.contains(.chat) { try await tryChat(on: engine) }
    if capabilities.contains(.embeddings) { try await tryEmbeddings(on: engine) }
  }

  private func tryChat(on engine: SandboxedEngine) async throws(InferenceError) {
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

  /// A text must have the same vector before another one and behind it.
  private func tryEmbeddings(on engine: SandboxedEngine) async throws(InferenceError) {
    let engine = OpenAICompatibleEngine(model: model, transport: engine, capabilities: [.embeddings])
    func vector(of text: String) async throws(InferenceError) -> [Float] {
      try await engine.embed(EmbeddingsRequest(model: model, inputs: [text])).vectors[0]
    }
    let before = try await vector(of: "What is the word?")
    _ = try await vector(of: String(repeating: "The word is another one. ", count: 24))
    let behind = try await vector(of: "What is the word?")
    let distance = zip(before, behind).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let length = before.reduce(0) { $0 + $1 * $1 }
    guard before.count == behind.count, distance <= length * Self.toleratedDistance else {
      throw InferenceError(InferenceError.engineKeepsState, "a text's vector depends on what was embedded before it")
    }
  }

  /// Of a vector's squared length: sums on several threads differ in their last bits.
  private static let toleratedDistance: Float = 1e-6

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
