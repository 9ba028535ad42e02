import Confinement
import EngineProcess
import Foundation
import InMemoryParties
import Inference
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// With the node's own executable as launcher and a program that means harm as engine. Where this machine gives no
/// namespaces the suite is skipped, and says so.
@Suite("An engine's sandbox", .enabled("this machine gives no sandbox") { try SandboxFixture.isPossible() })
struct EngineSandboxTests {
  private static let request = Array(#"{"messages":[]}"#.utf8)
  private static let path = OpenAICompatibleEngine<EngineProcess>.completionsPath

  /// - Parameters:
  ///   - honest: how many completions it answers as an honest one does; the trial takes three.
  private func engine(
    _ mode: String, honest: Int = 0, named name: String = "engine-of-a-test"
  ) async throws -> EngineProcess {
    let engine = EngineProcess(
      launcher: try SandboxFixture.launcher([name, mode, EngineLauncher.socketPath, "\(honest)"]),
      group: .singletonMultiThreadedEventLoopGroup)
    try await engine.replace(startTime: .seconds(60), trial: EngineTrial(model: "m"))
    return engine
  }

  private func content(of answer: [UInt8]) throws -> String {
    try ChatCompletionResponse(parsingEngineAnswer: answer).content
  }

  @Test("an honest engine answers")
  func honest() async throws {
    let engine = try await engine("honest")
    #expect(try content(of: try await engine.post(Self.request, to: Self.path)) == "ok")
  }

  @Test("an honest engine's stream ends with its counts of tokens")
  func honestStream() async throws {
    let model = OpenAICompatibleEngine(model: "m", transport: try await engine("honest"))
    let request = try ChatCompletionRequest(model: "m", messages: [.init(role: .user, content: "hello")], stream: true)
    let chunks = Mutex<[ChatCompletionChunk]>([])
    try await model.stream(request) { chunk in chunks.withLock { $0.append(chunk) } }
    #expect(chunks.withLock { $0.map(\.content) } == ["ok", ""])
    let usage = TokenUsage(promptTokenCount: 10, completionTokenCount: 1)
    #expect(chunks.withLock { $0.map(\.usage) } == [nil, usage])
  }

  @Test("engine: reaches evidence, keys, other processes, network or files")
  func reach() async throws {
    let engine = try await engine("reach")
    #expect(try content(of: try await engine.post(Self.request, to: Self.path)) == "nothing")
  }

  @Test("engine: an endless answer ends at its limit")
  func flood() async throws {
    let engine = try await engine("flood", honest: 3)
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      try await engine.post(Self.request, to: Self.path)
    }
    // A stream is given up by whoever receives it.
    await #expect(throws: InferenceError.self) {
      var count = 0
      try await engine.postStreaming(Self.request, to: Self.path) { piece throws(InferenceError) in
        count += piece.count
        if count > 100_000 { throw InferenceError(InferenceError.eventTooLong, "enough") }
      }
    }
  }

  @Test("engine: what is no answer is none, and the next request is asked all the same")
  func lies() async throws {
    let engine = try await engine("lie", honest: 3)
    let model = OpenAICompatibleEngine(model: "m", transport: engine)
    let request = try ChatCompletionRequest(model: "m", messages: [.init(role: .user, content: "hello")], maxTokens: 4)
    var refusedCount = 0
    for _ in 0..<90 {
      do {
        // What is taken is text, without what would command a terminal or turn it around.
        let text = try await model.complete(request).content
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" })
        #expect(!text.unicodeScalars.contains { ("\u{202A}"..."\u{202E}").contains($0) })
      } catch {
        #expect(error.code == InferenceError.engineFailed)
        refusedCount += 1
      }
    }
    #expect(refusedCount > 40)
  }

  @Test(
    "engine: shows a request's marker to another, reuses one, tells of it, or does not tell whether it reuses one",
    arguments: ["remember", "recall", "cached", "tell", "untold"])
  func keepsState(mode: String) async throws {
    await #expect(throws: InferenceError(InferenceError.engineKeepsState, "")) { try await engine(mode) }
  }

  @Test("engine: one that ends at once is no engine")
  func dies() async throws {
    await #expect(throws: ConfinementError.self) { try await engine("die") }
  }

  @Test("engine: one that never answers is given up when its time is over, and no request is given to it")
  func silent() async throws {
    let clock = SettableClock(.now)
    clock.holdSleepers()
    let engine = EngineProcess(
      launcher: try SandboxFixture.launcher(["engine-of-a-test", "silent", EngineLauncher.socketPath, "0"]),
      group: .singletonMultiThreadedEventLoopGroup, clock: clock.steady)
    let start = Task { try await engine.replace(startTime: .seconds(60), trial: EngineTrial(model: "m")) }
    await clock.sleepers(1)
    clock.advance(bySeconds: 60)
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) { try await start.value }
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      try await engine.post(Self.request, to: Self.path)
    }
  }

  @Test("engine: one that takes memory without end is refused it at its limit, ends alone, and another takes its place")
  func allocates() async throws {
    let launcher = try SandboxFixture.launcher(
      ["engine-of-a-test", "allocate", EngineLauncher.socketPath, "3"], memoryByteLimit: 256 << 20)
    let engine = EngineProcess(launcher: launcher, group: .singletonMultiThreadedEventLoopGroup)
    for _ in 0..<2 {
      try await engine.replace(startTime: .seconds(60), trial: EngineTrial(model: "m"))
      await #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
        try await engine.post(Self.request, to: Self.path)
      }
    }
  }

  private static let replacedName = "engine-to-replace"

  @Test("engine: after it was replaced, the one before is gone with all that it held")
  func replaced() async throws {
    let engine = try await engine("honest", named: Self.replacedName)
    _ = try await engine.post(Self.request, to: Self.path)
    let before = SandboxFixture.engines(named: Self.replacedName)
    #expect(before.count == 1)
    try await engine.replace(startTime: .seconds(60), trial: EngineTrial(model: "m"))
    #expect(try content(of: try await engine.post(Self.request, to: Self.path)) == "ok")
    // Its processes end when the last request lets go of it, in the kernel's time.
    while !SandboxFixture.engines(named: Self.replacedName).isDisjoint(with: before) { await Task.yield() }
  }
}

enum SandboxFixture {
  static func launcher(_ arguments: [String], memoryByteLimit: UInt64 = 1 << 30) throws -> EngineLauncher {
    let node = try SealedFile(
      copying: CommandRun.folder.appendingPathComponent("cloister-node").path, name: "node", isExecutable: true,
      byteLimit: 1 << 30)
    let engine = try SealedFile(
      copying: CommandRun.folder.appendingPathComponent("hostile-engine").path, name: "engine", isExecutable: true,
      byteLimit: 1 << 30)
    let model = try SealedFile(copying: "/proc/self/cmdline", name: "model", byteLimit: 1 << 20)
    let control = try EngineLauncher.spawn(
      from: node, engine: engine, models: [model], arguments: arguments,
      environment: [], memoryByteLimit: memoryByteLimit)
    return EngineLauncher(inheriting: control)
  }

  static func isPossible() throws -> Bool { try launcher([]).verifySandbox() }

  /// Process identifiers of engines of this name.
  static func engines(named name: String) -> Set<Int32> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return Set(
      names.compactMap { Int32($0) }.filter { process in
        guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
        return line.starts(with: Data("\(name)\0".utf8))
      })
  }
}
