extension SEVSNP {
  /// What an authentic report must say to be acceptable. Each rule that is nil is left out.
  public struct AppraisalRules: Sendable, Equatable {
    /// Revocation lists must be present and not past their next update, and at most this many seconds old. A list that
    /// is present counts in any case.
    public var largestRevocationListAge: Int64?
    public var reportVersions: ClosedRange<UInt32>?
    public var signingKeys: Set<SigningKey>?
    public var productFloor: Product?
    /// A product without an entry is refused.
    public var minimumTCB: [Product: TCBVersion]?
    /// Reported, committed, launch and current versions must stand in the firmware's order.
    public var orderedTCB: Bool
    public var hosts: HostList?
    /// Chips that are refused, by hardware identifier; nil only where nothing but authenticity is asked.
    public var revokedChips: HostList?
    public var guestPolicy: GuestPolicyRule?
    public var platformInfo: PlatformInfoRule?
    /// The one privilege level that may have asked.
    public var vmpl: UInt32?
    public var minimumGuestSVN: UInt32?
    /// 32 bytes.
    public var hostData: [UInt8]?
    /// Digests of 48 bytes, one of which the report must carry; zeros stand for a launch without an ID block.
    public var idKeyDigests: Set<[UInt8]>?
    /// Digests of 48 bytes, one of which the report must carry; zeros stand for no author key.
    public var authorKeyDigests: Set<[UInt8]>?
    /// Report identifiers of 32 bytes of the migration agents that may move the guest; a guest without one is accepted.
    public var migrationAgents: Set<[UInt8]>?
    public var zeroReservedFields: Bool

    /// Every rule, each with the stronger value. No chip is listed, so that none is accepted before one is.
    public static let strict = AppraisalRules(
      largestRevocationListAge: 390 * 86_400, reportVersions: 3...5, signingKeys: [.vcek], productFloor: .genoa,
      minimumTCB: [
        .milan: TCBVersion(bootLoader: 4, tee: 0, snp: 24, microcode: 219),
        .genoa: TCBVersion(bootLoader: 10, tee: 0, snp: 23, microcode: 84),
      ],
      orderedTCB: true, hosts: HostList(), revokedChips: HostList(), guestPolicy: .strict, platformInfo: .strict,
      vmpl: 0,
      minimumGuestSVN: 0, hostData: Array(repeating: 0, count: 32),
      idKeyDigests: [Array(repeating: 0, count: 48)], authorKeyDigests: [Array(repeating: 0, count: 48)],
      migrationAgents: [], zeroReservedFields: true)

    /// No rule at all.
    public static let none = AppraisalRules(orderedTCB: false, zeroReservedFields: false)
  }
}
