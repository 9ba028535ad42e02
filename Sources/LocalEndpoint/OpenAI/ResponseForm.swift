import Inference
import StrictJSON

/// A response, as `/v1/responses` answers: one message of one text, with every member that OpenAI's clients demand.
struct ResponseForm: AnswerForm {
  private enum Status: String {
    case inProgress = "in_progress"
    case completed
    /// It reached its limit.
    case incomplete

    init(endOf whole: ChatCompletionChunk) { self = whole.finishReason == .length ? .incomplete : .completed }
  }

  var receipt = ""
  private let asked: AppResponsesRequest
  /// Events so far, of which each is numbered.
  private var eventCount: Int64 = 0

  init(_ asked: AppResponsesRequest) { self.asked = asked }

  private var messageIdentifier: JSONValue { .string("msg_" + receipt) }

  // MARK: Whole

  func json(_ whole: ChatCompletionChunk) -> JSONValue {
    let status = Status(endOf: whole)
    return response(whole, status, output: [message(status, [Self.part(whole.content)])])
  }

  /// What the app asked is told back; the rest says what happens here, whatever is asked.
  private func response(_ chunk: ChatCompletionChunk, _ status: Status, output: [JSONValue]) -> JSONValue {
    let request = asked.chat.request
    return [
      "id": .string("resp_" + receipt), "object": "response", "created_at": .integer(chunk.created),
      "model": .string(chunk.model), "status": .string(status.rawValue), "output": .array(output), "error": nil,
      "incomplete_details": status == .incomplete ? ["reason": "max_output_tokens"] : nil,
      "instructions": asked.instructions.map { .string($0) } ?? .null,
      "max_output_tokens": request.maxTokens.map { .integer($0) } ?? .null,
      "temperature": request.temperature.map { .number($0) } ?? .null,
      "top_p": request.topP.map { .number($0) } ?? .null,
      "background": false, "metadata": [:], "parallel_tool_calls": false, "previous_response_id": nil,
      "reasoning": nil, "text": ["format": ["type": "text"]], "tool_choice": "none", "tools": [],
      "truncation": "disabled",
      "usage": status == .inProgress ? .null : chunk.usage.map(Self.usage) ?? .null,
    ]
  }

  /// The zeros are demanded, and true: a node keeps no token for another request, and asks for no reasoning.
  private static func usage(_ usage: TokenUsage) -> JSONValue {
    [
      "input_tokens": .integer(usage.promptTokenCount),
      "input_tokens_details": ["cached_tokens": 0, "cache_write_tokens": 0],
      "output_tokens": .integer(usage.completionTokenCount), "output_tokens_details": ["reasoning_tokens": 0],
      "total_tokens": .integer(usage.totalTokenCount),
    ]
  }

  private func message(_ status: Status, _ content: [JSONValue]) -> JSONValue {
    [
      "id": messageIdentifier, "type": "message", "role": "assistant", "status": .string(status.rawValue),
      "content": .array(content),
    ]
  }

  private static func part(_ text: String) -> JSONValue {
    ["type": "output_text", "text": .string(text), "annotations": []]
  }

  // MARK: As events

  mutating func events(for chunk: ChatCompletionChunk, isFirst: Bool) -> [UInt8] {
    var events = isFirst ? opening(chunk) : []
    if !chunk.content.isEmpty {
      events += ofPart("response.output_text.delta", ["delta": .string(chunk.content), "logprobs": []])
    }
    return events
  }

  private mutating func opening(_ chunk: ChatCompletionChunk) -> [UInt8] {
    let begun = response(chunk, .inProgress, output: [])
    return event("response.created", ["response": begun])
      + event("response.in_progress", ["response": begun])
      + event("response.output_item.added", ["output_index": 0, "item": message(.inProgress, [])])
      + ofPart("response.content_part.added", ["part": Self.part("")])
  }

  mutating func ending(of whole: ChatCompletionChunk) -> [UInt8] {
    let (status, part) = (Status(endOf: whole), Self.part(whole.content))
    return ofPart("response.output_text.done", ["text": .string(whole.content), "logprobs": []])
      + ofPart("response.content_part.done", ["part": part])
      + event("response.output_item.done", ["output_index": 0, "item": message(status, [part])])
      + event("response." + status.rawValue, ["response": json(whole)])
  }

  /// OpenAI's clients know an error by its members, or by those under `error`.
  mutating func event(of failure: OpenAIFailure) -> [UInt8] {
    event("error", failure.members.merging(["error": .object(failure.members)]) { own, _ in own })
  }

  /// An event of the only part of the only message.
  private mutating func ofPart(_ type: String, _ members: [String: JSONValue]) -> [UInt8] {
    let place: [String: JSONValue] = ["item_id": messageIdentifier, "output_index": 0, "content_index": 0]
    return event(type, members.merging(place) { own, _ in own })
  }

  private mutating func event(_ type: String, _ members: [String: JSONValue]) -> [UInt8] {
    let head: [String: JSONValue] = ["type": .string(type), "sequence_number": .integer(eventCount)]
    eventCount += 1
    let data = JSONValue.object(members.merging(head) { _, head in head }).canonicalBytes
    return Array("event: \(type)\n".utf8) + ServerSentEvents.event(data)
  }
}
