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
  /// Whether it must tell, in each answer, how many tokens it took from an earlier request.
  private let demandsCount: Bool

  /// - Parameter demandsCount: false for an engine whose settings are not the release's: what it tells is held against
  ///   it, and what it leaves out is not.
  public init(model: String, capabilities: Set<EngineCapability> = [.chat], demandsCount: Bool = true) {
    self.model = model
    self.capabilities = capabilities
    self.demandsCount = demandsCount
  }

  /// - Throws: `engine-keeps-state`, `engine-failed`.
  func run(on engine: some TriableEngine) async throws(InferenceError) {
    for path in ["/slots", "/metrics"] where try await engine.status(of: path) == 200 {
      throw InferenceError(InferenceError.engineKeepsState, "the engine tells of its requests to others")
    }
    if capabilities.contains(.chat) { try await tryChat(on: engine) }
    if capabilities.contains(.embeddings) { try await tryEmbeddings(on: engine) }
  }

  private func tryChat(on engine: some TriableEngine) async throws(InferenceError) {
    let marker = Self.marker()
    let marked = String(repeating: "The word is \(marker). ", count: 24)
    let first = try await answer(to: marked, of: engine)
    // The same again must be as new to it, and another must know nothing of it.
    let again = try await answer(to: marked, of: engine)
    let other = try await answer(to: "What is the word?", of: engine)
    guard [first, again, other].allSatisfy(tellsOfNoReuse) else {
      throw InferenceError(InferenceError.engineKeepsState, "the engine does not tell that it reuses no token")
    }
    guard try !ChatCompletionResponse(parsingEngineAnswer: other).content.lowercased().contains(marker) else {
      throw InferenceError(InferenceError.engineKeepsState, "the engine tells what another request said")
    }
  }

  /// A word of no language, so that no answer has it by chance, and short enough that an answer of `answerTokenCount` has
  /// room for a sentence with it, whose model takes a token for each character.
  private static func marker() -> String { String((0..<6).compactMap { _ in "bcdfghjklmnpqrstvwxz".randomElement() }) }

  private static let answerTokenCount: Int64 = 32

  /// A text must have the same vector before another one and behind it.
  private func tryEmbeddings(on engine: some TriableEngine) async throws(InferenceError) {
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

  private func answer<Engine: TriableEngine>(to text: String, of engine: Engine) async throws(InferenceError) -> [UInt8]
  {
    let request = try ChatCompletionRequest(
      model: model, messages: [.init(role: .user, content: text)], maxTokens: Self.answerTokenCount,
      temperature: 0)
    return try await engine.post(
      request.jsonValue.canonicalBytes, to: OpenAICompatibleEngine<Engine>.completionsPath)
  }

  /// Whether the engine says that it took no token of an earlier request, in OpenAI's member or in llama.cpp's own. One
  /// that says nothing could have taken any number.
  private func tellsOfNoReuse(in answer: [UInt8]) -> Bool {
    guard let value = try? JSONValue(parsing: answer, byteLimit: ChatCompletionResponse.byteLimit) else { return false }
    let counts = [value["usage"]?["prompt_tokens_details"]?["cached_tokens"], value["timings"]?["cache_n"]]
      .compactMap { $0 }
    return (!counts.isEmpty || !demandsCount) && counts.allSatisfy { $0 == .integer(0) }
  }
}

extension JSONValue {
  fileprivate subscript(_ member: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[member]
  }
}
