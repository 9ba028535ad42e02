extension NVIDIA {
  /// What authentic evidence of a GPU or a switch must say to be acceptable. Each rule that is nil or false is left out.
  public struct AppraisalRules: Sendable, Equatable {
    /// Each certificate that names a revocation list must come with one, not past its next update and at most this many
    /// seconds old. A list that is present counts in any case.
    public var largestRevocationListAge: Int64?
    /// All measurements, signed, of the slot that was asked.
    public var completeRequest: Bool
    public var architectureFloor: Architecture?
    /// Chips by the names in their certificates, such as `GH100`.
    public var chips: Set<String>?
    /// Devices by SHA-256 of the device key.
    public var hosts: HostList?
    /// Devices that are refused; nil only where nothing but authenticity is asked.
    public var revokedChips: HostList?
    /// Where the leaf says that the device is in debug mode, in recovery or not secure, it is refused.
    public var secureFirmware: Bool
    /// Types of opaque fields that may occur beside those that are known.
    public var namedUnknownFields: Set<UInt16>?
    /// The versions must be reported, and fields that speak of one thing must agree.
    public var consistentFields: Bool
    /// Versions of a GPU's driver that may run; without one, those of the golden values.
    public var driverVersions: Set<String>?
    /// Versions of the VBIOS, or of a switch's firmware, that may run; without one, those of the golden values.
    public var vbiosVersions: Set<String>?
    /// In protected PCIe mode data cross NVLink in clear.
    public var protectedPCIe: BitRule
    /// Identifiers (PDI, 8 bytes) of the switches that a GPU may be linked to, and that may give evidence.
    public var switches: Set<[UInt8]>?
    /// Identifiers (PDI, 8 bytes) of the GPUs that a switch may be linked to, as switches report them.
    public var gpus: Set<[UInt8]>?
    /// SPDM indices that may have a measurement without any golden value.
    public var uncoveredMeasurements: Set<UInt8>?
    /// Index 36 is compared although the report says that the first video decoder is disabled.
    public var comparesDisabledNVDEC0: Bool
    /// Golden values must fix the mode, since no field of a report says that confidential computing is on.
    public var confirmedMode: Bool

    /// Every rule, each with the stronger value. No device is listed, so that none is accepted before one is.
    public static let strict = AppraisalRules(
      largestRevocationListAge: 90 * 86_400, completeRequest: true, architectureFloor: .hopper,
      chips: ["GB100", "GH100", "LS10"], hosts: HostList(), revokedChips: HostList(), secureFirmware: true,
      namedUnknownFields: [], consistentFields: true, driverVersions: [], vbiosVersions: [], protectedPCIe: .clear,
      switches: [], gpus: [], uncoveredMeasurements: [], comparesDisabledNVDEC0: true, confirmedMode: true)

    /// No rule at all.
    public static let none = AppraisalRules(
      completeRequest: false, secureFirmware: false, consistentFields: false, protectedPCIe: .either,
      comparesDisabledNVDEC0: false, confirmedMode: false)

    /// The names of the checks that these rules leave out, in the order in which they would be made.
    var leftOutChecks: [String] {
      let rules: [(isLeftOut: Bool, name: String)] = [
        (largestRevocationListAge == nil, "revocation-freshness"), (!completeRequest, "spdm-request"),
        (namedUnknownFields == nil, "opaque-fields"), (!consistentFields, "opaque-consistency"),
        (architectureFloor == nil, "architecture-floor"), (chips == nil, "chips"), (hosts == nil, "host-list"),
        (revokedChips == nil, "revoked-chips"), (!secureFirmware, "firmware-flags"),
        (protectedPCIe == .either, "protected-pcie"), (switches == nil, "switches"), (gpus == nil, "gpus"),
        (!comparesDisabledNVDEC0, "measurement-nvdec0"), (driverVersions == nil, "driver-version"),
        (vbiosVersions == nil, "vbios-version"), (uncoveredMeasurements == nil, "measurement-coverage"),
        (!confirmedMode, "confidential-mode"),
      ]
      return rules.filter(\.isLeftOut).map(\.name)
    }
  }
}
