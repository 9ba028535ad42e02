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

  /// Members of OpenAI's protocol by which a server tells users apart, follows them, keeps their texts or serves them in
  /// another way.
  static let droppedMembers: Set<String> = [
    "user", "metadata", "store", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier",
    "conversation", "previous_response_id", "session_id", "thread_id",
  ]

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
    var members = try Self.members(of: bytes).filter { $0.value != .null }
    for name in Self.droppedMembers { members[name] = nil }
    for (name, values) in Self.impliedValues {
      guard let value = members.removeValue(forKey: name) else { continue }
      guard values.contains(value) else {
        throw EndpointError(EndpointError.valueUnsupported, "this value is not offered here", member: name)
      }
    }
    guard case .string? = members.removeValue(forKey: "model") else {
      throw EndpointError(JSONError.missingMember, "request names no model; any name will do", member: "model")
    }
    isStreamed = members.removeValue(forKey: "stream") == true
    try Self.checkStreamOptions(members.removeValue(forKey: "stream_options"))
    if let limit = members.removeValue(forKey: "max_completion_tokens") { members["max_tokens"] = limit }
    guard let messages = members.removeValue(forKey: "messages") else {
      throw EndpointError(JSONError.missingMember, "request has no messages", member: "messages")
    }
    let closed = try Self.closedMembers(members)
    let form = closed.merging(
      ["model": .string(Self.modelName), "stream": true, "messages": try AppChatMessages.closedForm(messages)]
    ) { _, new in new }
    do {
      request = try ChatCompletionRequest(parsing: JSONValue.object(form).canonicalBytes)
    } catch {
      throw EndpointError(error)
    }
  }

  static func members(of bytes: [UInt8]) throws(EndpointError) -> [String: JSONValue] {
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes, byteLimit: byteLimit) } catch { throw EndpointError(error) }
    guard case .object(let members) = value else { throw EndpointError(JSONError.wrongType, "body is no object") }
    return members
  }

  /// - Throws: `json-unknown-member`, which names the first one by the alphabet.
  private static func closedMembers(_ members: [String: JSONValue]) throws(EndpointError) -> [String: JSONValue] {
    let closed: Set = ["max_tokens", "temperature", "top_p", "seed", "stop"]
    if let unknown = members.keys.filter({ !closed.contains($0) }).min() {
      throw EndpointError(
        JSONError.unknownMember, "the request has a member that is not offered here", member: shown(unknown))
    }
    return members
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

  /// A received name as it goes back to its sender: no longer than any of the protocol.
  static func shown(_ name: String) -> String { String(name.prefix(64)) }
}

/// The messages of an app's request, in the one form that travels: a role and a text.
enum AppChatMessages {
  /// - Throws: `json-wrong-type`, `json-missing-member`, `json-unknown-member`, `completion-value-unsupported`.
  static func closedForm(_ value: JSONValue) throws(EndpointError) -> JSONValue {
    guard case .array(let elements) = value else {
      throw EndpointError(JSONError.wrongType, "messages are no list", member: "messages")
    }
    var messages: [JSONValue] = []
    for element in elements {
      guard case .object(let members) = element else {
        throw EndpointError(JSONError.wrongType, "a message is no object", member: "messages")
      }
      messages.append(try closedForm(of: members.filter { $0.value != .null }))
    }
    return .array(messages)
  }

  private static func closedForm(of members: [String: JSONValue]) throws(EndpointError) -> JSONValue {
    if let unknown = members.keys.filter({ $0 != "role" && $0 != "content" }).min() {
      throw EndpointError(
        JSONError.unknownMember, "a message has a member that is not offered here",
        member: "messages." + AppChatRequest.shown(unknown))
    }
    let role: JSONValue
    switch members["role"] {
    // OpenAI's newer name of the same thing.
    case "developer": role = "system"
    case .some(let known) where ["system", "user", "assistant"].contains(known): role = known
    default:
      throw EndpointError(
        EndpointError.valueUnsupported, "role of a message is not system, developer, user or assistant",
        member: "messages.role")
    }
    return ["role": role, "content": .string(try text(of: members["content"]))]
  }

  /// A text, or parts that are texts.
  private static func text(of content: JSONValue?) throws(EndpointError) -> String {
    switch content {
    case .string(let text)?: return text
    case .array(let parts)?:
      var text = ""
      for part in parts {
        guard case .object(let members) = part, members.count == 2, members["type"] == "text",
          case .string(let piece)? = members["text"]
        else {
          throw EndpointError(
            EndpointError.valueUnsupported, "a part of a message is no text", member: "messages.content")
        }
        text += piece
      }
      return text
    default:
      throw EndpointError(JSONError.missingMember, "a message has no content", member: "messages.content")
    }
  }
}
