public import StrictJSON
import WireFormat

// docs/evidence/sev-snp.md describes the members. A member left out has the strict value; a rule that is `null` is left
// out of the appraisal, and the result names it.
extension AppraisalPolicy {
  public var json: JSONValue {
    var members: [String: JSONValue] = ["sevSNP": sevSNP.json]
    switch anchors {
    case .production(let roots):
      members["anchors"] = ["production": .array(roots.map(\.rawValue).sorted().map(JSONValue.string))]
    case .simulated(let root): members["anchors"] = ["simulated": .string(root.publicKeyDigest.hexadecimal)]
    }
    members["referenceValues"] =
      referenceValues.map { ["sevSNP": $0.sevSNPMeasurements.hexadecimalArray] } ?? .null
    return .object(members)
  }

  /// Reads a policy that somebody wrote by hand.
  public init(parsing text: [UInt8]) throws(AttestationError) {
    let value: JSONValue
    do { value = try JSONValue(parsing: text) } catch { throw PolicyReader.malformed(error.message) }
    try self.init(json: value)
  }

  /// - Throws: `appraisal-policy-malformed`, `appraisal-policy-mixes-roots`, `appraisal-policy-unknown-root`.
  public init(json: JSONValue) throws(AttestationError) {
    var reader = try PolicyReader(json, name: "appraisal")
    self.init()
    if let value = reader.optional("anchors") { anchors = try TrustAnchors(json: value) }
    if let value = reader.optional("referenceValues") {
      if value == .null {
        referenceValues = nil
      } else {
        var values = try PolicyReader(value, name: "referenceValues")
        let measurements = try values.optional("sevSNP").map { value throws(AttestationError) in
          try PolicyReader.bytesSet(value, "sevSNP", byteCounts: [48])
        }
        referenceValues = ReferenceValues(sevSNPMeasurements: measurements ?? [])
        try values.finish()
      }
    }
    if let value = reader.optional("sevSNP") { sevSNP = try SEVSNP.AppraisalRules(json: value) }
    try reader.finish()
  }
}

extension TrustAnchors {
  fileprivate init(json: JSONValue) throws(AttestationError) {
    var reader = try PolicyReader(json, name: "anchors")
    let production = reader.optional("production")
    let simulated = reader.optional("simulated")
    try reader.finish()
    switch (production, simulated) {
    case (let names?, nil):
      var roots: Set<ProductionRoot> = []
      for name in try PolicyReader.texts(names, "production") {
        guard let root = ProductionRoot(rawValue: name) else {
          throw AttestationError(
            AttestationError.anchorUnknown, "policy names a production root that is not compiled in")
        }
        roots.insert(root)
      }
      self = .production(roots)
    case (nil, let digest?):
      let bytes = try PolicyReader.bytes(digest, "simulated", byteCounts: [SimulatedRoot.byteCount])
      guard let root = SimulatedRoot(publicKeyDigest: bytes) else {
        throw PolicyReader.malformed("member simulated is not a digest")
      }
      self = .simulated(root)
    case (.some, .some):
      throw AttestationError(AttestationError.anchorsMixed, "policy names real and simulated roots together")
    case (nil, nil):
      throw PolicyReader.malformed("anchors name no roots")
    }
  }
}

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

  static func bytesSet(
    _ value: JSONValue, _ member: StaticString, byteCounts: Set<Int>
  ) throws(AttestationError) -> Set<[UInt8]> {
    guard case .array(let elements) = value else { throw malformed("member \(member) is not an array") }
    var set: Set<[UInt8]> = []
    for element in elements { set.insert(try bytes(element, member, byteCounts: byteCounts)) }
    return set
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
