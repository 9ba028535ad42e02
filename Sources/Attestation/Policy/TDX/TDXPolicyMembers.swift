extension TDX.AppraisalRules {
  /// What each member's values mean for one another (docs/evidence/tdx.md, the policy).
  static let members: [String: PolicyMember] = {
    var members: [String: PolicyMember] = [
      "quoteVersions": PolicyMember("report-version", .widerIsWeaker),
      "zeroTrailingBytes": PolicyMember("trailing-bytes", .flag),
      "zeroReservedFields": PolicyMember("reserved-fields", .flag),
      "quotingEnclaveVendors": PolicyMember("qe-vendor", .moreIsWeaker),
      "requiresCollateral": PolicyMember("collateral", .flag),
      "largestCollateralAge": PolicyMember("collateral-freshness", .higherIsWeaker),
      "largestRevocationListAge": PolicyMember("revocation-freshness", .higherIsWeaker),
      "minimumEvaluationDataNumber": PolicyMember("tcb-evaluation-number", .lowerIsWeaker),
      "knownModule": PolicyMember("tdx-module", .flag),
      "tcbStatuses": PolicyMember("tcb-status", .moreIsWeaker),
      "advisories": PolicyMember("advisories", .moreIsWeaker),
      "hosts.chipIdentifiers": PolicyMember("host-list", .moreIsWeaker, isChoice: true),
      "hosts.chipIdentifierDigests": PolicyMember("host-list", .moreIsWeaker, isChoice: true),
      "revokedHosts.chipIdentifiers": PolicyMember("revoked-hosts", .fewerIsWeaker),
      "revokedHosts.chipIdentifierDigests": PolicyMember("revoked-hosts", .fewerIsWeaker),
      "minimumTEETCBSVN": PolicyMember("tee-tcb-svn", .lowerIsWeaker),
      "zeroSEAMAttributes": PolicyMember("seam-attributes", .flag),
      "moduleSigners": PolicyMember("module-signer", .moreIsWeaker),
      "attributes.namedUnknownBits": PolicyMember("td-attributes-unknown-bits", .moreIsWeaker),
      "xfam.required": PolicyMember("xfam-required-bits", .fewerIsWeaker),
      "xfam.allowed": PolicyMember("xfam-refused-bits", .moreIsWeaker),
      "mrConfigIDs": PolicyMember("mrconfigid", .moreIsWeaker),
      "mrOwners": PolicyMember("mrowner", .moreIsWeaker),
      "mrOwnerConfigs": PolicyMember("mrownerconfig", .moreIsWeaker),
      "serviceTDs": PolicyMember("service-td", .moreIsWeaker),
      "requiresEventLog": PolicyMember("event-log", .flag),
    ]
    for bit in TDX.AttributeBit.allCases {
      members["attributes.\(bit.rawValue)"] = PolicyMember(
        bit.code.rawValue, .bit(strict: TDX.AttributesRule.strictValue(bit)))
    }
    for bit in TDX.PlatformBit.allCases {
      members["platform.\(bit.rawValue)"] = PolicyMember(
        bit.code.rawValue, .bit(strict: TDX.PlatformRule.strict.rule(bit)))
    }
    return members
  }()
}
