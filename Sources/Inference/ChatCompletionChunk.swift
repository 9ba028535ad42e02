public import StrictJSON

/// One event of a streamed chat completion with one choice, in OpenAI's form.
public struct ChatCompletionChunk: Sendable, Equatable {
  public let identifier: String
  /// Seconds since 1970.
  public let created: Int64
  public let model: String
  /// Text that follows what came before.
  public var content: String
  /// Only in the last event.
  public var finishReason: ChatCompletionResponse.FinishReason?

  public init(
    identifier: String, created: Int64, model: String, content: String,
    finishReason: ChatCompletionResponse.FinishReason? = nil
  ) {
    self.identifier = identifier
    self.created = created
    self.model = model
    self.content = content
    self.finishReason = finishReason
  }

  /// A whole answer as one event.
  public init(_ response: ChatCompletionResponse) {
    self.init(
      identifier: response.identifier, created: response.created, model: response.model, content: response.content,
      finishReason: response.finishReason)
  }

  /// Joins the event that follows to this one.
  public mutating func append(_ next: ChatCompletionChunk) {
    content += next.content
    finishReason = next.finishReason
  }

  /// Reads an untrusted event: its text is sanitized, and members that servers add to the standard ones are dropped.
  /// Throws `engine-failed` for anything but a chunk of a chat completion.
  public init(parsing data: [UInt8]) throws(InferenceError) {
    guard let value = try? JSONValue(parsing: data, byteLimit: ChatCompletionResponse.byteLimit),
      case .object(let members) = value, case .array(let choices) = members["choices"],
      case .object(let choice)? = choices.first, case .object(let delta) = choice["delta"]
    else { throw InferenceError(InferenceError.engineFailed, "event is no chunk of a chat completion") }
    func text(_ value: JSONValue?) -> String {
      guard case .string(let text) = value else { return "" }
      return AnswerSanitizer.sanitized(text)
    }
    identifier = text(members["id"])
    created = if case .integer(let seconds) = members["created"] { max(0, seconds) } else { 0 }
    model = text(members["model"])
    content = text(delta["content"])
    finishReason =
      if case .string(let reason) = choice["finish_reason"] { reason == "length" ? .length : .stop } else { nil }
  }

  public var jsonValue: JSONValue {
    [
      "id": .string(identifier), "object": "chat.completion.chunk", "created": .integer(created),
      "model": .string(model),
      "choices": [
        [
          "index": 0, "delta": ["content": .string(content)],
          "finish_reason": finishReason.map { .string($0.rawValue) } ?? .null,
        ]
      ],
    ]
  }
}
