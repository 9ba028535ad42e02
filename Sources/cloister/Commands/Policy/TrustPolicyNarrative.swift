import Trust

/// Whom a trust policy trusts around the machines, in sentences.
struct TrustPolicyNarrative {
  private let policy: TrustPolicy

  init(_ policy: TrustPolicy) { self.policy = policy }

  var text: String {
    let witnesses = policy.witnesses
    let lines =
      [
        "",
        "Operator: \(policy.operatorOrigin), policy version \(policy.version).",
        "Releases and policies count when \(policy.publishers.threshold) of \(policy.publishers.keys.count) publishers "
          + "signed them.",
        "A log's word counts when \(witnesses.policy.threshold) of \(witnesses.policy.witnesses.count) witnesses cosigned "
          + "it; \(witnesses.declaredFaults) of them may collude with the log.",
        "Keys of machines last one epoch of \(policy.epochs.epochSeconds) seconds.",
        "Images:",
      ]
      + policy.releases.map {
        "  \($0.name) as \($0.role), security version \($0.minimumSecurityVersion) or later"
      }
      + ["Relays, which see your address and not what you say:"]
      + policy.relays.map { "  \($0.server), run by \($0.operatorName)" }
      + [
        "Tokens: \(policy.issuer.tokensPerDay) a day from \(policy.issuer.server) on the plan \(policy.issuer.plan)."
      ]
    return lines.map(\.printable).joined(separator: "\n")
  }
}
