import Inference
import StrictJSON

/// A chat completion, as `/v1/chat/completions` answers.
struct CompletionForm: AnswerForm {
  var receipt = ""
  private let hasUsage: Bool

  init(_ asked: AppChatRequest) { hasUsage = asked.hasUsage }

  private var identifier: JSONValue { .string("chatcmpl-" + receipt) }

  func json(_ whole: ChatCompletionChunk) -> JSONValue {
    var answer: [String: JSONValue] = [
      "id": identifier, "object": "chat.completion", "created": .integer(whole.created), "model": .string(whole.model),
      "choices": [
        [
          "index": 0, "message": ["role": "assistant", "content": .string(whole.content)], "logprobs": nil,
          "finish_reason": .string((whole.finishReason ?? .stop).rawValue),
        ]
      ],
    ]
    answer["usage"] = whole.usage?.jsonValue
    return .object(answer)
  }

  func events(for chunk: ChatCompletionChunk, isFirst: Bool) -> [UInt8] {
    var delta: [String: JSONValue] = ["content": .string(chunk.content)]
    if isFirst { delta["role"] = "assistant" }
    let choice: JSONValue = [
      "index": 0, "delta": .object(delta), "logprobs": nil,
      "finish_reason": chunk.finishReason.map { .string($0.rawValue) } ?? .null,
    ]
    return event(of: chunk, [choice], usage: .null)
  }

  private func event(of chunk: ChatCompletionChunk, _ choices: [JSONValue], usage: JSONValue) -> [UInt8] {
    var event: [String: JSONValue] = [
      "id": identifier, "object": "chat.completion.chunk", "created": .integer(chunk.created),
      "model": .string(chunk.model), "choices": .array(choices),
    ]
    if hasUsage { event["usage"] = usage }
    return ServerSentEvents.event(JSONValue.object(event).canonicalBytes)
  }

  func ending(of whole: ChatCompletionChunk) -> [UInt8] {
    var events: [UInt8] = []
    if whole.finishReason == nil {
      // For engines that end without a reason: the answer is whole, so it stopped.
      var last = whole
      (last.content, last.finishReason) = ("", .stop)
      events += self.events(for: last, isFirst: false)
    }
    // OpenAI's last event, which has no choice.
    if hasUsage, let usage = whole.usage { events += event(of: whole, [], usage: usage.jsonValue) }
    return events + ServerSentEvents.event(ServerSentEvents.done)
  }

  func event(of failure: OpenAIFailure) -> [UInt8] { ServerSentEvents.event(failure.json.canonicalBytes) }
}
