extension TDX.AppraisalRules {
  /// What each member's values mean for one another (docs/evidence, the policy).
  static let members: [String: PolicyMember] = [:]
}
