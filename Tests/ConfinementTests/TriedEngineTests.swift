import EngineProcess
import Inference
import StrictJSON
import Synchronization
import Testing

@Suite("An engine that somebody else starts")
struct TriedEngineTests {
  /// Answers as it is told, and keeps what it was asked.
  private final class Engine: TriableEngine {
    struct State {
      var isThere = true
      var openPath: String?
      /// What an answer says of reused tokens.
      var usage: JSONValue = ["prompt_tokens_details": ["cached_tokens": 0]]
      var remembers = false
      var asked: [String] = []
    }

    let state = Mutex(State())

    func status(of path: String) async throws(InferenceError) -> Int {
      try requireThere()
      return state.withLock { $0.openPath == path ? 200 : 404 }
    }

    func post(
      _ body: [UInt8], to path: String, answerByteLimit: Int
    ) async throws(InferenceError) -> [UInt8] {
      try requireThere()
      let text = try ChatCompletionRequest(parsing: body).messages[0].content
      let (usage, content) = state.withLock { state in
        defer { state.asked.append(text) }
        return (state.usage, state.remembers ? state.asked.last ?? "" : "ok")
      }
      let answer = ChatCompletionResponse(identifier: "c", created: 0, model: "m", content: content)
      guard case .object(var members) = answer.jsonValue else { return [] }
      members["usage"] = usage
      return JSONValue.object(members).canonicalBytes
    }

    func postStreaming(
      _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
    ) async throws(InferenceError) {
      try await receive(try await post(body, to: path))
    }

    private func requireThere() throws(InferenceError) {
      guard state.withLock({ $0.isThere }) else { throw InferenceError(InferenceError.engineFailed, "nobody there") }
    }

    /// Whether what a person said came here.
    var wasAsked: Bool { state.withLock { $0.asked.contains(TriedEngineTests.text) } }
  }

  private static let text = "a person's words"
  private static let path = OpenAICompatibleEngine<Engine>.completionsPath

  private func request() throws -> [UInt8] {
    try ChatCompletionRequest(model: "m", messages: [.init(role: .user, content: Self.text)]).jsonValue.canonicalBytes
  }

  private func ask(_ tried: TriedEngine<Engine>, streaming: Bool) async throws {
    if streaming {
      try await tried.postStreaming(try request(), to: Self.path) { _ in }
    } else {
      _ = try await tried.post(try request(), to: Self.path, answerByteLimit: 1_000)
    }
  }

  enum Fault: CaseIterable {
    case tellsSlots, tellsMetrics, tellsNothingOfReuse, reuses, remembers
  }

  @Test(
    "engine: one of somebody else's that keeps state, or does not tell, gets no request",
    arguments: Fault.allCases, [false, true])
  func keepsState(_ fault: Fault, streaming: Bool) async throws {
    let engine = Engine()
    engine.state.withLock { state in
      switch fault {
      case .tellsSlots: state.openPath = "/slots"
      case .tellsMetrics: state.openPath = "/metrics"
      case .tellsNothingOfReuse: state.usage = ["prompt_tokens": 3]
      case .reuses: state.usage = ["prompt_tokens_details": ["cached_tokens": 1]]
      case .remembers: state.remembers = true
      }
    }
    let tried = TriedEngine(engine, trial: EngineTrial(model: "m"))
    await #expect(throws: InferenceError(InferenceError.engineKeepsState, "")) { try await tried.passTrial() }
    await #expect(throws: InferenceError(InferenceError.engineKeepsState, "")) {
      try await ask(tried, streaming: streaming)
    }
    #expect(!engine.wasAsked)
  }

  @Test("one that tells no count passes where none is demanded, and one that tells of reuse does not")
  func undemanded() async throws {
    let engine = Engine()
    func tried() -> TriedEngine<Engine> { TriedEngine(engine, trial: EngineTrial(model: "m", demandsCount: false)) }
    engine.state.withLock { $0.usage = ["prompt_tokens_details": ["cached_tokens": 1]] }
    await #expect(throws: InferenceError(InferenceError.engineKeepsState, "")) { try await tried().passTrial() }
    engine.state.withLock { $0.usage = ["prompt_tokens": 3] }
    try await tried().passTrial()
  }

  @Test(
    "engine: one that failed its trial is asked nothing more, though it would pass another", arguments: [false, true])
  func refusalStands(streaming: Bool) async throws {
    let engine = Engine()
    engine.state.withLock { $0.usage = ["prompt_tokens_details": ["cached_tokens": 1]] }
    let tried = TriedEngine(engine, trial: EngineTrial(model: "m"))
    await #expect(throws: InferenceError(InferenceError.engineKeepsState, "")) { try await tried.passTrial() }
    engine.state.withLock { $0.usage = ["prompt_tokens_details": ["cached_tokens": 0]] }
    let count = engine.state.withLock { $0.asked.count }
    await #expect(throws: InferenceError(InferenceError.engineKeepsState, "")) {
      try await ask(tried, streaming: streaming)
    }
    #expect(engine.state.withLock { $0.asked.count } == count)
  }

  @Test("one that was not there at the start is tried before its first request, and once", arguments: [false, true])
  func triedLate(streaming: Bool) async throws {
    let engine = Engine()
    engine.state.withLock { $0.isThere = false }
    let tried = TriedEngine(engine, trial: EngineTrial(model: "m"))
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) { try await tried.passTrial() }
    engine.state.withLock { $0.isThere = true }
    for _ in 0..<2 { try await ask(tried, streaming: streaming) }
    let asked = engine.state.withLock { $0.asked }
    #expect(asked.count == 5 && asked.suffix(2) == [Self.text, Self.text])
  }
}
