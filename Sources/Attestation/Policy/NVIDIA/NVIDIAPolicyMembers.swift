extension NVIDIA.AppraisalRules {
  /// What each member's values mean for one another (docs/evidence/nvidia.md, the policy).
  static let members: [String: PolicyMember] = [
    "largestRevocationListAge": PolicyMember("revocation-freshness", .higherIsWeaker),
    "completeRequest": PolicyMember("spdm-request", .flag),
    "namedUnknownFields": PolicyMember("opaque-fields", .moreIsWeaker),
    "consistentFields": PolicyMember("opaque-consistency", .flag),
    "architectureFloor": PolicyMember("architecture-floor", .unordered),
    "chips": PolicyMember("chips", .moreIsWeaker),
    "hosts.chipIdentifiers": PolicyMember("host-list", .moreIsWeaker, isChoice: true),
    "hosts.chipIdentifierDigests": PolicyMember("host-list", .moreIsWeaker, isChoice: true),
    "revokedChips.chipIdentifiers": PolicyMember("revoked-chips", .fewerIsWeaker),
    "revokedChips.chipIdentifierDigests": PolicyMember("revoked-chips", .fewerIsWeaker),
    "secureFirmware": PolicyMember("firmware-flags", .flag),
    "protectedPCIe": PolicyMember("protected-pcie", .bit(strict: .clear)),
    "switches": PolicyMember("switches", .moreIsWeaker, isChoice: true),
    "gpus": PolicyMember("gpus", .moreIsWeaker, isChoice: true),
    "comparesDisabledNVDEC0": PolicyMember("measurement-nvdec0", .flag),
    // Empty, the versions are those of the golden values, so that a list is neither weaker nor stronger.
    "driverVersions": PolicyMember("driver-version", .moreIsWeaker, isChoice: true),
    "vbiosVersions": PolicyMember("vbios-version", .moreIsWeaker, isChoice: true),
    "uncoveredMeasurements": PolicyMember("measurement-coverage", .moreIsWeaker),
    "confirmedMode": PolicyMember("confidential-mode", .flag),
  ]
}
