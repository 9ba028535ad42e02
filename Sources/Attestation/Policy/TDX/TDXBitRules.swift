extension TDX {
  /// What the attributes of the trust domain must say, bit by bit. Bits without a name must be zero unless
  /// `namedUnknownBits` has them.
  public struct AttributesRule: Sendable, Equatable {
    /// A bit without an entry has the strict value.
    public var bits: [AttributeBit: BitRule]
    public var namedUnknownBits: Set<Int>

    public init(bits: [AttributeBit: BitRule] = [:], namedUnknownBits: Set<Int> = []) {
      self.bits = bits
      self.namedUnknownBits = namedUnknownBits
    }

    /// The stronger value of every bit.
    public static let strict = AttributesRule()

    static func strictValue(_ bit: AttributeBit) -> BitRule { bit == .septVEDisable ? .set : .clear }

    public func rule(_ bit: AttributeBit) -> BitRule { bits[bit] ?? Self.strictValue(bit) }

    func check(_ body: Quote.Body, _ recorder: inout CheckRecorder) {
      for bit in AttributeBit.allCases {
        recorder.requireBit(
          body.attributes >> bit.index & 1 == 1, rule(bit), code: bit.code, name: "attributes bit \(bit.index)")
      }
      let known = AttributeBit.allCases.reduce(0) { $0 | UInt64(1) << $1.index }
      recorder.requireNoUnknownBits(
        body.attributes & ~known, named: namedUnknownBits, code: AttestationError.attributesUnknown, name: "attributes")
    }

    /// The names of the checks that this rule leaves out.
    var leftOut: [String] { AttributeBit.allCases.filter { rule($0) == .either }.map(\.code.rawValue) }

    /// The names of all checks.
    static var checkNames: [String] {
      AttributeBit.allCases.map(\.code.rawValue) + [AttestationError.attributesUnknown.rawValue]
    }
  }

  /// What the PCK certificate must say of the platform. A certificate that does not say it is neither set nor clear.
  public struct PlatformRule: Sendable, Equatable {
    /// A bit without an entry has the strict value.
    public var bits: [PlatformBit: BitRule]

    public init(bits: [PlatformBit: BitRule] = [:]) { self.bits = bits }

    /// The stronger value of every bit.
    public static let strict = PlatformRule()

    public func rule(_ bit: PlatformBit) -> BitRule { bits[bit] ?? .clear }

    func check(_ platform: Platform, _ recorder: inout CheckRecorder) {
      for bit in PlatformBit.allCases where rule(bit) != .either {
        let value = platform.configuration?[bit]
        recorder.require(
          bit.code.rawValue, value == (rule(bit) == .set), else: bit.code,
          "\(bit.rawValue) is \(value.map { $0 ? "set" : "clear" } ?? "not said"), expected \(rule(bit).rawValue)")
      }
    }

    /// The names of the checks that this rule leaves out.
    var leftOut: [String] { PlatformBit.allCases.filter { rule($0) == .either }.map(\.code.rawValue) }

    /// The names of all checks.
    static var checkNames: [String] { PlatformBit.allCases.map(\.code.rawValue) }
  }

  /// Which extended processor state the trust domain may use.
  public struct XFAMRule: Sendable, Equatable {
    /// Bits that must be set.
    public var required: UInt64
    /// Bits that may be set.
    public var allowed: UInt64

    public init(required: UInt64 = XFAMRule.strict.required, allowed: UInt64 = XFAMRule.strict.allowed) {
      self.required = required
      self.allowed = allowed
    }

    /// x87 and SSE are always there; AVX, AVX-512, PKRU, CET and AMX may be. Processor trace, user interrupts and last
    /// branch records may not.
    public static let strict = XFAMRule(required: 0x3, allowed: 0x6_1AE7)

    func check(_ body: Quote.Body, _ recorder: inout CheckRecorder) {
      recorder.require(
        Self.checkNames[0], body.xfam & required == required, else: AttestationError.xfamRequired,
        "XFAM lacks bits \(Self.indices(required & ~body.xfam))")
      recorder.require(
        Self.checkNames[1], body.xfam & ~allowed == 0, else: AttestationError.xfamRefused,
        "XFAM has bits \(Self.indices(body.xfam & ~allowed)), which the policy does not allow")
    }

    private static func indices(_ bits: UInt64) -> String {
      (0..<64).filter { bits >> $0 & 1 == 1 }.map(String.init).joined(separator: ", ")
    }

    /// The names of all checks.
    static let checkNames = [AttestationError.xfamRequired.rawValue, AttestationError.xfamRefused.rawValue]
  }
}
