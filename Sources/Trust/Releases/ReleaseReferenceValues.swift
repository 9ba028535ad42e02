public import Attestation

extension ReleaseEntry {
  /// What evidence of a platform is held against, from this release alone; nil where it names nothing for the platform.
  ///
  /// | platform | `measurement` | `firmware` |
  /// |---|---|---|
  /// | `sev-snp` | launch measurement, which covers the firmware | for rebuilders; not compared |
  /// | `tdx` | SHA-384 over RTMR0 to RTMR3 | MRTD |
  /// | `nitro` | PCR0 | PCR1; PCR0 covers PCR2 |
  public func referenceValues(for platform: Platform) -> ReferenceValues? {
    let named = measurements.filter { $0.platform == platform.rawValue }
    guard !named.isEmpty else { return nil }
    switch platform {
    case .sevSNP: return ReferenceValues(sevSNPMeasurements: Set(named.map(\.measurement)))
    case .tdx, .nitro, .azureSNP, .nvidiaGPU, .nvidiaSwitch: return nil
    }
  }

  /// The golden values of its accelerators.
  public var acceleratorReferenceValues: ReferenceValues {
    ReferenceValues(nvidiaMeasurements: accelerators.flatMap(\.goldenValues))
  }
}
