import StrictJSON
import WireFormat

extension NVIDIA.AppraisalRules {
  var json: JSONValue {
    func orNull<Value>(_ value: Value?, _ convert: (Value) -> JSONValue) -> JSONValue { value.map(convert) ?? .null }
    func texts(_ values: Set<String>) -> JSONValue { .array(values.sorted().map(JSONValue.string)) }
    return [
      "largestRevocationListAge": orNull(largestRevocationListAge) { .integer($0) },
      "completeRequest": .boolean(completeRequest),
      "architectureFloor": orNull(architectureFloor) { .string($0.rawValue) },
      "chips": orNull(chips, texts),
      "hosts": orNull(hosts) { $0.json },
      "revokedChips": orNull(revokedChips) { $0.json },
      "secureFirmware": .boolean(secureFirmware),
      "namedUnknownFields": orNull(namedUnknownFields) { .array($0.sorted().map { .integer(Int64($0)) }) },
      "consistentFields": .boolean(consistentFields),
      "driverVersions": orNull(driverVersions, texts),
      "vbiosVersions": orNull(vbiosVersions, texts),
      "protectedPCIe": .string(protectedPCIe.rawValue),
      "switches": orNull(switches) { $0.hexadecimalArray },
      "gpus": orNull(gpus) { $0.hexadecimalArray },
      "uncoveredMeasurements": orNull(uncoveredMeasurements) { .array($0.sorted().map { .integer(Int64($0)) }) },
      "comparesDisabledNVDEC0": .boolean(comparesDisabledNVDEC0),
      "confirmedMode": .boolean(confirmedMode),
    ]
  }

  init(json: JSONValue) throws(AttestationError) {
    var reader = try PolicyReader(json, name: "nvidia")
    self = .strict
    try reader.read("largestRevocationListAge", &largestRevocationListAge, PolicyReader.integer)
    try reader.readFlag("completeRequest", &completeRequest)
    try reader.read("architectureFloor", &architectureFloor, PolicyReader.choice)
    try reader.read("chips", &chips, Self.texts)
    try reader.read("hosts", &hosts, Self.devices)
    try reader.read("revokedChips", &revokedChips, Self.devices)
    try reader.readFlag("secureFirmware", &secureFirmware)
    try reader.read("namedUnknownFields", &namedUnknownFields, Self.integers)
    try reader.readFlag("consistentFields", &consistentFields)
    try reader.read("driverVersions", &driverVersions, Self.texts)
    try reader.read("vbiosVersions", &vbiosVersions, Self.texts)
    if let value = reader.optional("protectedPCIe") { protectedPCIe = try PolicyReader.choice(value, "protectedPCIe") }
    try reader.read("switches", &switches, Self.identifiers)
    try reader.read("gpus", &gpus, Self.identifiers)
    try reader.read("uncoveredMeasurements", &uncoveredMeasurements, Self.integers)
    try reader.readFlag("comparesDisabledNVDEC0", &comparesDisabledNVDEC0)
    try reader.readFlag("confirmedMode", &confirmedMode)
    try reader.finish()
  }

  private static func texts(_ value: JSONValue, _ member: StaticString) throws(AttestationError) -> Set<String> {
    Set(try PolicyReader.texts(value, member))
  }

  private static func devices(_ value: JSONValue, _ member: StaticString) throws(AttestationError) -> HostList {
    try HostList(json: value, member: member, byteCounts: [32])
  }

  private static func identifiers(
    _ value: JSONValue, _ member: StaticString
  ) throws(AttestationError) -> Set<[UInt8]> {
    try PolicyReader.bytesSet(value, member, byteCounts: [NVIDIA.OpaqueData.pdiByteCount])
  }

  private static func integers<Integer: FixedWidthInteger>(
    _ value: JSONValue, _ member: StaticString
  ) throws(AttestationError) -> Set<Integer> {
    Set(
      try PolicyReader.list(value, member) { element throws(AttestationError) in
        try PolicyReader.integer(element, member)
      })
  }
}

extension PolicyReader {
  fileprivate mutating func readFlag(_ member: StaticString, _ flag: inout Bool) throws(AttestationError) {
    if let value = optional(member) { flag = try Self.flag(value, member) }
  }
}
