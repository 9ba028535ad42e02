extension TDX.AppraisalRules {
  /// The names of the checks that these rules leave out, in the order in which they would be made.
  var leftOutChecks: [String] {
    let form: [(isLeftOut: Bool, names: [String])] = [
      (quoteVersions == nil, ["report-version"]), (!zeroTrailingBytes, ["trailing-bytes"]),
      (!zeroReservedFields, ["reserved-fields"]), (quotingEnclaveVendors == nil, ["qe-vendor"]),
    ]
    let collateral: [(isLeftOut: Bool, names: [String])] = [
      (!requiresCollateral, ["collateral"]), (largestCollateralAge == nil, ["collateral-freshness"]),
      (largestRevocationListAge == nil, ["revocation-freshness"]),
      (minimumEvaluationDataNumber == nil, ["tcb-evaluation-number"]), (!knownModule, ["tdx-module"]),
      (tcbStatuses == nil, ["tcb-status"]), (advisories == nil, ["advisories"]),
    ]
    let machine: [(isLeftOut: Bool, names: [String])] = [
      (hosts == nil, ["host-list"]), (revokedHosts == nil, ["revoked-hosts"]),
    ]
    let launch: [(isLeftOut: Bool, names: [String])] = [
      (minimumTEETCBSVN == nil, ["tee-tcb-svn"]), (!zeroSEAMAttributes, ["seam-attributes"]),
      (moduleSigners == nil, ["module-signer"]), (mrConfigIDs == nil, ["mrconfigid"]), (mrOwners == nil, ["mrowner"]),
      (mrOwnerConfigs == nil, ["mrownerconfig"]), (serviceTDs == nil, ["service-td"]),
    ]
    return (form + collateral + machine).filter(\.isLeftOut).flatMap(\.names)
      + (platform?.leftOut ?? TDX.PlatformRule.checkNames)
      + (attributes?.leftOut ?? TDX.AttributesRule.checkNames)
      + (xfam == nil ? TDX.XFAMRule.checkNames : [])
      + launch.filter(\.isLeftOut).flatMap(\.names)
  }
}
