import ErrorCodes
import StrictJSON

/// How the messages of an app's request are read, into the one form that travels: a role and a text.
struct AppMessages {
  /// Lists that OpenAI's server, and frameworks, put into each answer, empty where there is nothing in them: it comes back as
  /// a message of the conversation.
  static let ofChat = AppMessages(
    member: "messages", textTypes: ["text"], impliedValues: ["annotations": [[]], "tool_calls": [[]]])

  /// The request's member that lists them.
  let member: String
  /// The types of parts that are texts.
  let textTypes: Set<String>
  /// Members of a message that are left out, whatever they hold.
  var droppedMembers: Set<String> = []
  /// Values of a message's members, and of a part's, that ask for what happens anyhow.
  var impliedValues: [String: [JSONValue]] = [:]
  var impliedPartValues: [String: [JSONValue]] = [:]

  /// - Throws: `json-wrong-type`, `json-missing-member`, `json-unknown-member`, `completion-value-unsupported`.
  func closedForm(_ value: JSONValue) throws(EndpointError) -> [JSONValue] {
    guard case .array(let elements) = value else {
      throw EndpointError(JSONError.wrongType, "messages are no list", member: member)
    }
    var messages: [JSONValue] = []
    for element in elements {
      guard case .object(let members) = element else {
        throw EndpointError(JSONError.wrongType, "a message is no object", member: member)
      }
      messages.append(try message(AppMembers(members, prefix: member + ".")))
    }
    return messages
  }

  private func message(_ received: AppMembers) throws(EndpointError) -> JSONValue {
    var members = received
    members.drop(droppedMembers)
    try members.dropImplied(impliedValues)
    let (role, content) = (members.take("role"), members.take("content"))
    try members.finish()
    return ["role": try closedRole(role), "content": .string(try text(of: content))]
  }

  private func closedRole(_ role: JSONValue?) throws(EndpointError) -> JSONValue {
    switch role {
    // OpenAI's newer name of the same thing.
    case "developer": return "system"
    case .some(let known) where ["system", "user", "assistant"].contains(known): return known
    default:
      throw EndpointError(
        EndpointError.valueUnsupported, "role of a message is not system, developer, user or assistant",
        member: member + ".role")
    }
  }

  /// A text, or parts that are texts.
  private func text(of content: JSONValue?) throws(EndpointError) -> String {
    switch content {
    case .string(let text)?: return text
    case .array(let parts)?:
      var whole = ""
      for part in parts {
        guard let text = text(ofPart: part) else {
          throw EndpointError(
            EndpointError.valueUnsupported, "a part of a message is no text", member: member + ".content")
        }
        whole += text
      }
      return whole
    default:
      throw EndpointError(JSONError.missingMember, "a message has no content", member: member + ".content")
    }
  }

  /// Nil for a part that is no text, or more than one.
  private func text(ofPart part: JSONValue) -> String? {
    guard case .object(let received) = part else { return nil }
    let members = received.filter { name, value in
      value != .null && impliedPartValues[name]?.contains(value) != true
    }
    guard members.count == 2, case .string(let type)? = members["type"], textTypes.contains(type),
      case .string(let text)? = members["text"]
    else { return nil }
    return text
  }
}
