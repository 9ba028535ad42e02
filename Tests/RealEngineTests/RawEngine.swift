import Confinement
import Foundation
import Inference
import NIOPosix
import StrictJSON

/// An engine in its sandbox that is asked over its socket by hand, so that a test sees all that it says: also what a
/// node drops, and with no trial before.
struct RawEngine: Sendable {
  struct Answer: Sendable {
    let status: Int
    let body: [UInt8]

    /// A number in the answer's JSON, by the path to it.
    func integer(_ path: String...) -> Int64? {
      let value = try? path.reduce(JSONValue(parsing: body, byteLimit: 1 << 20)) { value, member in
        guard case .object(let members) = value, let next = members[member] else { throw NoAnswer() }
        return next
      }
      return if case .integer(let number)? = value { number } else { nil }
    }
  }

  struct NoAnswer: Error {}

  /// Engines end with their launcher.
  private let launcher: EngineLauncher
  private let sandbox: EngineSandbox

  /// Returns once its model is loaded.
  static func started(_ program: EngineProgram) async throws -> RawEngine {
    let launcher = try EngineUnderTest.launcher(program)
    let engine = RawEngine(launcher: launcher, sandbox: try launcher.start())
    while true {
      if let answer = try? await engine.ask("GET", "/health"), answer.status == 200 { return engine }
      // Throws once the engine has ended.
      if let connection = try engine.sandbox.connect() { close(connection) }
      await Task.yield()
    }
  }

  func ask(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> Answer {
    let content = body?.canonicalBytes ?? []
    let head =
      "\(method) \(path) HTTP/1.1\r\nhost: engine\r\nconnection: close\r\ncontent-type: application/json\r\n"
      + "content-length: \(content.count)\r\n\r\n"
    let message = Array(head.utf8) + content
    return try await NIOThreadPool.singleton.runIfActive { [sandbox] in
      guard let connection = try sandbox.connect() else { throw NoAnswer() }
      defer { close(connection) }
      return try Self.exchange(message, over: connection)
    }
  }

  func complete(_ text: String, maxTokens: Int64 = 4, more: [String: JSONValue] = [:]) async throws -> Answer {
    let request: [String: JSONValue] = [
      "model": "m", "messages": [["role": "user", "content": .string(text)]], "max_tokens": .integer(maxTokens),
      "temperature": 0,
    ]
    return try await ask("POST", "/v1/chat/completions", .object(request.merging(more) { $1 }))
  }

  /// What a text is to the model.
  func tokens(of text: String) async throws -> [Int32] {
    let answer = try await ask("POST", "/tokenize", ["content": .string(text)])
    guard case .object(let members) = try JSONValue(parsing: answer.body, byteLimit: 1 << 20),
      case .array(let tokens)? = members["tokens"]
    else { throw NoAnswer() }
    return tokens.compactMap { if case .integer(let token) = $0 { Int32(token) } else { nil } }
  }

  private static func exchange(_ message: [UInt8], over connection: Int32) throws -> Answer {
    // Whoever waits here has a thread of its own, and waits so long and no longer.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    guard fcntl(connection, F_SETFL, 0) == 0,
      setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size)) == 0,
      send(connection, message, message.count, Int32(MSG_NOSIGNAL)) == message.count
    else { throw NoAnswer() }
    var received: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(connection, &piece, piece.count), count != 0 {
      guard count > 0 else { throw NoAnswer() }
      received += piece.prefix(count)
    }
    guard let end = Data(received).range(of: Data("\r\n\r\n".utf8)) else { throw NoAnswer() }
    let words = String(decoding: received.prefix(end.lowerBound), as: UTF8.self).split(separator: " ")
    guard words.count > 1, let status = Int(words[1]) else { throw NoAnswer() }
    return Answer(status: status, body: Array(received.suffix(from: end.upperBound)))
  }
}
