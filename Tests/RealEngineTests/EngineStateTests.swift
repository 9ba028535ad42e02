import EngineProcess
import Inference
import StrictJSON
import Testing

/// What llama-server says of itself, asked by hand, with the very argument vector that a node would give it, and without
/// its caution as the control: a test that cannot see reuse proves nothing by not seeing it.
@Suite(
  "Serial: a real engine keeps no state between requests", .serialized,
  .enabled("CLOISTER_ENGINE names no engine, or this machine gives no sandbox") { try EngineUnderTest.isPossible() })
struct EngineStateTests {
  private static let prefix = String(repeating: "What one person said to another. ", count: 60)

  /// Tokens of the prompt, those that were worked on, and those that were taken from before.
  private struct PromptCount: Equatable {
    let whole: Int64
    let evaluated: Int64
    let reused: Int64
  }

  private func count(_ engine: RawEngine, _ text: String) async throws -> PromptCount {
    let answer = try await engine.complete(text)
    #expect(answer.status == 200)
    let reused = try #require(answer.integer("timings", "cache_n"))
    // OpenAI's member says the same.
    #expect(answer.integer("usage", "prompt_tokens_details", "cached_tokens") == reused)
    return PromptCount(
      whole: try #require(answer.integer("usage", "prompt_tokens")),
      evaluated: try #require(answer.integer("timings", "prompt_n")), reused: reused)
  }

  @Test("requests that begin alike are each worked on whole, one after the other and side by side")
  func nothingReused() async throws {
    let engine = try await RawEngine.started(try EngineUnderTest.program())
    for index in 0..<8 {
      let count = try await count(engine, Self.prefix + (index < 4 ? "" : "\(index)"))
      #expect(count.whole > 1_000)
      #expect(count == PromptCount(whole: count.whole, evaluated: count.whole, reused: 0))
    }
    try await withThrowingTaskGroup(of: PromptCount.self) { group in
      for _ in 0..<8 { group.addTask { try await count(engine, Self.prefix) } }
      for try await count in group { #expect(count.evaluated == count.whole && count.reused == 0) }
    }
  }

  @Test("control: without those arguments the second of two equal requests is hardly worked on, and this test sees it")
  func reuseIsSeen() async throws {
    let engine = try await RawEngine.started(try EngineUnderTest.rememberingProgram())
    let first = try await count(engine, Self.prefix)
    let second = try await count(engine, Self.prefix)
    #expect(first.reused == 0)
    #expect(second.reused > first.whole * 9 / 10)
    #expect(second.evaluated + second.reused == second.whole)
    print("engine: of \(first.whole) tokens \(second.reused) are reused without the arguments")
  }

  @Test("engine: llama-server that reuses prompts does not pass a node's trial")
  func reuseIsRefused() async throws {
    let program = try EngineUnderTest.rememberingProgram()
    await #expect(throws: InferenceError(InferenceError.engineKeepsState, "")) {
      _ = try await EngineUnderTest.process(program)
    }
  }

  @Test(
    "engine: llama-server that shows its slots or its metrics does not pass a node's trial",
    arguments: ["slots", "metrics"])
  func tellingIsRefused(endpoint: String) async throws {
    let program = try EngineUnderTest.program { arguments in
      arguments.removeAll { $0 == "--no-\(endpoint)" }
      arguments.append("--\(endpoint)")
    }
    await #expect(throws: InferenceError(InferenceError.engineKeepsState, "")) {
      _ = try await EngineUnderTest.process(program)
    }
  }

  @Test("slots, metrics, page, tools, changing of settings and saving of slots are off")
  func closedEndpoints() async throws {
    let engine = try await RawEngine.started(try EngineUnderTest.program())
    let marker = "QXJ7ZK29VWM4"
    _ = try await engine.complete(marker)
    let closed: [(method: String, path: String, status: Int)] = [
      ("GET", "/slots", 501), ("GET", "/metrics", 501), ("POST", "/props", 501), ("POST", "/slots/0?action=save", 501),
      ("POST", "/slots/0?action=restore", 501), ("GET", "/", 404), ("GET", "/index.html", 404), ("GET", "/tools", 403),
      ("GET", "/cors-proxy", 403), ("POST", "/v1/embeddings", 501), ("POST", "/v1/rerank", 501),
    ]
    for (method, path, status) in closed {
      let answer = try await engine.ask(method, path, method == "POST" ? ["input": "x"] : nil)
      #expect(answer.status == status, "\(method) \(path)")
    }
    // What stays readable says nothing of a request.
    for path in ["/props", "/models", "/v1/models", "/health", "/lora-adapters"] {
      let answer = try await engine.ask("GET", path)
      #expect(answer.status == 200, "\(path)")
      #expect(!String(decoding: answer.body, as: UTF8.self).contains(marker), "\(path)")
    }
  }
}
