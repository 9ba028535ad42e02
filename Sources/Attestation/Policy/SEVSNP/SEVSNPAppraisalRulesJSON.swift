import StrictJSON
import WireFormat

extension SEVSNP.AppraisalRules {
  var json: JSONValue {
    func orNull<Value>(_ value: Value?, _ convert: (Value) -> JSONValue) -> JSONValue { value.map(convert) ?? .null }
    func number(_ value: UInt32) -> JSONValue { .integer(Int64(value)) }
    return [
      "largestRevocationListAge": orNull(largestRevocationListAge) { .integer($0) },
      "reportVersions": orNull(reportVersions) { [number($0.lowerBound), number($0.upperBound)] },
      "signingKeys": orNull(signingKeys) { .array($0.map(\.rawValue).sorted().map(JSONValue.string)) },
      "productFloor": orNull(productFloor) { .string($0.rawValue) },
      "minimumTCB": orNull(minimumTCB) { minimum in
        .object(Dictionary(uniqueKeysWithValues: minimum.map { ($0.key.rawValue, $0.value.json) }))
      },
      "orderedTCB": .boolean(orderedTCB),
      "hosts": orNull(hosts) { $0.json },
      "revokedChips": orNull(revokedChips) { $0.json },
      "guestPolicy": orNull(guestPolicy) { $0.json },
      "platformInfo": orNull(platformInfo) { $0.json },
      "vmpl": orNull(vmpl, number),
      "minimumGuestSVN": orNull(minimumGuestSVN, number),
      "hostData": orNull(hostData) { .string($0.hexadecimal) },
      "idKeyDigests": orNull(idKeyDigests) { $0.hexadecimalArray },
      "authorKeyDigests": orNull(authorKeyDigests) { $0.hexadecimalArray },
      "migrationAgents": orNull(migrationAgents) { $0.hexadecimalArray },
      "zeroReservedFields": .boolean(zeroReservedFields),
    ]
  }

  init(json: JSONValue) throws(AttestationError) {
    var reader = try PolicyReader(json, name: "sevSNP")
    self = .strict
    try reader.read("largestRevocationListAge", &largestRevocationListAge, PolicyReader.integer)
    try reader.read("reportVersions", &reportVersions, Self.versions)
    try reader.read("signingKeys", &signingKeys) { value, member throws(AttestationError) in
      var keys: Set<SEVSNP.SigningKey> = []
      for text in try PolicyReader.texts(value, member) { keys.insert(try PolicyReader.choice(.string(text), member)) }
      return keys
    }
    try reader.read("productFloor", &productFloor, PolicyReader.choice)
    try reader.read("minimumTCB", &minimumTCB, Self.minimumTCB)
    try reader.read("hosts", &hosts, HostList.init(json:member:))
    try reader.read("revokedChips", &revokedChips, HostList.init(json:member:))
    try reader.read("guestPolicy", &guestPolicy, SEVSNP.GuestPolicyRule.init(json:member:))
    try reader.read("platformInfo", &platformInfo, SEVSNP.PlatformInfoRule.init(json:member:))
    try reader.read("vmpl", &vmpl, PolicyReader.integer)
    try reader.read("minimumGuestSVN", &minimumGuestSVN, PolicyReader.integer)
    try reader.read("hostData", &hostData) { value, member throws(AttestationError) in
      try PolicyReader.bytes(value, member, byteCounts: [32])
    }
    try reader.read("idKeyDigests", &idKeyDigests, Self.keyDigests)
    try reader.read("authorKeyDigests", &authorKeyDigests, Self.keyDigests)
    try reader.read("migrationAgents", &migrationAgents) { value, member throws(AttestationError) in
      try PolicyReader.bytesSet(value, member, byteCounts: [32])
    }
    if let value = reader.optional("orderedTCB") { orderedTCB = try PolicyReader.flag(value, "orderedTCB") }
    if let value = reader.optional("zeroReservedFields") {
      zeroReservedFields = try PolicyReader.flag(value, "zeroReservedFields")
    }
    try reader.finish()
  }

  private static func keyDigests(_ value: JSONValue, _ member: StaticString) throws(AttestationError) -> Set<[UInt8]> {
    try PolicyReader.bytesSet(value, member, byteCounts: [48])
  }

  /// `[lowest, highest]`.
  private static func versions(
    _ value: JSONValue, _ member: StaticString
  ) throws(AttestationError) -> ClosedRange<UInt32> {
    guard case .array(let elements) = value, elements.count == 2 else {
      throw PolicyReader.malformed("member \(member) is not a pair of versions")
    }
    let lowest: UInt32 = try PolicyReader.integer(elements[0], member)
    let highest: UInt32 = try PolicyReader.integer(elements[1], member)
    guard lowest <= highest else { throw PolicyReader.malformed("member \(member) ends before it begins") }
    return lowest...highest
  }

  private static func minimumTCB(
    _ value: JSONValue, _ member: StaticString
  ) throws(AttestationError) -> [SEVSNP.Product: SEVSNP.TCBVersion] {
    var reader = try PolicyReader(value, name: member)
    var minimum: [SEVSNP.Product: SEVSNP.TCBVersion] = [:]
    for (key, value) in reader.takeEntries() {
      let product: SEVSNP.Product = try PolicyReader.choice(.string(key), member)
      minimum[product] = try SEVSNP.TCBVersion(json: value)
    }
    return minimum
  }
}

extension SEVSNP.TCBVersion {
  /// Every component must be named; `fmc` may be left out.
  fileprivate init(json: JSONValue) throws(AttestationError) {
    var reader = try PolicyReader(json, name: "TCB version")
    func component(_ value: JSONValue?, _ member: StaticString) throws(AttestationError) -> UInt8 {
      guard let value else { throw PolicyReader.malformed("a minimum TCB has no member \(member)") }
      return try PolicyReader.integer(value, member)
    }
    self.init(
      fmc: try component(reader.optional("fmc") ?? 0, "fmc"),
      bootLoader: try component(reader.optional("bootLoader"), "bootLoader"),
      tee: try component(reader.optional("tee"), "tee"), snp: try component(reader.optional("snp"), "snp"),
      microcode: try component(reader.optional("microcode"), "microcode"))
    try reader.finish()
  }
}

extension SEVSNP.GuestPolicyRule {
  fileprivate var json: JSONValue {
    var members = BitRulesReader<SEVSNP.GuestPolicyBit>.json(rule, namedUnknownBits)
    members["minimumABI"] = [.integer(Int64(minimumABI.major)), .integer(Int64(minimumABI.minor))]
    return .object(members)
  }

  fileprivate init(json: JSONValue, member: StaticString) throws(AttestationError) {
    var reader = try PolicyReader(json, name: member)
    self.init()
    if let value = reader.optional("minimumABI") {
      guard case .array(let elements) = value, elements.count == 2 else {
        throw PolicyReader.malformed("minimumABI is not a pair of major and minor version")
      }
      minimumABI = .init(
        major: try PolicyReader.integer(elements[0], "minimumABI"),
        minor: try PolicyReader.integer(elements[1], "minimumABI"))
    }
    let rules = try BitRulesReader<SEVSNP.GuestPolicyBit>(&reader)
    bits = rules.bits
    namedUnknownBits = rules.namedUnknownBits
  }
}

extension SEVSNP.PlatformInfoRule {
  fileprivate var json: JSONValue {
    .object(BitRulesReader<SEVSNP.PlatformInfoBit>.json(rule, namedUnknownBits))
  }

  fileprivate init(json: JSONValue, member: StaticString) throws(AttestationError) {
    var reader = try PolicyReader(json, name: member)
    self.init()
    let rules = try BitRulesReader<SEVSNP.PlatformInfoBit>(&reader)
    bits = rules.bits
    namedUnknownBits = rules.namedUnknownBits
  }
}
