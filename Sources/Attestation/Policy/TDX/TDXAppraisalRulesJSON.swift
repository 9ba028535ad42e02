import StrictJSON
import WireFormat

extension TDX.AppraisalRules {
  var json: JSONValue {
    func orNull<Value>(_ value: Value?, _ convert: (Value) -> JSONValue) -> JSONValue { value.map(convert) ?? .null }
    return [
      "quoteVersions": orNull(quoteVersions) { [.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))] },
      "zeroTrailingBytes": .boolean(zeroTrailingBytes), "zeroReservedFields": .boolean(zeroReservedFields),
      "quotingEnclaveVendors": orNull(quotingEnclaveVendors) { $0.hexadecimalArray },
      "requiresCollateral": .boolean(requiresCollateral),
      "largestCollateralAge": orNull(largestCollateralAge) { .integer($0) },
      "largestRevocationListAge": orNull(largestRevocationListAge) { .integer($0) },
      "minimumEvaluationDataNumber": orNull(minimumEvaluationDataNumber) { .integer(Int64($0)) },
      "knownModule": .boolean(knownModule),
      "tcbStatuses": orNull(tcbStatuses) { .array($0.map(\.rawValue).sorted().map(JSONValue.string)) },
      "advisories": orNull(advisories) { .array($0.sorted().map(JSONValue.string)) },
      "hosts": orNull(hosts) { $0.json }, "revokedHosts": orNull(revokedHosts) { $0.json },
      "platform": orNull(platform) { $0.json },
      "minimumTEETCBSVN": orNull(minimumTEETCBSVN) { .string($0.hexadecimal) },
      "zeroSEAMAttributes": .boolean(zeroSEAMAttributes),
      "moduleSigners": orNull(moduleSigners) { $0.hexadecimalArray },
      "attributes": orNull(attributes) { $0.json }, "xfam": orNull(xfam) { $0.json },
      "mrConfigIDs": orNull(mrConfigIDs) { $0.hexadecimalArray }, "mrOwners": orNull(mrOwners) { $0.hexadecimalArray },
      "mrOwnerConfigs": orNull(mrOwnerConfigs) { $0.hexadecimalArray },
      "serviceTDs": orNull(serviceTDs) { $0.hexadecimalArray }, "requiresEventLog": .boolean(requiresEventLog),
    ]
  }

  init(json: JSONValue) throws(AttestationError) {
    var reader = try PolicyReader(json, name: "tdx")
    self = .strict
    try reader.read("quoteVersions", &quoteVersions, Self.versions)
    try reader.read("quotingEnclaveVendors", &quotingEnclaveVendors) { value, member throws(AttestationError) in
      try PolicyReader.bytesSet(value, member, byteCounts: [16])
    }
    try reader.read("largestCollateralAge", &largestCollateralAge, PolicyReader.integer)
    try reader.read("largestRevocationListAge", &largestRevocationListAge, PolicyReader.integer)
    try reader.read("minimumEvaluationDataNumber", &minimumEvaluationDataNumber, PolicyReader.integer)
    try reader.read("tcbStatuses", &tcbStatuses) { value, member throws(AttestationError) in
      var statuses: Set<TDX.TCBStatus> = []
      for text in try PolicyReader.texts(value, member) {
        statuses.insert(try PolicyReader.choice(.string(text), member))
      }
      return statuses
    }
    try reader.read("advisories", &advisories) { value, member throws(AttestationError) in
      Set(try PolicyReader.texts(value, member))
    }
    try reader.read("hosts", &hosts, Self.hostList)
    try reader.read("revokedHosts", &revokedHosts, Self.hostList)
    try reader.read("platform", &platform, TDX.PlatformRule.init(json:member:))
    try reader.read("minimumTEETCBSVN", &minimumTEETCBSVN) { value, member throws(AttestationError) in
      try PolicyReader.bytes(value, member, byteCounts: [16])
    }
    try reader.read("attributes", &attributes, TDX.AttributesRule.init(json:member:))
    try reader.read("xfam", &xfam, TDX.XFAMRule.init(json:member:))
    try reader.read("moduleSigners", &moduleSigners, Self.measurements)
    try reader.read("mrConfigIDs", &mrConfigIDs, Self.measurements)
    try reader.read("mrOwners", &mrOwners, Self.measurements)
    try reader.read("mrOwnerConfigs", &mrOwnerConfigs, Self.measurements)
    try reader.read("serviceTDs", &serviceTDs, Self.measurements)
    try Self.readFlag(&reader, "zeroTrailingBytes", &zeroTrailingBytes)
    try Self.readFlag(&reader, "zeroReservedFields", &zeroReservedFields)
    try Self.readFlag(&reader, "requiresCollateral", &requiresCollateral)
    try Self.readFlag(&reader, "knownModule", &knownModule)
    try Self.readFlag(&reader, "zeroSEAMAttributes", &zeroSEAMAttributes)
    try Self.readFlag(&reader, "requiresEventLog", &requiresEventLog)
    try reader.finish()
  }

  private static func readFlag(
    _ reader: inout PolicyReader, _ member: StaticString, _ flag: inout Bool
  ) throws(AttestationError) {
    if let value = reader.optional(member) { flag = try PolicyReader.flag(value, member) }
  }

  private static func hostList(_ value: JSONValue, _ member: StaticString) throws(AttestationError) -> HostList {
    try HostList(json: value, member: member, byteCounts: [16])
  }

  private static func measurements(
    _ value: JSONValue, _ member: StaticString
  ) throws(AttestationError) -> Set<[UInt8]> {
    try PolicyReader.bytesSet(value, member, byteCounts: [48])
  }

  /// `[lowest, highest]`.
  private static func versions(
    _ value: JSONValue, _ member: StaticString
  ) throws(AttestationError) -> ClosedRange<UInt16> {
    guard case .array(let elements) = value, elements.count == 2 else {
      throw PolicyReader.malformed("member \(member) is not a pair of versions")
    }
    let lowest: UInt16 = try PolicyReader.integer(elements[0], member)
    let highest: UInt16 = try PolicyReader.integer(elements[1], member)
    guard lowest <= highest else { throw PolicyReader.malformed("member \(member) ends before it begins") }
    return lowest...highest
  }
}

extension TDX.AttributesRule {
  fileprivate var json: JSONValue { .object(BitRulesReader<TDX.AttributeBit>.json(rule, namedUnknownBits)) }

  fileprivate init(json: JSONValue, member: StaticString) throws(AttestationError) {
    var reader = try PolicyReader(json, name: member)
    let rules = try BitRulesReader<TDX.AttributeBit>(&reader)
    self.init(bits: rules.bits, namedUnknownBits: rules.namedUnknownBits)
  }
}

extension TDX.PlatformRule {
  fileprivate var json: JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: TDX.PlatformBit.allCases.map { ($0.rawValue, JSONValue.string(rule($0).rawValue)) }))
  }

  fileprivate init(json: JSONValue, member: StaticString) throws(AttestationError) {
    var reader = try PolicyReader(json, name: member)
    self.init()
    for (key, value) in reader.takeEntries() {
      bits[try PolicyReader.choice(.string(key), member)] = try PolicyReader.choice(value, member)
    }
  }
}

extension TDX.XFAMRule {
  fileprivate var json: JSONValue {
    func text(_ bits: UInt64) -> JSONValue { .string(withUnsafeBytes(of: bits.bigEndian) { Array($0).hexadecimal }) }
    return ["required": text(required), "allowed": text(allowed)]
  }

  /// Sixteen hexadecimal digits each, the highest bit first.
  fileprivate init(json: JSONValue, member: StaticString) throws(AttestationError) {
    var reader = try PolicyReader(json, name: member)
    self = .strict
    if let value = reader.optional("required") { required = try Self.bits(value, "required") }
    if let value = reader.optional("allowed") { allowed = try Self.bits(value, "allowed") }
    try reader.finish()
  }

  private static func bits(_ value: JSONValue, _ member: StaticString) throws(AttestationError) -> UInt64 {
    try PolicyReader.bytes(value, member, byteCounts: [8]).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
