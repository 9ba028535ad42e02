extension SEVSNP {
  /// What the platform information must say, bit by bit. Bits without a name must be zero unless `namedUnknownBits` has
  /// them.
  public struct PlatformInfoRule: Sendable, Equatable {
    /// A bit without an entry has the strict value.
    public var bits: [PlatformInfoBit: BitRule]
    /// Bit 6 and bits above 7 that may be set.
    public var namedUnknownBits: Set<Int>

    public init(bits: [PlatformInfoBit: BitRule] = [:], namedUnknownBits: Set<Int> = []) {
      self.bits = bits
      self.namedUnknownBits = namedUnknownBits
    }

    /// The stronger value of every bit.
    public static let strict = PlatformInfoRule()

    static func strictValue(_ bit: PlatformInfoBit) -> BitRule {
      switch bit {
      case .smt, .tio: .clear
      case .tsme, .ecc, .raplDisabled, .ciphertextHiding, .aliasCheck: .set
      }
    }

    public func rule(_ bit: PlatformInfoBit) -> BitRule { bits[bit] ?? Self.strictValue(bit) }

    func check(_ report: Report, _ recorder: inout CheckRecorder) {
      for bit in PlatformInfoBit.allCases {
        recorder.requireBit(
          report.platformInfo >> bit.index & 1 == 1, rule(bit), code: bit.code, name: "platform bit \(bit.index)")
      }
      let known = PlatformInfoBit.allCases.reduce(0) { $0 | UInt64(1) << $1.index }
      recorder.requireNoUnknownBits(
        report.platformInfo & ~known, named: namedUnknownBits, code: AttestationError.platformUnknown, name: "platform")
    }

    /// The names of the checks that this rule leaves out.
    var leftOut: [String] { PlatformInfoBit.allCases.filter { rule($0) == .either }.map(\.code.rawValue) }

    /// The names of all checks.
    static var checkNames: [String] {
      PlatformInfoBit.allCases.map(\.code.rawValue) + [AttestationError.platformUnknown.rawValue]
    }
  }
}
