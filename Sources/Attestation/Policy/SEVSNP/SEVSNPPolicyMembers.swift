extension SEVSNP.AppraisalRules {
  /// What each member's values mean for one another (docs/evidence/sev-snp.md, the policy).
  static let members: [String: PolicyMember] = {
    var members: [String: PolicyMember] = [
      "largestRevocationListAge": PolicyMember("revocation-freshness", .higherIsWeaker),
      "reportVersions": PolicyMember("report-version", .widerIsWeaker),
      "signingKeys": PolicyMember("signing-key-kind", .moreIsWeaker),
      "productFloor": PolicyMember("product-floor", .names(SEVSNP.Product.allCases.sorted().map(\.rawValue))),
      "minimumTCB.*": PolicyMember(tcbChecks, .lowerIsWeaker),
      "hosts.chipIdentifiers": PolicyMember("host-list", .moreIsWeaker, isChoice: true),
      "hosts.chipIdentifierDigests": PolicyMember("host-list", .moreIsWeaker, isChoice: true),
      "revokedChips.chipIdentifiers": PolicyMember("revoked-chips", .fewerIsWeaker),
      "revokedChips.chipIdentifierDigests": PolicyMember("revoked-chips", .fewerIsWeaker),
      "guestPolicy.minimumABI": PolicyMember("guest-policy-abi", .lowerIsWeaker),
      "guestPolicy.namedUnknownBits": PolicyMember("guest-policy-unknown-bits", .moreIsWeaker),
      "platformInfo.namedUnknownBits": PolicyMember("platform-unknown-bits", .moreIsWeaker),
      "vmpl": PolicyMember("vmpl", .unordered),
      "minimumGuestSVN": PolicyMember("guest-svn", .lowerIsWeaker),
      "hostData": PolicyMember("host-data", .unordered),
      "idKeyDigests": PolicyMember("id-key", .moreIsWeaker),
      "authorKeyDigests": PolicyMember("author-key", .moreIsWeaker),
      "migrationAgents": PolicyMember("migration-agent", .moreIsWeaker),
      "orderedTCB": PolicyMember("tcb-order", .flag),
      "zeroReservedFields": PolicyMember("reserved-fields", .flag),
    ]
    for bit in SEVSNP.GuestPolicyBit.allCases {
      members["guestPolicy.\(bit.rawValue)"] = PolicyMember(
        bit.code.rawValue, .bit(strict: SEVSNP.GuestPolicyRule.strictValue(bit)))
    }
    for bit in SEVSNP.PlatformInfoBit.allCases {
      members["platformInfo.\(bit.rawValue)"] = PolicyMember(
        bit.code.rawValue, .bit(strict: SEVSNP.PlatformInfoRule.strictValue(bit)))
    }
    return members
  }()

  private static let tcbChecks = ["tcb-minimum", "tcb-reported", "tcb-committed", "tcb-launch", "tcb-current"]
}

extension PolicyOrder {
  /// `either` accepts most; the value that the strict default demands is the stronger.
  static func bit(strict: BitRule) -> PolicyOrder {
    let opposite: BitRule = strict == .set ? .clear : .set
    return .names([BitRule.either.rawValue, opposite.rawValue, strict.rawValue])
  }
}
