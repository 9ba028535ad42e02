public import ErrorCodes
import StrictJSON

extension AzureSNP {
  /// The flags of `vm-configuration` in the runtime data whose meaning is known. The raw value is the name in policies.
  public enum VMConfigurationFlag: String, Sendable, CaseIterable {
    case secureBoot, tpmEnabled, consoleEnabled, interactiveConsoleEnabled, filteredDevicesAllowed

    /// The name in the runtime data.
    var member: String {
      switch self {
      case .secureBoot: "secure-boot"
      case .tpmEnabled: "tpm-enabled"
      case .consoleEnabled: "console-enabled"
      case .interactiveConsoleEnabled: "interactive-console-enabled"
      case .filteredDevicesAllowed: "filtered-vpci-devices-allowed"
      }
    }

    /// Paravisors that do not have a feature leave its flag out.
    var isOptional: Bool {
      switch self {
      case .secureBoot, .tpmEnabled, .consoleEnabled: false
      case .interactiveConsoleEnabled, .filteredDevicesAllowed: true
      }
    }

    /// The code of a refusal for this flag, which is also the name of its check.
    public var code: ErrorCode {
      switch self {
      case .secureBoot: AttestationError.azureSecureBoot
      case .tpmEnabled: AttestationError.azureTPM
      case .consoleEnabled: AttestationError.azureConsole
      case .interactiveConsoleEnabled: AttestationError.azureInteractiveConsole
      case .filteredDevicesAllowed: AttestationError.azureFilteredDevices
      }
    }
  }

  /// How the virtual machine must be configured, flag by flag.
  public struct VMConfigurationRule: Sendable, Equatable {
    /// A flag without an entry has the strict value.
    public var flags: [VMConfigurationFlag: BitRule]

    public init(flags: [VMConfigurationFlag: BitRule] = [:]) { self.flags = flags }

    /// The stronger value of every flag.
    public static let strict = VMConfigurationRule()

    static func strictValue(_ flag: VMConfigurationFlag) -> BitRule {
      switch flag {
      case .secureBoot, .tpmEnabled: .set
      case .consoleEnabled, .interactiveConsoleEnabled, .filteredDevicesAllowed: .clear
      }
    }

    public func rule(_ flag: VMConfigurationFlag) -> BitRule { flags[flag] ?? Self.strictValue(flag) }

    func check(_ data: RuntimeData, _ recorder: inout CheckRecorder) {
      for flag in VMConfigurationFlag.allCases {
        let rule = rule(flag)
        guard rule != .either else { continue }
        let value = data.configuration[flag.member]
        let isFit =
          switch (value, rule) {
          case (.boolean(let isSet)?, _): isSet == (rule == .set)
          case (nil, .clear): flag.isOptional
          default: false
          }
        recorder.require(
          flag.code.rawValue, isFit, else: flag.code, "flag \(flag.rawValue) is not as expected, \(rule.rawValue)")
      }
    }

    /// The names of the checks that this rule leaves out.
    var leftOut: [String] { VMConfigurationFlag.allCases.filter { rule($0) == .either }.map(\.code.rawValue) }

    /// The names of all checks.
    static var checkNames: [String] { VMConfigurationFlag.allCases.map(\.code.rawValue) }
  }
}

extension AzureSNP.VMConfigurationRule {
  var json: JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: AzureSNP.VMConfigurationFlag.allCases.map { ($0.rawValue, .string(rule($0).rawValue)) }))
  }

  init(json: JSONValue, member: StaticString) throws(AttestationError) {
    var reader = try PolicyReader(json, name: member)
    self.init()
    for (key, value) in reader.takeEntries() {
      guard let flag = AzureSNP.VMConfigurationFlag(rawValue: key) else {
        throw PolicyReader.malformed("vmConfiguration names a flag that is not known")
      }
      flags[flag] = try PolicyReader.choice(value, "vmConfiguration")
    }
  }
}
