import Foundation
import Hummingbird
import Logging

/// An OpenAI-compatible server on a Unix socket that gives every chat the same answer.
enum EngineStandIn {
  static let answer = "They meet on Saturday at the north gate."

  static func serve(_ body: @escaping @Sendable (_ path: String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("engine-\(UUID().uuidString.prefix(8))")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let router = Router()
    router.post("/v1/chat/completions") { _, _ in
      let text = """
        {"id":"1","object":"chat.completion","created":1,"model":"stand-in","choices":[{"index":0,"message":\
        {"role":"assistant","content":"\(answer)"},"finish_reason":"stop"}]}
        """
      return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
    let (started, announce) = AsyncStream.makeStream(of: Void.self)
    let application = Application(
      router: router, configuration: .init(address: .unixDomainSocket(path: path)),
      onServerRunning: { _ in announce.finish() }, logger: Logger(label: "engine") { _ in SwiftLogNoOpLogHandler() })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      for await _ in started {}
      try await body(path)
      group.cancelAll()
    }
  }
}
