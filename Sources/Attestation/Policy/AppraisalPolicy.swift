import WireFormat

/// What a relying party demands of evidence (RFC 9334, section 8.5): whose roots, which measurements, which rules.
///
/// The strict default demands the stronger value everywhere and accepts nothing until it is told which measurements and
/// which chips are good. A rule that is nil is left out, and the result names it as skipped.
public struct AppraisalPolicy: Sendable, Equatable {
  public var anchors: TrustAnchors
  /// Nil leaves the check of the measurement out; an empty value refuses everything.
  public var referenceValues: ReferenceValues?
  public var sevSNP: SEVSNP.AppraisalRules
  /// Beside `sevSNP`, which holds for the paravisor's report.
  public var azureSNP: AzureSNP.AppraisalRules
  public var tdx: TDX.AppraisalRules
  public var nitro: Nitro.AppraisalRules
  public var nvidia: NVIDIA.AppraisalRules

  public init(
    anchors: TrustAnchors = .allProduction, referenceValues: ReferenceValues? = ReferenceValues(),
    sevSNP: SEVSNP.AppraisalRules = .strict, azureSNP: AzureSNP.AppraisalRules = .strict,
    tdx: TDX.AppraisalRules = .strict, nitro: Nitro.AppraisalRules = .strict, nvidia: NVIDIA.AppraisalRules = .strict
  ) {
    self.anchors = anchors
    self.referenceValues = referenceValues
    self.sevSNP = sevSNP
    self.azureSNP = azureSNP
    self.tdx = tdx
    self.nitro = nitro
    self.nvidia = nvidia
  }

  /// Every rule, with the vendors' roots and nothing that would be good.
  public static let strict = AppraisalPolicy()

  /// Asks only whether the evidence is the vendor's, whatever it says.
  public static func authenticityOnly(anchors: TrustAnchors = .allProduction) -> AppraisalPolicy {
    AppraisalPolicy(
      anchors: anchors, referenceValues: nil, sevSNP: .none, azureSNP: .none, tdx: .none, nitro: .none, nvidia: .none)
  }

  /// True where machines that protect nobody are accepted, and only those.
  public var isSimulated: Bool { anchors.isSimulated }
}
