extension SEVSNP {
  /// What the guest policy must say, bit by bit. Bits without a name must be zero unless `namedUnknownBits` has them.
  public struct GuestPolicyRule: Sendable, Equatable {
    /// A bit without an entry has the strict value.
    public var bits: [GuestPolicyBit: BitRule]
    /// Bits above 25 that may be set.
    public var namedUnknownBits: Set<Int>
    /// The lowest firmware ABI that the guest may ask for; it may not ask for more than the firmware is.
    public var minimumABI: FirmwareVersion

    public init(
      bits: [GuestPolicyBit: BitRule] = [:], namedUnknownBits: Set<Int> = [],
      minimumABI: FirmwareVersion = FirmwareVersion(major: 0, minor: 0)
    ) {
      self.bits = bits
      self.namedUnknownBits = namedUnknownBits
      self.minimumABI = minimumABI
    }

    /// The stronger value of every bit.
    public static let strict = GuestPolicyRule()

    static func strictValue(_ bit: GuestPolicyBit) -> BitRule {
      switch bit {
      case .smt, .migrationAgent, .debug, .cxl: .clear
      case .reservedOne, .singleSocket, .aes256XTS, .raplDisabled, .ciphertextHiding, .pageSwapDisabled: .set
      }
    }

    public func rule(_ bit: GuestPolicyBit) -> BitRule { bits[bit] ?? Self.strictValue(bit) }

    func check(_ report: Report, _ recorder: inout CheckRecorder) {
      let abi = FirmwareVersion(
        major: UInt8(truncatingIfNeeded: report.guestPolicy >> 8), minor: UInt8(truncatingIfNeeded: report.guestPolicy))
      let firmware = FirmwareVersion(major: report.currentFirmware.major, minor: report.currentFirmware.minor)
      recorder.require(
        "guest-policy-abi", abi >= minimumABI && abi <= firmware, else: AttestationError.guestPolicyABI,
        "guest asks for ABI \(abi.major).\(abi.minor), expected \(minimumABI.major).\(minimumABI.minor) to "
          + "\(firmware.major).\(firmware.minor)")
      for bit in GuestPolicyBit.allCases {
        recorder.requireBit(
          report.guestPolicy >> bit.index & 1 == 1, rule(bit), code: bit.code, name: "guest policy bit \(bit.index)")
      }
      let known = GuestPolicyBit.allCases.reduce(0xFFFF) { $0 | UInt64(1) << $1.index }
      recorder.requireNoUnknownBits(
        report.guestPolicy & ~known, named: namedUnknownBits, code: AttestationError.guestPolicyUnknown,
        name: "guest policy")
    }

    /// The names of the checks that this rule leaves out.
    var leftOut: [String] { GuestPolicyBit.allCases.filter { rule($0) == .either }.map(\.code.rawValue) }

    /// The names of all checks.
    static var checkNames: [String] {
      ["guest-policy-abi"] + GuestPolicyBit.allCases.map(\.code.rawValue)
        + [AttestationError.guestPolicyUnknown.rawValue]
    }
  }
}
