import HTTPMessages
import Inference
import StrictJSON

/// An answer as it is written to an app, in OpenAI's form. Its identifier is the receipt's, so that an app which keeps
/// identifiers finds the receipt again.
struct AppCompletion {
  var receipt = ""
  /// Everything so far, or what was last of a stream.
  private var gathered: ChatCompletionChunk?
  private var hasBegun = false

  private var identifier: String { "chatcmpl-" + receipt }

  private var receiptField: HTTPField { HTTPField(OpenAISection.receiptField, receipt) }

  // MARK: As events

  mutating func pass(_ chunk: ChatCompletionChunk, to answer: any ResponseWriter) async throws(HTTPExchangeError) {
    let isFirst = gathered == nil
    gathered = chunk
    if !hasBegun { try await begin(answer) }
    try await answer.write(ServerSentEvents.event(event(chunk, isFirst: isFirst).canonicalBytes))
  }

  /// The head comes with the first event, so that what fails before it has a status of its own.
  private mutating func begin(_ answer: any ResponseWriter) async throws(HTTPExchangeError) {
    hasBegun = true
    try await answer.begin(
      status: 200, fields: [HTTPField("content-type", ServerSentEvents.mediaType), receiptField])
  }

  mutating func finishStream(_ answer: any ResponseWriter) async throws(HTTPExchangeError) {
    if gathered?.finishReason == nil { try await pass(ending, to: answer) }
    try await answer.write(ServerSentEvents.event(ServerSentEvents.done))
  }

  /// For engines that end without a reason: the answer is whole, so it stopped.
  private var ending: ChatCompletionChunk {
    ChatCompletionChunk(
      identifier: identifier, created: gathered?.created ?? 0, model: gathered?.model ?? "", content: "",
      finishReason: .stop)
  }

  private func event(_ chunk: ChatCompletionChunk, isFirst: Bool) -> JSONValue {
    var delta: [String: JSONValue] = ["content": .string(chunk.content)]
    if isFirst { delta["role"] = "assistant" }
    return [
      "id": .string(identifier), "object": "chat.completion.chunk", "created": .integer(chunk.created),
      "model": .string(chunk.model),
      "choices": [
        [
          "index": 0, "delta": .object(delta), "logprobs": nil,
          "finish_reason": chunk.finishReason.map { .string($0.rawValue) } ?? .null,
        ]
      ],
    ]
  }

  // MARK: Gathered

  mutating func gather(_ chunk: ChatCompletionChunk) {
    if gathered == nil { gathered = chunk } else { gathered?.append(chunk) }
  }

  /// Without counts of tokens: the node tells none, and none are invented.
  func sendWhole(_ answer: any ResponseWriter) async throws(HTTPExchangeError) {
    let whole = gathered ?? ending
    let json: JSONValue = [
      "id": .string(identifier), "object": "chat.completion", "created": .integer(whole.created),
      "model": .string(whole.model),
      "choices": [
        [
          "index": 0, "message": ["role": "assistant", "content": .string(whole.content)], "logprobs": nil,
          "finish_reason": .string((whole.finishReason ?? .stop).rawValue),
        ]
      ],
    ]
    var response = WholeResponse(contentType: "application/json", body: json.canonicalBytes)
    response.fields.append(receiptField)
    try await answer.send(response)
  }

  // MARK: Failed

  /// A refusal with a status of its own or, behind events, as the last event; OpenAI's clients throw either.
  func fail(_ error: EndpointError, _ answer: any ResponseWriter) async throws(HTTPExchangeError) {
    let failure = OpenAIFailure(error)
    guard hasBegun else {
      return try await answer.send(failure.response(receipt: receipt.isEmpty ? nil : receipt))
    }
    try await answer.write(ServerSentEvents.event(failure.json.canonicalBytes))
  }
}
