import ErrorCodes
package import Inference
import StrictJSON

/// What an app asks of `/v1/chat/completions`, read into the closed form in which it leaves the device.
///
/// - Members of the closed form travel: messages, limits, sampling and stop sequences, within the encryption.
/// - The model's name is read and goes no further: a node has one model, and a name that an app chooses could name it.
/// - Members that name or follow somebody are dropped, whatever their value.
/// - Members that ask for what happens anyhow (`"n": 1`), or for nothing (`null`), are left out.
/// - Any other member is refused by its name, so that no app believes that something is done which is not.
package struct AppChatRequest: Sendable {
  static let byteLimit = ChatCompletionRequest.byteLimit
  /// What travels as the model, from every app.
  package static let modelName = "default"

  /// Values that ask for what happens anyhow.
  private static let impliedValues: [String: [JSONValue]] = [
    "n": [1], "frequency_penalty": [0, .number(0)], "presence_penalty": [0, .number(0)], "logprobs": [false],
    "top_logprobs": [0], "tools": [[]], "tool_choice": ["none"], "parallel_tool_calls": [true, false],
    "logit_bias": [[:]], "response_format": [["type": "text"]], "modalities": [["text"]],
  ]

  /// Always of a stream: the private path answers in no other way.
  package let request: ChatCompletionRequest
  /// Whether the app wants events.
  package let isStreamed: Bool
  /// Whether the app wants an event with counts of tokens behind the others, in which the member for them is `null`. Of
  /// no concern to a node, which tells them to everybody.
  package let hasUsage: Bool

  /// - Throws: the codes of JSON refusals, `completion-request-invalid`, `completion-value-unsupported`.
  package init(parsing bytes: [UInt8]) throws(EndpointError) {
    var members = try AppMembers(parsing: bytes)
    members.drop(AppMembers.identifying)
    try members.dropImplied(Self.impliedValues)
    try members.dropModel()
    let isStreamed = try members.takeFlag("stream") ?? false
    let hasUsage = try Self.hasUsage(members.take("stream_options"), isStreamed: isStreamed)
    guard let messages = members.take("messages") else {
      throw EndpointError(JSONError.missingMember, "request has no messages", member: "messages")
    }
    var closed: [String: JSONValue] = [:]
    for name in ["max_tokens", "temperature", "top_p", "seed", "stop"] { closed[name] = members.take(name) }
    if let limit = members.take("max_completion_tokens") { closed["max_tokens"] = limit }
    try members.finish()
    try self.init(AppMessages.ofChat.closedForm(messages), closed, isStreamed: isStreamed, hasUsage: hasUsage)
  }

  /// - Parameters:
  ///   - messages: in their closed form.
  ///   - members: the closed form's others; what they hold is checked here.
  /// - Throws: the codes of JSON refusals, `completion-request-invalid`.
  init(
    _ messages: [JSONValue], _ members: [String: JSONValue], isStreamed: Bool, hasUsage: Bool = false
  ) throws(EndpointError) {
    let form = members.merging(
      ["model": .string(Self.modelName), "stream": true, "messages": .array(messages)]
    ) { _, new in new }
    do {
      request = try ChatCompletionRequest(parsing: JSONValue.object(form).canonicalBytes)
    } catch {
      throw EndpointError(error)
    }
    self.isStreamed = isStreamed
    self.hasUsage = hasUsage
  }

  /// Where a node tells no counts the event that has them does not come, as in OpenAI's protocol where a stream breaks
  /// off. A whole answer has no events, and OpenAI refuses the option of it too.
  private static func hasUsage(_ value: JSONValue?, isStreamed: Bool) throws(EndpointError) -> Bool {
    guard let value else { return false }
    guard case .object(let options) = value,
      options.allSatisfy({ name, value in
        guard case .boolean = value else { return false }
        return name == "include_usage" || name == "include_obfuscation"
      })
    else {
      throw EndpointError(
        EndpointError.valueUnsupported, "this value is not offered here", member: "stream_options")
    }
    let hasUsage = options["include_usage"] == true
    guard isStreamed || !hasUsage else {
      throw EndpointError(
        EndpointError.valueUnsupported, "this is an option of streams, and none is asked for",
        member: "stream_options.include_usage")
    }
    return hasUsage
  }
}
