extension SEVSNP.AppraisalRules {
  var leftOutChecks: [String] {
    let rules: [(isLeftOut: Bool, names: [String])] = [
      (largestRevocationListAge == nil, ["revocation-freshness"]),
      (reportVersions == nil, ["report-version"]),
      (!zeroReservedFields, ["reserved-fields"]),
      (signingKeys == nil, ["signing-key-kind"]),
      (productFloor == nil, ["product-floor"]),
      (hosts == nil, ["host-list"]),
      (revokedChips == nil, ["revoked-chips"]),
      (!orderedTCB, ["tcb-order"]),
      (minimumTCB == nil, ["tcb-minimum", "tcb-reported", "tcb-committed", "tcb-launch", "tcb-current"]),
    ]
    let launch: [(isLeftOut: Bool, names: [String])] = [
      (vmpl == nil, ["vmpl"]), (minimumGuestSVN == nil, ["guest-svn"]), (hostData == nil, ["host-data"]),
      (idKeyDigests == nil, ["id-key"]), (authorKeyDigests == nil, ["author-key"]),
      (migrationAgents == nil, ["migration-agent"]),
    ]
    return rules.filter(\.isLeftOut).flatMap(\.names)
      + (guestPolicy?.leftOut ?? SEVSNP.GuestPolicyRule.checkNames)
      + (platformInfo?.leftOut ?? SEVSNP.PlatformInfoRule.checkNames)
      + launch.filter(\.isLeftOut).flatMap(\.names)
  }
}
