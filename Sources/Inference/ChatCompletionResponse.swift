public import StrictJSON

/// A chat completion with one choice, in OpenAI's form.
public struct ChatCompletionResponse: Sendable, Equatable {
  public enum FinishReason: String, Sendable {
    case stop
    case length
  }

  public static let byteLimit = 1 << 20

  public let identifier: String
  /// Seconds since 1970.
  public let created: Int64
  public let model: String
  public let content: String
  public let finishReason: FinishReason
  public let promptTokenCount: Int64
  public let completionTokenCount: Int64

  public init(
    identifier: String, created: Int64, model: String, content: String, finishReason: FinishReason = .stop,
    promptTokenCount: Int64 = 0, completionTokenCount: Int64 = 0
  ) {
    self.identifier = identifier
    self.created = created
    self.model = model
    self.content = content
    self.finishReason = finishReason
    self.promptTokenCount = promptTokenCount
    self.completionTokenCount = completionTokenCount
  }

  /// Reads what an engine answered. The engine is not trusted: its text is sanitized, and members that servers add to
  /// the standard ones are dropped here, so that they travel no further. Throws `engine-failed`.
  public init(parsingEngineAnswer bytes: [UInt8]) throws(InferenceError) {
    guard let value = try? JSONValue(parsing: bytes, byteLimit: Self.byteLimit), case .object(let members) = value,
      case .array(let choices) = members["choices"], case .object(let choice) = choices.first,
      case .object(let message) = choice["message"], case .string(let content) = message["content"]
    else { throw InferenceError(InferenceError.engineFailed, "answer of the engine is not a chat completion") }
    func text(_ name: String) -> String {
      guard case .string(let text) = members[name] else { return "" }
      return AnswerSanitizer.sanitized(text)
    }
    func count(_ name: String) -> Int64 {
      guard case .object(let usage) = members["usage"], case .integer(let count) = usage[name] else { return 0 }
      return max(0, min(count, 1 << 32))
    }
    var created: Int64 = 0
    if case .integer(let seconds) = members["created"] { created = max(0, seconds) }
    let reason: FinishReason = choice["finish_reason"] == .string("length") ? .length : .stop
    self.init(
      identifier: text("id"), created: created, model: text("model"), content: AnswerSanitizer.sanitized(content),
      finishReason: reason, promptTokenCount: count("prompt_tokens"), completionTokenCount: count("completion_tokens"))
  }

  public var jsonValue: JSONValue {
    [
      "id": .string(identifier), "object": "chat.completion", "created": .integer(created), "model": .string(model),
      "choices": [
        [
          "index": 0, "message": ["role": "assistant", "content": .string(content)],
          "finish_reason": .string(finishReason.rawValue),
        ]
      ],
      "usage": [
        "prompt_tokens": .integer(promptTokenCount), "completion_tokens": .integer(completionTokenCount),
        "total_tokens": .integer(promptTokenCount.addingReportingOverflow(completionTokenCount).partialValue),
      ],
    ]
  }
}
