public import StrictJSON
import WireFormat

// docs/evidence describes the members, platform by platform. A member left out has the strict value; a rule that is `null` is left
// out of the appraisal, and the result names it.
extension AppraisalPolicy {
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "sevSNP": sevSNP.json, "azureSNP": azureSNP.json, "tdx": tdx.json, "nitro": nitro.json, "nvidia": nvidia.json,
    ]
    switch anchors {
    case .production(let roots):
      members["anchors"] = ["production": .array(roots.map(\.rawValue).sorted().map(JSONValue.string))]
    case .simulated(let roots):
      members["anchors"] = ["simulated": Set(roots.map(\.publicKeyDigest)).hexadecimalArray]
    }
    members["referenceValues"] = referenceValues.map(\.json) ?? .null
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
      referenceValues = value == .null ? nil : try ReferenceValues(json: value)
    }
    if let value = reader.optional("sevSNP") { sevSNP = try SEVSNP.AppraisalRules(json: value) }
    if let value = reader.optional("azureSNP") { azureSNP = try AzureSNP.AppraisalRules(json: value) }
    if let value = reader.optional("tdx") { tdx = try TDX.AppraisalRules(json: value) }
    if let value = reader.optional("nitro") { nitro = try Nitro.AppraisalRules(json: value) }
    if let value = reader.optional("nvidia") { nvidia = try NVIDIA.AppraisalRules(json: value) }
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
    case (nil, let digests?):
      let roots = try PolicyReader.bytesSet(digests, "simulated", byteCounts: [SimulatedRoot.byteCount])
      self = .simulated(Set(roots.compactMap(SimulatedRoot.init)))
    case (.some, .some):
      throw AttestationError(AttestationError.anchorsMixed, "policy names real and simulated roots together")
    case (nil, nil):
      throw PolicyReader.malformed("anchors name no roots")
    }
  }
}
