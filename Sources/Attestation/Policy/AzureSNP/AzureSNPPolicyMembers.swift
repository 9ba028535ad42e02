extension AzureSNP.AppraisalRules {
  /// What each member's values mean for one another (docs/evidence/azure-snp.md, the policy).
  static let members: [String: PolicyMember] = {
    var members = ["requiresQuote": PolicyMember("quote", .flag)]
    for flag in AzureSNP.VMConfigurationFlag.allCases {
      members["vmConfiguration.\(flag.rawValue)"] = PolicyMember(
        flag.code.rawValue, .bit(strict: AzureSNP.VMConfigurationRule.strictValue(flag)))
    }
    return members
  }()
}
