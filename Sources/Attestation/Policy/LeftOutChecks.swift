extension AppraisalPolicy {
  /// The names of the checks that this policy leaves out, in the order in which they would be made. Every result lists
  /// them, accepted or not, so that a weakened policy is never silent.
  package func leftOutChecks(_ platform: Platform) -> [String] {
    (referenceValues == nil ? ["reference-values", "measurement"] : [])
      + {
        switch platform {
        case .sevSNP: sevSNP.leftOutChecks
        case .azureSNP:
          sevSNP.leftOutChecks + azureSNP.leftOutChecks + (referenceValues == nil ? ["pcrs"] : [])
        case .tdx: tdx.leftOutChecks
        case .nitro: nitro.leftOutChecks
        case .nvidiaGPU, .nvidiaSwitch: nvidia.leftOutChecks
        }
      }()
  }
}
