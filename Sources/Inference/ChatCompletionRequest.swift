public import StrictJSON

/// The closed form of an OpenAI chat completion request that Cloister accepts: a member not named here is refused, so
/// that nothing unknown ever reaches an engine.
///
///     {"model": …, "messages": [{"role": …, "content": …}, …], "max_tokens"?, "temperature"?, "top_p"?, "seed"?,
///      "stop"?, "stream"?}
public struct ChatCompletionRequest: Sendable, Equatable {
  public enum Role: String, Sendable {
    case system
    case user
    case assistant
  }

  public struct Message: Sendable, Equatable {
    public let role: Role
    public let content: String

    public init(role: Role, content: String) {
      self.role = role
      self.content = content
    }
  }

  public static let byteLimit = 256 << 10
  public static let messageLimit = 512
  public static let modelByteLimit = 128
  public static let maxTokensLimit: Int64 = 32_768
  public static let stopLimit = 4
  public static let stopByteLimit = 128

  public let model: String
  public let messages: [Message]
  public let maxTokens: Int64?
  /// 0 to 2.
  public let temperature: Double?
  /// Above 0, at most 1.
  public let topP: Double?
  public let seed: Int64?
  public let stop: [String]
  public let stream: Bool

  /// Throws `completion-request-invalid` where a value is out of its range.
  public init(
    model: String, messages: [Message], maxTokens: Int64? = nil, temperature: Double? = nil, topP: Double? = nil,
    seed: Int64? = nil, stop: [String] = [], stream: Bool = false
  ) throws(InferenceError) {
    func demand(_ condition: Bool, _ message: String) throws(InferenceError) {
      guard condition else { throw InferenceError(InferenceError.requestInvalid, message) }
    }
    try demand((1...Self.modelByteLimit).contains(model.utf8.count), "model has \(model.utf8.count) bytes")
    try demand((1...Self.messageLimit).contains(messages.count), "messages has \(messages.count) elements")
    if let maxTokens { try demand((1...Self.maxTokensLimit).contains(maxTokens), "max_tokens is \(maxTokens)") }
    if let temperature { try demand((0...2).contains(temperature), "temperature is \(temperature), expected 0 to 2") }
    if let topP { try demand(topP > 0 && topP <= 1, "top_p is \(topP), expected above 0 and at most 1") }
    try demand(stop.count <= Self.stopLimit, "stop has \(stop.count) elements, at most \(Self.stopLimit) are allowed")
    for sequence in stop {
      try demand((1...Self.stopByteLimit).contains(sequence.utf8.count), "stop has \(sequence.utf8.count) bytes")
    }
    self.model = model
    self.messages = messages
    self.maxTokens = maxTokens
    self.temperature = temperature
    self.topP = topP
    self.seed = seed
    self.stop = stop
    self.stream = stream
  }
}

extension ChatCompletionRequest {
  /// Decodes an untrusted body. Throws the code of the JSON refusal or `completion-request-invalid`.
  public init(parsing bytes: [UInt8]) throws(InferenceError) {
    do {
      var object = try JSONObject(parsing: bytes, name: "completion request", byteLimit: Self.byteLimit)
      let model = try object.string("model")
      let elements = try object.array("messages")
      guard elements.count <= Self.messageLimit else {
        throw InferenceError(InferenceError.requestInvalid, "messages has \(elements.count) elements")
      }
      var messages: [Message] = []
      for element in elements { messages.append(try Message(element)) }
      let maxTokens = try Self.integer(object.optional("max_tokens"), "max_tokens")
      let temperature = try Self.number(object.optional("temperature"), "temperature")
      let topP = try Self.number(object.optional("top_p"), "top_p")
      let seed = try Self.integer(object.optional("seed"), "seed")
      let stop = try Self.stopSequences(object.optional("stop"))
      let stream = try Self.flag(object.optional("stream"), "stream")
      try object.finish()
      try self.init(
        model: model, messages: messages, maxTokens: maxTokens, temperature: temperature, topP: topP, seed: seed,
        stop: stop, stream: stream)
    } catch let error as JSONError {
      throw InferenceError(error)
    } catch let error as InferenceError {
      throw error
    } catch {
      throw InferenceError(InferenceError.requestInvalid, "request is not a completion request")
    }
  }

  private static func wrongType(_ member: StaticString) -> JSONError {
    JSONError(JSONError.wrongType, "member \(member) of completion request has another type than expected")
  }

  private static func integer(_ value: JSONValue?, _ member: StaticString) throws(JSONError) -> Int64? {
    switch value {
    case nil, .null: return nil
    case .integer(let number): return number
    default: throw wrongType(member)
    }
  }

  private static func number(_ value: JSONValue?, _ member: StaticString) throws(JSONError) -> Double? {
    switch value {
    case nil, .null: return nil
    case .integer(let number): return Double(number)
    case .number(let number): return number
    default: throw wrongType(member)
    }
  }

  private static func flag(_ value: JSONValue?, _ member: StaticString) throws(JSONError) -> Bool {
    switch value {
    case nil, .null: return false
    case .boolean(let flag): return flag
    default: throw wrongType(member)
    }
  }

  private static func stopSequences(_ value: JSONValue?) throws(JSONError) -> [String] {
    switch value {
    case nil, .null: return []
    case .string(let sequence): return [sequence]
    case .array(let elements):
      var sequences: [String] = []
      for element in elements.prefix(stopLimit + 1) {
        guard case .string(let sequence) = element else { throw wrongType("stop") }
        sequences.append(sequence)
      }
      return sequences
    default: throw wrongType("stop")
    }
  }

  /// The request as JSON; members that are not set are left out.
  public var jsonValue: JSONValue {
    var members: [String: JSONValue] = [
      "model": .string(model), "messages": .array(messages.map(\.jsonValue)), "stream": .boolean(stream),
    ]
    members["max_tokens"] = maxTokens.map(JSONValue.integer)
    members["temperature"] = temperature.map(JSONValue.number)
    members["top_p"] = topP.map(JSONValue.number)
    members["seed"] = seed.map(JSONValue.integer)
    if !stop.isEmpty { members["stop"] = .array(stop.map(JSONValue.string)) }
    return .object(members)
  }
}

extension ChatCompletionRequest.Message {
  init(_ value: JSONValue) throws(JSONError) {
    var object = try JSONObject(value, name: "message")
    guard let role = ChatCompletionRequest.Role(rawValue: try object.string("role")) else {
      throw JSONError(JSONError.wrongType, "member role of message is not system, user or assistant")
    }
    let content = try object.string("content")
    try object.finish()
    self.init(role: role, content: content)
  }

  var jsonValue: JSONValue { ["role": .string(role.rawValue), "content": .string(content)] }
}
