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
  /// Of the whole answer, in its last event; nil where the engine told none.
  public var usage: TokenUsage?

  public init(
    identifier: String, created: Int64, model: String, content: String,
    finishReason: ChatCompletionResponse.FinishReason? = nil, usage: TokenUsage? = nil
  ) {
    self.identifier = identifier
    self.created = created
    self.model = model
    self.content = content
    self.finishReason = finishReason
    self.usage = usage
  }

  /// A whole answer as one event.
  public init(_ response: ChatCompletionResponse) {
    self.init(
      identifier: response.identifier, created: response.created, model: response.model, content: response.content,
      finishReason: response.finishReason, usage: response.usage)
  }

  /// Joins the event that follows to this one.
  public mutating func append(_ next: ChatCompletionChunk) {
    content += next.content
    finishReason = next.finishReason ?? finishReason
    // Counts that came before text are not of the whole answer.
    if !next.content.isEmpty || next.usage != nil { usage = next.usage }
  }

  /// Reads an untrusted event: its text is sanitized, and members that servers add to the standard ones are dropped. An
  /// event with counts of tokens may have no choice, and then it has no text. Throws `engine-failed` for anything but a
  /// chunk of a chat completion.
  public init(parsing data: [UInt8]) throws(InferenceError) {
    guard let value = try? JSONValue(parsing: data, byteLimit: ChatCompletionResponse.byteLimit),
      case .object(let members) = value, case .array(let choices) = members["choices"],
      let choice = Self.firstChoice(choices, of: members), case .object(let delta) = choice["delta"]
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
    usage = TokenUsage(members["usage"])
  }

  private static func firstChoice(_ choices: [JSONValue], of members: [String: JSONValue]) -> [String: JSONValue]? {
    switch (choices.first, members["usage"]) {
    case (.object(let choice)?, _): choice
    case (nil, .object?): ["delta": [:]]
    default: nil
    }
  }

  /// Counts that are not known are left out.
  public var jsonValue: JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(identifier), "object": "chat.completion.chunk", "created": .integer(created),
      "model": .string(model),
      "choices": [
        [
          "index": 0, "delta": ["content": .string(content)],
          "finish_reason": finishReason.map { .string($0.rawValue) } ?? .null,
        ]
      ],
    ]
    members["usage"] = usage?.jsonValue
    return .object(members)
  }
}
