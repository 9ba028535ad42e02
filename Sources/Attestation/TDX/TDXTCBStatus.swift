extension TDX {
  /// How far a platform, its TDX module or its quoting enclave is behind what the vendor recommends (Intel PCS API,
  /// TCB info). The raw value is the vendor's name, and the name in policies.
  public enum TCBStatus: String, Sendable, CaseIterable {
    case upToDate = "UpToDate"
    case softwareHardeningNeeded = "SWHardeningNeeded"
    case configurationNeeded = "ConfigurationNeeded"
    case configurationAndSoftwareHardeningNeeded = "ConfigurationAndSWHardeningNeeded"
    case outOfDate = "OutOfDate"
    case outOfDateConfigurationNeeded = "OutOfDateConfigurationNeeded"
    /// The trust domain was launched under an old TDX module, and a current one runs now: launched again, it would be
    /// up to date.
    case relaunchAdvised = "TDRelaunchAdvised"
    case relaunchAdvisedConfigurationNeeded = "TDRelaunchAdvisedConfigurationNeeded"
    case revoked = "Revoked"

    /// What a level of a platform may say.
    static let ofPlatforms: Set<TCBStatus> = [
      .upToDate, .softwareHardeningNeeded, .configurationNeeded, .configurationAndSoftwareHardeningNeeded, .outOfDate,
      .outOfDateConfigurationNeeded, .revoked,
    ]
    /// What a level of a TDX module may say.
    static let ofModules: Set<TCBStatus> = [.upToDate, .outOfDate, .revoked]
    /// What a level of a quoting enclave may say.
    static let ofEnclaves: Set<TCBStatus> = [
      .upToDate, .configurationNeeded, .outOfDate, .outOfDateConfigurationNeeded, .revoked,
    ]

    /// The platform's status once a part of it has one too: a part that is out of date makes the whole so, and one
    /// that is revoked revokes it. Intel's algorithm passes over a quoting enclave that needs configuration; here the
    /// whole needs it then.
    func converged(withPart part: TCBStatus) -> TCBStatus {
      switch (part, self) {
      case (.revoked, _): .revoked
      case (.outOfDate, .upToDate), (.outOfDate, .softwareHardeningNeeded): .outOfDate
      case (.outOfDateConfigurationNeeded, .revoked): .revoked
      case (.outOfDate, .configurationNeeded), (.outOfDate, .configurationAndSoftwareHardeningNeeded),
        (.configurationNeeded, .outOfDate), (.outOfDateConfigurationNeeded, _):
        .outOfDateConfigurationNeeded
      case (.configurationNeeded, .upToDate): .configurationNeeded
      case (.configurationNeeded, .softwareHardeningNeeded): .configurationAndSoftwareHardeningNeeded
      default: self
      }
    }

    var needsConfiguration: Bool {
      switch self {
      case .configurationNeeded, .configurationAndSoftwareHardeningNeeded, .outOfDateConfigurationNeeded,
        .relaunchAdvisedConfigurationNeeded:
        true
      default: false
      }
    }

    var isOutOfDate: Bool { self == .outOfDate || self == .outOfDateConfigurationNeeded }
  }
}
