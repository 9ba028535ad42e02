/// The members of one object, read by a schema: `finish()` refuses whatever the schema did not ask for.
///
///     var object = try JSONObject(value, name: "release")
///     let version = try object.string("version")
///     try object.finish()
public struct JSONObject: Sendable {
  private let name: StaticString
  private var members: [String: JSONValue]

  public init(_ value: JSONValue, name: StaticString) throws(JSONError) {
    guard case .object(let members) = value else { throw JSONError(JSONError.wrongType, "\(name) is not an object") }
    self.name = name
    self.members = members
  }

  public init(parsing bytes: [UInt8], name: StaticString, byteLimit: Int = 4 << 20) throws(JSONError) {
    try self.init(JSONValue(parsing: bytes, byteLimit: byteLimit), name: name)
  }

  /// Refuses members that were not read. Call it last.
  public func finish() throws(JSONError) {
    guard members.isEmpty else {
      throw JSONError(JSONError.unknownMember, "\(name) has \(members.count) members that its schema does not know")
    }
  }

  public mutating func optional(_ member: StaticString) -> JSONValue? {
    members.removeValue(forKey: member.description)
  }

  public mutating func value(_ member: StaticString) throws(JSONError) -> JSONValue {
    guard let value = optional(member) else {
      throw JSONError(JSONError.missingMember, "\(name) has no member \(member)")
    }
    return value
  }

  private func wrongType(_ member: StaticString, _ expected: StaticString) -> JSONError {
    JSONError(JSONError.wrongType, "member \(member) of \(name) is not \(expected)")
  }

  public mutating func string(_ member: StaticString) throws(JSONError) -> String {
    guard case .string(let text) = try value(member) else { throw wrongType(member, "a string") }
    return text
  }

  public mutating func integer(_ member: StaticString) throws(JSONError) -> Int64 {
    guard case .integer(let number) = try value(member) else { throw wrongType(member, "an integer") }
    return number
  }

  /// An integer from 0 up.
  public mutating func count(_ member: StaticString) throws(JSONError) -> UInt64 {
    guard let number = UInt64(exactly: try integer(member)) else { throw wrongType(member, "an integer from 0 up") }
    return number
  }

  public mutating func boolean(_ member: StaticString) throws(JSONError) -> Bool {
    guard case .boolean(let flag) = try value(member) else { throw wrongType(member, "a boolean") }
    return flag
  }

  public mutating func array(_ member: StaticString) throws(JSONError) -> [JSONValue] {
    guard case .array(let elements) = try value(member) else { throw wrongType(member, "an array") }
    return elements
  }

  public mutating func strings(_ member: StaticString) throws(JSONError) -> [String] {
    var texts: [String] = []
    for element in try array(member) {
      guard case .string(let text) = element else { throw wrongType(member, "an array of strings") }
      texts.append(text)
    }
    return texts
  }

  public mutating func object(_ member: StaticString) throws(JSONError) -> JSONObject {
    try JSONObject(try value(member), name: member)
  }

  /// The names of members not read yet, for objects that are maps (their keys are data, not schema).
  public var remainingNames: [String] { members.keys.sorted() }

  public mutating func takeEntry(_ key: String) -> JSONValue? { members.removeValue(forKey: key) }
}
