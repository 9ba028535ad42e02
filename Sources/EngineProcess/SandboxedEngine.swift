import Inference
import NIOCore
import NIOHTTP1
import NIOPosix

/// The way to one sandboxed engine. Holding it keeps the engine alive.
///
/// A connection serves one request: giving up a request is closing its connection, which ends the engine's work on it.
struct SandboxedEngine: TriableEngine {
  let connections: EngineConnections
  let group: any EventLoopGroup

  func post(
    _ body: [UInt8], to path: String, answerByteLimit: Int
  ) async throws(InferenceError) -> [UInt8] {
    var answer: [UInt8] = []
    try await postStreaming(body, to: path) { piece throws(InferenceError) in
      guard answer.count + piece.count <= answerByteLimit else {
        throw InferenceError(InferenceError.engineFailed, "the engine's answer is above its limit")
      }
      answer += piece
    }
    return answer
  }

  func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError) {
    let status = try await exchange(.POST, path, body, receive)
    guard status == 200 else { throw InferenceError(engineStatus: status) }
  }

  /// The status of an answer without its content.
  func status(of path: String) async throws(InferenceError) -> Int { try await exchange(.GET, path, []) { _ in } }

  private func exchange(
    _ method: HTTPMethod, _ path: String, _ body: [UInt8], _ receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError) -> Int {
    do {
      guard let connection = try await connections.take() else {
        throw InferenceError(InferenceError.engineFailed, "the engine does not listen")
      }
      return try await EngineConnection.exchange(
        descriptor: connection, group: group, method: method, path: path, body: body, receive: receive)
    } catch let error as InferenceError {
      throw error
    } catch {
      throw InferenceError(InferenceError.engineFailed, "the engine gave no answer")
    }
  }

  /// Returns once the engine says that its models are loaded; to be given up by whoever waits.
  /// - Throws: `confinement-no-sandbox` where it has ended.
  func awaitReadiness() async throws {
    while true {
      if let connection = try await connections.take(),
        let status = try? await EngineConnection.exchange(
          descriptor: connection, group: group, method: .GET, path: "/health", body: [], receive: { _ in }),
        status == 200
      {
        return
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
