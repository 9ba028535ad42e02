public import Attestation

extension ReleaseEntry {
  /// What evidence of a platform is held against, from this release alone; nil where it names nothing for the platform.
  ///
  /// | platform | `measurement` | `firmware` | `application` |
  /// |---|---|---|---|
  /// | `sev-snp` | launch measurement, which covers the firmware | for rebuilders; not compared | |
  /// | `tdx` | SHA-384 over RTMR0 to RTMR3 | MRTD | |
  /// | `nitro` | PCR0: the whole image | PCR1: kernel and bootstrap | PCR2 |
  public func referenceValues(for platform: Platform) -> ReferenceValues? {
    let named = measurements.filter { $0.platform == platform.rawValue }
    guard !named.isEmpty else { return nil }
    switch platform {
    case .sevSNP: return ReferenceValues(sevSNPMeasurements: Set(named.map(\.measurement)))
    case .tdx:
      let values = named.compactMap { TDX.Measurements(mrtd: $0.firmware, rtmrDigest: $0.measurement) }
      return ReferenceValues(tdxMeasurements: Set(values))
    case .nitro:
      let values = named.compactMap { value in
        value.application.flatMap { Nitro.Measurements(pcr0: value.measurement, pcr1: value.firmware, pcr2: $0) }
      }
      return ReferenceValues(nitroMeasurements: Set(values))
    // No node runs there alone: a paravisor's guest is told by its virtual TPM, and accelerators stand beside a node.
    case .azureSNP, .nvidiaGPU, .nvidiaSwitch: return nil
    }
  }

  /// The golden values of its accelerators.
  public var acceleratorReferenceValues: ReferenceValues {
    ReferenceValues(nvidiaMeasurements: accelerators.flatMap(\.goldenValues))
  }
}
