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
  /// Nil where the engine told none.
  public let usage: TokenUsage?

  public init(
    identifier: String, created: Int64, model: String, content: String, finishReason: FinishReason = .stop,
    usage: TokenUsage? = nil
  ) {
    self.identifier = identifier
    self.created = created
    self.model = model
    self.content = content
    self.finishReason = finishReason
    self.usage = usage
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
    var created: Int64 = 0
    if case .integer(let seconds) = members["created"] { created = max(0, seconds) }
    let reason: FinishReason = choice["finish_reason"] == .string("length") ? .length : .stop
    self.init(
      identifier: text("id"), created: created, model: text("model"), content: AnswerSanitizer.sanitized(content),
      finishReason: reason, usage: TokenUsage(members["usage"]))
  }

  /// Counts that are not known are left out.
  public var jsonValue: JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(identifier), "object": "chat.completion", "created": .integer(created), "model": .string(model),
      "choices": [
        [
          "index": 0, "message": ["role": "assistant", "content": .string(content)],
          "finish_reason": .string(finishReason.rawValue),
        ]
      ],
    ]
    members["usage"] = usage?.jsonValue
    return .object(members)
  }
}
