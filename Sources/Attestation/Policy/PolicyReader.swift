import StrictJSON
import WireFormat

/// The members of one object of a policy; errors become `appraisal-policy-malformed`.
struct PolicyReader {
  private var object: JSONObject

  init(_ value: JSONValue, name: StaticString) throws(AttestationError) {
    do { object = try JSONObject(value, name: name) } catch { throw Self.malformed(error.message) }
  }

  static func malformed(_ message: String) -> AttestationError {
    AttestationError(AttestationError.policyMalformed, message)
  }

  mutating func optional(_ member: StaticString) -> JSONValue? { object.optional(member) }

  func finish() throws(AttestationError) {
    do { try object.finish() } catch { throw Self.malformed(error.message) }
  }

  mutating func takeEntries() -> [(key: String, value: JSONValue)] {
    object.remainingNames.compactMap { name in object.takeEntry(name).map { (name, $0) } }
  }

  /// Keeps `current` where the member is left out, and reads `null` as a rule left out.
  mutating func read<Value>(
    _ member: StaticString, _ current: inout Value?,
    _ convert: (JSONValue, StaticString) throws(AttestationError) -> Value
  ) throws(AttestationError) {
    guard let value = optional(member) else { return }
    current = value == .null ? nil : try convert(value, member)
  }

  static func integer<Integer: FixedWidthInteger>(
    _ value: JSONValue, _ member: StaticString
  ) throws(AttestationError) -> Integer {
    guard case .integer(let number) = value, let integer = Integer(exactly: number), integer >= 0 else {
      throw malformed("member \(member) is not an integer in its range")
    }
    return integer
  }

  static func text(_ value: JSONValue, _ member: StaticString) throws(AttestationError) -> String {
    guard case .string(let text) = value else { throw malformed("member \(member) is not a string") }
    return text
  }

  static func texts(_ value: JSONValue, _ member: StaticString) throws(AttestationError) -> [String] {
    guard case .array(let elements) = value else { throw malformed("member \(member) is not an array") }
    var texts: [String] = []
    for element in elements { texts.append(try text(element, member)) }
    return texts
  }

  static func bytes(
    _ value: JSONValue, _ member: StaticString, byteCounts: Set<Int>
  ) throws(AttestationError) -> [UInt8] {
    guard let bytes = [UInt8](hexadecimal: try text(value, member)), byteCounts.contains(bytes.count) else {
      throw malformed("member \(member) is not hexadecimal of \(byteCounts.sorted()) bytes")
    }
    return bytes
  }

  /// A member that must be there.
  mutating func required(_ member: StaticString) throws(AttestationError) -> JSONValue {
    guard let value = optional(member) else { throw Self.malformed("member \(member) is missing") }
    return value
  }

  static func bytesSet(
    _ value: JSONValue, _ member: StaticString, byteCounts: Set<Int>
  ) throws(AttestationError) -> Set<[UInt8]> {
    guard case .array(let elements) = value else { throw malformed("member \(member) is not an array") }
    var set: Set<[UInt8]> = []
    for element in elements { set.insert(try bytes(element, member, byteCounts: byteCounts)) }
    return set
  }

  static func list<Element>(
    _ value: JSONValue, _ member: StaticString, _ convert: (JSONValue) throws(AttestationError) -> Element
  ) throws(AttestationError) -> [Element] {
    guard case .array(let elements) = value else { throw malformed("member \(member) is not an array") }
    var list: [Element] = []
    for element in elements { list.append(try convert(element)) }
    return list
  }

  static func flag(_ value: JSONValue, _ member: StaticString) throws(AttestationError) -> Bool {
    guard case .boolean(let flag) = value else { throw malformed("member \(member) is not a boolean") }
    return flag
  }

  static func choice<Choice: RawRepresentable<String>>(
    _ value: JSONValue, _ member: StaticString
  ) throws(AttestationError) -> Choice {
    guard let choice = Choice(rawValue: try text(value, member)) else {
      throw malformed("member \(member) has a value that is not known")
    }
    return choice
  }
}

extension Set<[UInt8]> {
  /// Sorted, so that one policy has one text.
  var hexadecimalArray: JSONValue { .array(map(\.hexadecimal).sorted().map(JSONValue.string)) }
}
