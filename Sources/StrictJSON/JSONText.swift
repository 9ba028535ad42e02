/// A JSON text (RFC 8259) that was parsed as a whole, and whose values are read where they stand in it. A reader who
/// wants some numbers of a long text makes no dictionary of the rest; everybody else takes `JSONValue`.
package final class JSONText: Sendable {
  enum Kind: UInt8 {
    case null, `true`, `false`, number, string, escapedString, array, object
  }

  /// One value. Those inside an array or object follow it, in an object each behind its name.
  struct Node {
    var kind: Kind
    /// Where the value stands in the text; a string without its quotation marks.
    var start: UInt32
    var end: UInt32
    /// Elements of an array, members of an object.
    var count: UInt32 = 0
    /// The node behind this value and all that is in it.
    var next: UInt32

    var content: Range<Int> { Int(start)..<Int(end) }
  }

  let bytes: [UInt8]
  let nodes: [Node]
  private let tolerance: Tolerance

  /// What a reader takes although RFC 8259 or `JSONValue` refuses it: for files of programs that write it, and nothing
  /// that anybody signs or decides by.
  package struct Tolerance: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `\x00` to `\x1F` in a string; each is a blank.
    package static let hexadecimalControls = Tolerance(rawValue: 1)
    /// A member that an object names again; the last one counts.
    package static let repeatedMembers = Tolerance(rawValue: 2)
  }

  /// Parses one whole JSON text from untrusted bytes, as strictly as `JSONValue` says but for what is tolerated.
  package init(
    parsing bytes: [UInt8], byteLimit: Int = 4 << 20, depthLimit: Int = 32, tolerating tolerance: Tolerance = []
  ) throws(JSONError) {
    guard bytes.count <= min(byteLimit, Int(UInt32.max)) else {
      throw JSONError(JSONError.malformed, "text has \(bytes.count) bytes, at most \(byteLimit) are allowed")
    }
    var parser = JSONParser(bytes: bytes, depthLimit: depthLimit, tolerance: tolerance)
    try parser.parseText()
    self.bytes = bytes
    self.tolerance = tolerance
    nodes = parser.nodes
  }

  fileprivate var hasRepeatedMembers: Bool { tolerance.contains(.repeatedMembers) }

  package var root: Value { Value(text: self, index: 0) }

  /// A value in its text.
  package struct Value: Sendable {
    let text: JSONText
    let index: Int
  }
}

extension JSONText.Value {
  private var node: JSONText.Node { text.nodes[index] }

  package var isNull: Bool { node.kind == .null }
  package var isObject: Bool { node.kind == .object }
  package var isTrue: Bool { node.kind == .true }

  /// The value as it stands in the text, byte for byte: what somebody signed.
  package var encodedBytes: ArraySlice<UInt8> {
    let content = node.content
    return switch node.kind {
    case .string, .escapedString: text.bytes[content.lowerBound - 1..<content.upperBound + 1]
    default: text.bytes[content]
    }
  }

  /// Nil unless this is a number without fraction or exponent that fits 64 bits.
  package var integer: Int64? { node.kind == .number ? JSONParser.integer(text.bytes[node.content]) : nil }

  /// Nil unless this is a string.
  package var string: String? { utf8.map { String(decoding: $0, as: UTF8.self) } }

  /// The UTF-8 of a string; nil unless this is one.
  package var utf8: ArraySlice<UInt8>? { text.utf8(node) }

  /// Nil unless this is an array.
  package var elements: [JSONText.Value]? {
    let node = node
    guard node.kind == .array else { return nil }
    var elements: [JSONText.Value] = []
    elements.reserveCapacity(Int(node.count))
    var element = index + 1
    while element < Int(node.next) {
      elements.append(JSONText.Value(text: text, index: element))
      element = Int(text.nodes[element].next)
    }
    return elements
  }

  /// Nil unless this is an object that has the member.
  package func member(_ name: StaticString) -> JSONText.Value? {
    let node = node
    guard node.kind == .object else { return nil }
    return name.withUTF8Buffer { wanted in
      var found: JSONText.Value?
      var member = index + 1
      while member < Int(node.next) {
        if text.isName(text.nodes[member], wanted) {
          found = JSONText.Value(text: text, index: member + 1)
          guard text.hasRepeatedMembers else { break }
        }
        member = Int(text.nodes[member + 1].next)
      }
      return found
    }
  }
}

extension JSONText {
  /// Lengths are compared first: most members of an object are not the sought one.
  fileprivate func isName(_ node: Node, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
    guard node.kind == .string else { return utf8(node)?.elementsEqual(wanted) == true }
    return node.content.count == wanted.count && bytes[node.content].elementsEqual(wanted)
  }

  fileprivate func utf8(_ node: Node) -> ArraySlice<UInt8>? {
    switch node.kind {
    case .string: bytes[node.content]
    case .escapedString: JSONParser.unescaped(bytes[node.content])
    default: nil
    }
  }
}

extension JSONValue {
  /// Parses one whole JSON text from untrusted bytes.
  ///
  /// Stricter than RFC 8259 asks: a member named twice, invalid UTF-8, lone surrogates and more than `depthLimit`
  /// nested values are errors.
  public init(parsing bytes: [UInt8], byteLimit: Int = 4 << 20, depthLimit: Int = 32) throws(JSONError) {
    var index = 0
    self = try JSONText(parsing: bytes, byteLimit: byteLimit, depthLimit: depthLimit).value(&index)
  }
}

extension JSONText {
  /// The value that the next node begins; `index` is moved behind it.
  fileprivate func value(_ index: inout Int) throws(JSONError) -> JSONValue {
    let node = nodes[index]
    index += 1
    switch node.kind {
    case .null: return .null
    case .true: return .boolean(true)
    case .false: return .boolean(false)
    case .number:
      return JSONParser.integer(bytes[node.content]).map(JSONValue.integer)
        ?? .number(JSONParser.number(bytes[node.content]))
    case .string, .escapedString: return .string(string(node))
    case .array:
      var elements: [JSONValue] = []
      elements.reserveCapacity(Int(node.count))
      while index < Int(node.next) { elements.append(try value(&index)) }
      return .array(elements)
    case .object:
      var members: [String: JSONValue] = [:]
      members.reserveCapacity(Int(node.count))
      while index < Int(node.next) {
        let name = string(nodes[index])
        index += 1
        // The parser compares names by their bytes; a dictionary takes some that differ there for one.
        guard members.updateValue(try value(&index), forKey: name) == nil else {
          throw JSONError(JSONError.duplicateMember, "an object names a member twice, before byte \(node.end)")
        }
      }
      return .object(members)
    }
  }

  private func string(_ node: Node) -> String { utf8(node).map { String(decoding: $0, as: UTF8.self) } ?? "" }
}
