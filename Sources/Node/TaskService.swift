import BinaryHTTP
import ChatHistory
import ErrorCodes
import Inference
import StrictJSON
import Trust

/// Answers decrypted requests: decodes them into closed typed structures, asks the engine, writes a new answer.
struct TaskService: Sendable {
  let engine: any Engine

  static let jsonType = "application/json"

  /// Never throws: what goes wrong is an answer too, of the same size.
  func respond(to bytes: [UInt8]) async -> BinaryHTTP.Response {
    do {
      let request = try BinaryHTTP.Request(decoding: bytes)
      switch (request.method, request.path) {
      case ("POST", "/v1/tasks/summarize"): return Self.json(try await summarize(try Self.content(of: request)))
      case ("POST", "/v1/chat/completions"): return Self.json(try await complete(try Self.content(of: request)))
      case ("GET", "/v1/models"): return Self.json(engine.models.jsonValue)
      default: throw NodeError(NodeError.requestUnknown, "no such resource")
      }
    } catch let error as NodeError {
      return Self.refusal(error.code, status: error.code == NodeError.requestUnknown ? 404 : 400)
    } catch let error as InferenceError {
      return Self.refusal(error.code, status: error.code == InferenceError.engineFailed ? 502 : 422)
    } catch {
      return Self.refusal(NodeError.requestMalformed, status: 400)
    }
  }

  static func refusal(_ code: ErrorCode, status: Int) -> BinaryHTTP.Response {
    json(["code": .string(code.rawValue)], status: status)
  }

  private static func json(_ value: JSONValue, status: Int = 200) -> BinaryHTTP.Response {
    BinaryHTTP.Response(
      statusCode: status, headerFields: ["content-type": "application/json"], content: value.canonicalBytes)
  }

  /// The one form of request that clients write: JSON, no other header field.
  private static func content(of request: BinaryHTTP.Request) throws -> [UInt8] {
    guard request.headerFields.fields.count == 1, request.headerFields["content-type"] == jsonType,
      request.trailerFields.isEmpty
    else { throw NodeError(NodeError.requestMalformed, "request has other fields than its content type") }
    return request.content
  }

  private func summarize(_ content: [UInt8]) async throws -> JSONValue {
    var object = try JSONObject(parsing: content, name: "summarize request")
    let transcript = try object.string("transcript")
    let reader: String?
    switch object.optional("reader") {
    case nil: reader = nil
    case .string(let name)?: reader = name
    default: throw NodeError(NodeError.requestMalformed, "member reader is not a string")
    }
    try object.finish()
    let messages = try ChatTranscript.parse(transcript).compactMap { message -> Inference.ChatMessage? in
      guard let sender = message.sender,
        let time = LocalMinute(
          year: message.time.year, month: message.time.month, day: message.time.day, hour: message.time.hour,
          minute: message.time.minute)
      else { return nil }
      return ChatMessage(time: time, sender: sender, text: message.text)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let summary = try await engine.summarize(SummaryRequest(messages: messages, reader: reader))
    let duration = clock.now - start
    return [
      "summary": .string(summary.rendered()), "engine": .string(engine.name),
      "extractive": .boolean(summary.isExtractive), "engineMicroseconds": .integer(duration.microseconds),
    ]
  }

  private func complete(_ content: [UInt8]) async throws -> JSONValue {
    try await engine.complete(try ChatCompletionRequest(parsing: content)).jsonValue
  }
}

extension Duration {
  fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
