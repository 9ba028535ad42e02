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

  /// - Throws: the codes of JSON refusals, `completion-request-invalid`, `completion-value-unsupported`.
  package init(parsing bytes: [UInt8]) throws(EndpointError) {
    var members = try AppMembers(parsing: bytes)
    members.drop(AppMembers.identifying)
    try members.dropImplied(Self.impliedValues)
    try members.dropModel()
    let isStreamed = try members.takeFlag("stream") ?? false
    try Self.checkStreamOptions(members.take("stream_options"))
    guard let messages = members.take("messages") else {
      throw EndpointError(JSONError.missingMember, "request has no messages", member: "messages")
    }
    var closed: [String: JSONValue] = [:]
    for name in ["max_tokens", "temperature", "top_p", "seed", "stop"] { closed[name] = members.take(name) }
    if let limit = members.take("max_completion_tokens") { closed["max_tokens"] = limit }
    try members.finish()
    try self.init(AppMessages.ofChat.closedForm(messages), closed, isStreamed: isStreamed)
  }

  /// - Parameters:
  ///   - messages: in their closed form.
  ///   - members: the closed form's others; what they hold is checked here.
  /// - Throws: the codes of JSON refusals, `completion-request-invalid`.
  init(_ messages: [JSONValue], _ members: [String: JSONValue], isStreamed: Bool) throws(EndpointError) {
    let form = members.merging(
      ["model": .string(Self.modelName), "stream": true, "messages": .array(messages)]
    ) { _, new in new }
    do {
      request = try ChatCompletionRequest(parsing: JSONValue.object(form).canonicalBytes)
    } catch {
      throw EndpointError(error)
    }
    self.isStreamed = isStreamed
  }

  /// Counts of tokens are refused: no node tells any, and an app that asks for them would read none as zero.
  private static func checkStreamOptions(_ value: JSONValue?) throws(EndpointError) {
    guard let value else { return }
    guard case .object(let options) = value,
      options.allSatisfy({ name, value in
        guard case .boolean = value else { return false }
        return name == "include_usage" || name == "include_obfuscation"
      })
    else {
      throw EndpointError(
        EndpointError.valueUnsupported, "this value is not offered here", member: "stream_options")
    }
    guard options["include_usage"] != true else {
      throw EndpointError(
        EndpointError.valueUnsupported, "no counts of tokens are told by nodes", member: "stream_options.include_usage")
    }
  }
}
