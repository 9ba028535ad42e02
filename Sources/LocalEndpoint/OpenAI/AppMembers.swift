import ErrorCodes
import StrictJSON

/// The members of an object in an app's request, which are taken one by one. What is left then is refused by its name,
/// so that no app believes that something is done which is not. A member that is `null` asks for nothing.
struct AppMembers {
  /// Members of OpenAI's protocol by which a server tells users apart, follows them, keeps their texts or serves them
  /// in another way.
  static let identifying: Set<String> = [
    "user", "metadata", "store", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier",
    "conversation", "previous_response_id", "session_id", "thread_id",
  ]

  private var members: [String: JSONValue]
  /// What stands before a member's name in a refusal.
  private let prefix: String

  init(_ members: [String: JSONValue], prefix: String = "") {
    self.members = members.filter { $0.value != .null }
    self.prefix = prefix
  }

  /// Reads an app's body.
  /// - Throws: the codes of JSON refusals.
  init(parsing bytes: [UInt8]) throws(EndpointError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes, byteLimit: AppChatRequest.byteLimit)
    } catch {
      throw EndpointError(error)
    }
    guard case .object(let members) = value else { throw EndpointError(JSONError.wrongType, "body is no object") }
    self.init(members)
  }

  mutating func take(_ name: String) -> JSONValue? { members.removeValue(forKey: name) }

  /// - Throws: `json-wrong-type`.
  mutating func takeFlag(_ name: String) throws(EndpointError) -> Bool? {
    switch take(name) {
    case nil: nil
    case .boolean(let flag)?: flag
    default: throw EndpointError(JSONError.wrongType, "this member is neither true nor false", member: prefix + name)
    }
  }

  /// - Throws: `json-wrong-type`.
  mutating func takeText(_ name: String) throws(EndpointError) -> String? {
    switch take(name) {
    case nil: nil
    case .string(let text)?: text
    default: throw EndpointError(JSONError.wrongType, "this member is no text", member: prefix + name)
    }
  }

  /// The model's name is read and goes no further: a node has one model, and a name that an app chooses could name it.
  /// - Throws: `json-missing-member`.
  mutating func dropModel() throws(EndpointError) {
    guard case .string? = take("model") else {
      throw EndpointError(JSONError.missingMember, "request names no model; any name will do", member: "model")
    }
  }

  /// Leaves members out, whatever they hold.
  mutating func drop(_ names: Set<String>) {
    for name in names { members[name] = nil }
  }

  /// Leaves members out that ask for what happens anyhow.
  /// - Throws: `completion-value-unsupported` for any other value.
  mutating func dropImplied(_ values: [String: [JSONValue]]) throws(EndpointError) {
    for (name, implied) in values {
      guard let value = take(name) else { continue }
      guard implied.contains(value) else {
        throw EndpointError(
          EndpointError.valueUnsupported, "this value is not offered here", member: prefix + name)
      }
    }
  }

  /// - Throws: `json-unknown-member`, which names the first one by the alphabet.
  func finish() throws(EndpointError) {
    guard let unknown = members.keys.min() else { return }
    // A received name goes back to its sender no longer than any of the protocol.
    throw EndpointError(
      JSONError.unknownMember, "this member is not offered here", member: prefix + unknown.prefix(64))
  }
}
