import StrictJSON
import WireFormat

extension Nitro {
  /// What an authentic document must say to be acceptable. Each rule that is nil, or false, is left out.
  public struct AppraisalRules: Sendable, Equatable {
    /// Between the document's timestamp and the time of appraisal, in seconds.
    public var largestDocumentAge: Int64?
    /// An enclave in debug mode is refused even where its PCRs are named as reference values.
    public var refusesDebugMode: Bool
    /// By index, values of 48 bytes of which the PCR must have one: 3 for the instance's role, 4 for the instance, 8 for
    /// the signer of the image. PCR0, 1 and 2 are the reference values' part.
    public var pcrs: [UInt64: Set<[UInt8]>]?
    /// Parent instances by identifier (ASCII): virtual machines, not chips.
    public var hosts: HostList?
    /// Parent instances that are refused; nil only where nothing but authenticity is asked.
    public var revokedChips: HostList?

    /// Every rule, each with the stronger value. No instance is listed, so that none is accepted before one is.
    public static let strict = AppraisalRules(
      largestDocumentAge: 3 * 3_600, refusesDebugMode: true, pcrs: [:], hosts: HostList(), revokedChips: HostList())

    /// No rule at all.
    public static let none = AppraisalRules(refusesDebugMode: false)

    /// The names of the checks that these rules leave out, in the order in which they would be made.
    var leftOutChecks: [String] {
      let rules: [(isLeftOut: Bool, name: String)] = [
        (largestDocumentAge == nil, "document-age"), (!refusesDebugMode, "debug-mode"), (pcrs == nil, "pcrs"),
        (hosts == nil, "host-list"), (revokedChips == nil, "revoked-chips"),
      ]
      return rules.filter(\.isLeftOut).map(\.name)
    }
  }
}

extension Nitro.AppraisalRules {
  var json: JSONValue {
    [
      "largestDocumentAge": largestDocumentAge.map { .integer($0) } ?? .null,
      "refusesDebugMode": .boolean(refusesDebugMode),
      "pcrs": pcrs.map { pcrs in
        .object(Dictionary(uniqueKeysWithValues: pcrs.map { (String($0.key), $0.value.hexadecimalArray) }))
      } ?? .null,
      "hosts": hosts?.json ?? .null,
      "revokedChips": revokedChips?.json ?? .null,
    ]
  }

  init(json: JSONValue) throws(AttestationError) {
    var reader = try PolicyReader(json, name: "nitro")
    self = .strict
    try reader.read("largestDocumentAge", &largestDocumentAge, PolicyReader.integer)
    if let value = reader.optional("refusesDebugMode") {
      refusesDebugMode = try PolicyReader.flag(value, "refusesDebugMode")
    }
    try reader.read("pcrs", &pcrs, Self.pcrs)
    try reader.read("hosts", &hosts, Self.instances)
    try reader.read("revokedChips", &revokedChips, Self.instances)
    try reader.finish()
  }

  private static func instances(_ value: JSONValue, _ member: StaticString) throws(AttestationError) -> HostList {
    try HostList(json: value, member: member, byteCounts: Nitro.Instance.byteCounts)
  }

  /// `{"8": ["<48 bytes in hexadecimal>"]}`.
  private static func pcrs(
    _ value: JSONValue, _ member: StaticString
  ) throws(AttestationError) -> [UInt64: Set<[UInt8]>] {
    var reader = try PolicyReader(value, name: member)
    var pcrs: [UInt64: Set<[UInt8]>] = [:]
    for (key, value) in reader.takeEntries() {
      guard let index = UInt64(key), String(index) == key, (3..<UInt64(Nitro.Document.pcrCountLimit)).contains(index)
      else { throw PolicyReader.malformed("member pcrs names a PCR that is not 3 to 31") }
      pcrs[index] = try PolicyReader.bytesSet(value, member, byteCounts: [Nitro.Document.pcrByteCount])
    }
    return pcrs
  }
}
