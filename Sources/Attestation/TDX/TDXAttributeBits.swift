public import ErrorCodes

extension TDX {
  /// The bits of the attributes of a trust domain (Intel TDX Module Base Architecture Specification, ATTRIBUTES). The
  /// raw value is the name in policies.
  public enum AttributeBit: String, Sendable, CaseIterable {
    case debug, hgsPlusProfile, performanceProfile, pmtProfile, icssd, lass, septVEDisable, migratable, pks, keyLocker
    case tpa, perfmon

    public var index: Int {
      switch self {
      case .debug: 0
      case .hgsPlusProfile: 4
      case .performanceProfile: 5
      case .pmtProfile: 6
      case .icssd: 16
      case .lass: 27
      case .septVEDisable: 28
      case .migratable: 29
      case .pks: 30
      case .keyLocker: 31
      case .tpa: 62
      case .perfmon: 63
      }
    }

    /// The code of a refusal for this bit, which is also the name of its check.
    public var code: ErrorCode {
      switch self {
      case .debug: AttestationError.attributesDebug
      case .hgsPlusProfile: AttestationError.attributesHGSPlusProfile
      case .performanceProfile: AttestationError.attributesPerformanceProfile
      case .pmtProfile: AttestationError.attributesPMTProfile
      case .icssd: AttestationError.attributesICSSD
      case .lass: AttestationError.attributesLASS
      case .septVEDisable: AttestationError.attributesSEPTVEDisable
      case .migratable: AttestationError.attributesMigratable
      case .pks: AttestationError.attributesPKS
      case .keyLocker: AttestationError.attributesKeyLocker
      case .tpa: AttestationError.attributesTPA
      case .perfmon: AttestationError.attributesPerfmon
      }
    }
  }

  /// What the PCK certificate says of the platform as a whole. The raw value is the name in policies.
  public enum PlatformBit: String, Sendable, CaseIterable {
    /// Processor packages may be added to the platform.
    case dynamicPlatform
    /// The vendor's registration service keeps the platform's root keys.
    case cachedKeys
    case smt

    /// The code of a refusal for this bit, which is also the name of its check.
    public var code: ErrorCode {
      switch self {
      case .dynamicPlatform: AttestationError.platformDynamic
      case .cachedKeys: AttestationError.platformCachedKeys
      case .smt: AttestationError.platformSMT
      }
    }
  }
}
