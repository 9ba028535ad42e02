import ErrorCodes
import StrictJSON

/// What one bit must be.
public enum BitRule: String, Sendable, CaseIterable {
  case set
  case clear
  /// The bit is not checked; the result names it as skipped.
  case either
}

extension CheckRecorder {
  mutating func requireBit(_ isSet: Bool, _ rule: BitRule, code: ErrorCode, name: @autoclosure () -> String) {
    guard rule != .either else { return }
    require(
      code.rawValue, isSet == (rule == .set), else: code,
      "\(name()) is \(isSet ? "set" : "clear"), expected \(rule.rawValue)")
  }

  mutating func requireNoUnknownBits(_ bits: UInt64, named: Set<Int>, code: ErrorCode, name: @autoclosure () -> String)
  {
    let unknown = (0..<64).filter { bits >> $0 & 1 == 1 && !named.contains($0) }
    require(
      code.rawValue, unknown.isEmpty, else: code,
      "\(name()) bits \(unknown.map(String.init).joined(separator: ", ")) are set and not known")
  }
}

/// `{"debug": "clear", …, "namedUnknownBits": [26]}`: the members that both bit rules share.
struct BitRulesReader<Bit: RawRepresentable<String> & Hashable & CaseIterable> {
  var bits: [Bit: BitRule] = [:]
  var namedUnknownBits: Set<Int> = []

  init(_ reader: inout PolicyReader) throws(AttestationError) {
    if let value = reader.optional("namedUnknownBits") {
      guard case .array(let elements) = value else { throw PolicyReader.malformed("namedUnknownBits is not an array") }
      for element in elements {
        let index: Int = try PolicyReader.integer(element, "namedUnknownBits")
        guard index < 64 else { throw PolicyReader.malformed("namedUnknownBits names a bit above 63") }
        namedUnknownBits.insert(index)
      }
    }
    for (key, value) in reader.takeEntries() {
      guard let bit = Bit(rawValue: key) else {
        throw PolicyReader.malformed("a bit rule names a bit that is not known")
      }
      bits[bit] = try PolicyReader.choice(value, "bit")
    }
  }

  static func json(_ rule: (Bit) -> BitRule, _ namedUnknownBits: Set<Int>) -> [String: JSONValue] {
    var members = Dictionary(
      uniqueKeysWithValues: Bit.allCases.map { ($0.rawValue, JSONValue.string(rule($0).rawValue)) })
    members["namedUnknownBits"] = .array(namedUnknownBits.sorted().map { .integer(Int64($0)) })
    return members
  }
}
