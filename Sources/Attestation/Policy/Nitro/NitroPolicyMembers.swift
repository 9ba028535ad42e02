extension Nitro.AppraisalRules {
  /// What each member's values mean for one another (docs/evidence/nitro.md, the policy).
  static let members: [String: PolicyMember] = [
    "largestDocumentAge": PolicyMember("document-age", .higherIsWeaker),
    "refusesDebugMode": PolicyMember("debug-mode", .flag),
    // A register that the policy does not name may have any value.
    "pcrs.*": PolicyMember("pcrs", .moreIsWeakerWhereNamed),
    "hosts.chipIdentifiers": PolicyMember("host-list", .moreIsWeaker, isChoice: true),
    "hosts.chipIdentifierDigests": PolicyMember("host-list", .moreIsWeaker, isChoice: true),
    "revokedChips.chipIdentifiers": PolicyMember("revoked-chips", .fewerIsWeaker),
    "revokedChips.chipIdentifierDigests": PolicyMember("revoked-chips", .fewerIsWeaker),
  ]
}
