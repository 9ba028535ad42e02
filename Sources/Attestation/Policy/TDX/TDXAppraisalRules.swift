extension TDX {
  /// What authentic evidence must say to be acceptable. Each rule that is nil is left out.
  public struct AppraisalRules: Sendable, Equatable {
    public var quoteVersions: ClosedRange<UInt16>?
    /// Zero bytes behind a quote are tolerated, others only where this is false.
    public var zeroTrailingBytes: Bool
    public var zeroReservedFields: Bool
    /// 16 bytes each.
    public var quotingEnclaveVendors: Set<[UInt8]>?
    /// Collateral that is present counts in any case.
    public var requiresCollateral: Bool
    /// TCB info and QE identity must not be past their next update, and at most this many seconds old.
    public var largestCollateralAge: Int64?
    /// A revocation list of the root and one of the PCK's issuer must be present and not past their next update, and
    /// at most this many seconds old. A list that is present counts in any case.
    public var largestRevocationListAge: Int64?
    /// Of TCB info and QE identity.
    public var minimumEvaluationDataNumber: UInt32?
    /// The TDX module must be the one that TCB info names.
    public var knownModule: Bool
    public var tcbStatuses: Set<TCBStatus>?
    /// Advisories that may be open.
    public var advisories: Set<String>?
    /// By PPID, 16 bytes.
    public var hosts: HostList?
    /// Platforms that are refused, by PPID; nil only where nothing but authenticity is asked.
    public var revokedHosts: HostList?
    public var platform: PlatformRule?
    /// 16 bytes, none of which may be higher than the quote's.
    public var minimumTEETCBSVN: [UInt8]?
    public var zeroSEAMAttributes: Bool
    /// 48 bytes each; zeros stand for Intel.
    public var moduleSigners: Set<[UInt8]>?
    public var attributes: AttributesRule?
    public var xfam: XFAMRule?
    /// 48 bytes each, one of which the quote must carry; zeros stand for none.
    public var mrConfigIDs: Set<[UInt8]>?
    public var mrOwners: Set<[UInt8]>?
    public var mrOwnerConfigs: Set<[UInt8]>?
    /// As these, for TDX 1.5.
    public var serviceTDs: Set<[UInt8]>?
    /// An event log that is present must replay to the quote's registers in any case.
    public var requiresEventLog: Bool

    static let zeros: Set<[UInt8]> = [Array(repeating: 0, count: 48)]

    /// The quoting enclave's maker in quotes of Intel's.
    public static let intelVendor: [UInt8] = [
      0x93, 0x9A, 0x72, 0x33, 0xF7, 0x9C, 0x4C, 0xA9, 0x94, 0x0A, 0x0D, 0xB3, 0x95, 0x7F, 0x06, 0x07,
    ]

    /// Every rule, each with the stronger value. No platform is listed, so that none is accepted before one is.
    public static let strict = AppraisalRules(
      quoteVersions: 4...5, zeroTrailingBytes: true, zeroReservedFields: true, quotingEnclaveVendors: [intelVendor],
      requiresCollateral: true, largestCollateralAge: 31 * 86_400, largestRevocationListAge: 390 * 86_400,
      minimumEvaluationDataNumber: 17, knownModule: true, tcbStatuses: [.upToDate], advisories: [], hosts: HostList(),
      revokedHosts: HostList(), platform: .strict, minimumTEETCBSVN: Array(repeating: 0, count: 16),
      zeroSEAMAttributes: true, moduleSigners: zeros, attributes: .strict, xfam: .strict, mrConfigIDs: zeros,
      mrOwners: zeros, mrOwnerConfigs: zeros, serviceTDs: zeros, requiresEventLog: false)

    /// No rule at all.
    public static let none = AppraisalRules(
      zeroTrailingBytes: false, zeroReservedFields: false, requiresCollateral: false, knownModule: false,
      zeroSEAMAttributes: false, requiresEventLog: false)
  }
}
