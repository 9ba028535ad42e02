import Foundation
import Inference
import StrictJSON
import Synchronization
import Testing

/// What is left of requests in a node and its engine: while they are worked on, when they were answered, and once
/// engine and key were replaced. Only root may look into their memory; what another user cannot see is not searched,
/// and the test says so.
@Suite(
  "Serial: what remains of requests", .serialized,
  .enabled("CLOISTER_ENGINE names no engine, or this machine gives no sandbox") { try EngineUnderTest.isPossible() })
struct StatelessnessTests {
  private static let requestCount = 2_000
  /// Of the node, and from one engine to the next.
  private static let epochSeconds: UInt64 = 30
  /// What docs/operations/node.md says may be left, while the engine that worked on them runs.
  private static let afterRequests = Traces.Limits(nodeCopyCount: 16, engineRequestCount: 500)
  /// And once it was replaced.
  private static let afterEpoch = Traces.Limits(nodeCopyCount: 16, engineRequestCount: 0)

  @Test("with llama-server: found while they run, nothing in files, logs, metrics or sockets, nothing in a new engine")
  func realEngine() async throws {
    let markers = Markers()
    let raw = try await RawEngine.started(try EngineUnderTest.program())
    let forms = markers.textForms + [try await markers.tokenForm { try await raw.tokens(of: $0) }]
    let traces = try await Traces(markers, forms, engine: try EngineUnderTest.description(), Self.epochSeconds)
    try await traces.expectFoundWhileHeld(Self.completion(markers.text(1), maxTokens: 4), number: 1)
    try await traces.expectFoundInEngine { Self.completion(markers.text($0), maxTokens: 1_024) }
    try await traces.drive(Self.requestCount, atATime: 4) { Self.task($0, markers) }
    try await traces.driveStreams(20) { Self.completion(markers.text($0), maxTokens: 200, stream: true) }
    try await traces.expectLittle("after the requests", Self.afterRequests)
    try await traces.awaitReplacement()
    try await traces.expectLittle("after the epoch", Self.afterEpoch)
    await traces.node.stop()
  }

  @Test("with the embedded engine: found while they run, nothing in files, logs, metrics or sockets afterwards")
  func embeddedEngine() async throws {
    let markers = Markers()
    let traces = try await Traces(markers, markers.textForms, engine: "embedded", Self.epochSeconds)
    try await traces.expectFoundWhileHeld(Self.summary(markers.text(1)), number: 1)
    try await traces.drive(Self.requestCount, atATime: 8) { Self.summary(markers.text($0)) }
    try await traces.expectLittle("after the requests", Self.afterRequests)
    try await traces.awaitReplacement()
    try await traces.expectLittle("after the epoch", Self.afterEpoch)
    await traces.node.stop()
  }

  // MARK: Requests

  struct Asked: Sendable {
    let path: String
    let body: JSONValue
    var isStream = false
    /// Of the answer.
    var status = 200
  }

  /// Mostly short completions; now and then another task, whose answers are long.
  private static func task(_ number: Int, _ markers: Markers) -> Asked {
    let marker = markers.text(number)
    return switch number % 250 {
    case 1: summary(marker)
    // This model never ends by itself, and what is cut off is not shown.
    case 2:
      Asked(
        path: "/v1/tasks/rewrite",
        body: ["draft": .string("Tell them \(marker) at six."), "tone": "professional"], status: 422)
    case 3: Asked(path: "/v1/tasks/reply", body: ["transcript": .string(transcript(marker)), "reader": "Ada"])
    default: completion(marker, maxTokens: 4)
    }
  }

  private static func completion(_ marker: String, maxTokens: Int64, stream: Bool = false) -> Asked {
    Asked(
      path: "/v1/chat/completions",
      body: [
        "model": "any", "messages": [["role": "user", "content": .string("What is \(marker), and why \(marker)?")]],
        "max_tokens": .integer(maxTokens), "temperature": 1, "stream": .boolean(stream),
      ], isStream: stream)
  }

  private static func transcript(_ marker: String) -> String {
    """
    [2026-03-13 09:10] Ada: shall we meet on Friday at six?
    [2026-03-13 09:11] Ben: Decided: \(marker), we meet on Friday at 18:00
    [2026-03-13 09:12] Ada: yes, agreed

    """
  }

  private static func summary(_ marker: String) -> Asked {
    Asked(path: "/v1/tasks/summarize", body: ["transcript": .string(transcript(marker))])
  }
}
