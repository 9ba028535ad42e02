import StrictJSON

extension AzureSNP {
  /// What authentic evidence must say to be acceptable, beside `SEVSNP.AppraisalRules` for the paravisor's report. Each
  /// rule that is nil is left out.
  public struct AppraisalRules: Sendable, Equatable {
    /// A quote of the virtual TPM must come with the report. Without it the PCRs are not known; one that comes counts
    /// in any case.
    public var requiresQuote: Bool
    public var vmConfiguration: VMConfigurationRule?

    /// Every rule, each with the stronger value.
    public static let strict = AppraisalRules(requiresQuote: true, vmConfiguration: .strict)

    /// No rule at all.
    public static let none = AppraisalRules(requiresQuote: false)

    /// The names of the checks that these rules leave out, in the order in which they would be made.
    var leftOutChecks: [String] {
      (requiresQuote ? [] : ["quote"]) + (vmConfiguration?.leftOut ?? VMConfigurationRule.checkNames)
    }
  }
}

extension AzureSNP.AppraisalRules {
  var json: JSONValue {
    ["requiresQuote": .boolean(requiresQuote), "vmConfiguration": vmConfiguration?.json ?? .null]
  }

  init(json: JSONValue) throws(AttestationError) {
    var reader = try PolicyReader(json, name: "azureSNP")
    self = .strict
    if let value = reader.optional("requiresQuote") { requiresQuote = try PolicyReader.flag(value, "requiresQuote") }
    try reader.read("vmConfiguration", &vmConfiguration, AzureSNP.VMConfigurationRule.init(json:member:))
    try reader.finish()
  }
}
