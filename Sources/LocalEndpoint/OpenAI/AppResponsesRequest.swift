import ErrorCodes
import StrictJSON

/// What an app asks of `/v1/responses`, read into the chat that leaves the device, by the rules of `AppChatRequest`.
///
/// Instructions become the first message, of the system, and the input those that follow.
package struct AppResponsesRequest: Sendable {
  /// Members that name texts which a server keeps. They are refused, not dropped: without those texts, something else
  /// would be asked.
  private static let references: Set<String> = ["conversation", "previous_response_id"]

  /// Values that ask for what happens anyhow.
  private static let impliedValues: [String: [JSONValue]] = [
    "text": [["format": ["type": "text"]], [:]], "tools": [[]], "tool_choice": ["none", "auto"],
    "parallel_tool_calls": [true, false], "truncation": ["disabled"], "background": [false], "include": [[]],
    "top_logprobs": [0], "stream_options": [["include_obfuscation": false], [:]],
  ]

  package let chat: AppChatRequest
  package let instructions: String?

  /// - Throws: the codes of JSON refusals, `completion-request-invalid`, `completion-value-unsupported`.
  package init(parsing bytes: [UInt8]) throws(EndpointError) {
    var members = try AppMembers(parsing: bytes)
    members.drop(AppMembers.identifying.subtracting(Self.references))
    try members.dropImplied(Self.impliedValues)
    try members.dropModel()
    let isStreamed = try members.takeFlag("stream") ?? false
    instructions = try members.takeText("instructions")
    let input = members.take("input")
    var closed: [String: JSONValue] = [:]
    for name in ["temperature", "top_p"] { closed[name] = members.take(name) }
    closed["max_tokens"] = members.take("max_output_tokens")
    try members.finish()
    let system = instructions.map { [Self.message("system", $0)] } ?? []
    chat = try AppChatRequest(system + Self.messages(input), closed, isStreamed: isStreamed)
  }

  /// - Parameter input: a text, or messages.
  private static func messages(_ input: JSONValue?) throws(EndpointError) -> [JSONValue] {
    switch input {
    case nil: throw EndpointError(JSONError.missingMember, "request has no input", member: "input")
    case .string(let text)?: [message("user", text)]
    case .some(let list): try AppMessages.ofResponses.closedForm(list)
    }
  }

  private static func message(_ role: JSONValue, _ text: String) -> JSONValue {
    ["role": role, "content": .string(text)]
  }
}

extension AppMessages {
  /// Those of an input. An item of an earlier output is one too, as it was answered: with its identifier, which goes no
  /// further, its state, and lists of what texts here never have.
  fileprivate static let ofResponses = AppMessages(
    member: "input", textTypes: ["input_text", "output_text"], droppedMembers: ["id"],
    impliedValues: ["type": ["message"], "status": ["completed", "incomplete", "in_progress"]],
    impliedPartValues: ["annotations": [[]], "logprobs": [[]]])
}
