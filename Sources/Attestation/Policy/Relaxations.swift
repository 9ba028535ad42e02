import StrictJSON

/// One point in which a policy asks for less than the strict default: printed, and named in receipts.
public struct Relaxation: Sendable, Equatable {
  /// The stable name of the check, as in `AttestationResult.Check`.
  public let check: String
  /// The path of the policy's member, such as `sevSNP.guestPolicy.smt`.
  public let member: String
  /// What is accepted instead, in words.
  public let what: String
}

extension AppraisalPolicy {
  /// Every relaxation, of all platforms. What a policy must be told before it accepts anything, such as measurements
  /// and hosts, is none.
  public var relaxations: [Relaxation] { relaxations(beneath: nil, platforms: Platform.allCases) }

  /// The relaxations that bear on evidence of one platform.
  public func relaxations(for platform: Platform) -> [Relaxation] {
    let rules: Set<String> =
      switch platform {
      case .sevSNP: ["sevSNP"]
      case .azureSNP: ["sevSNP", "azureSNP"]
      case .tdx: ["tdx"]
      case .nitro: ["nitro"]
      case .nvidiaGPU, .nvidiaSwitch: ["nvidia"]
      }
    return relaxations(beneath: rules.union(["anchors", "referenceValues"]), platforms: [platform])
  }

  private func relaxations(beneath roots: Set<String>?, platforms: [Platform]) -> [Relaxation] {
    var relaxations: [Relaxation] = []
    for difference in differences(from: .strict) where difference.effect != .stronger {
      if let roots, !roots.contains(String(difference.member.prefix { $0 != "." })) { continue }
      relaxations += Self.relaxations(difference)
    }
    // A check that is left out is named whatever the table of members knows of it.
    let named = Set(relaxations.map(\.check))
    for platform in platforms {
      for check in leftOutChecks(platform)
      where !named.contains(check) && !relaxations.contains(where: { $0.check == check }) {
        relaxations.append(Relaxation(check: check, member: "", what: "the check is left out"))
      }
    }
    return relaxations
  }

  private static func relaxations(_ difference: PolicyDifference) -> [Relaxation] {
    let member = PolicyMembers.member(difference.member)
    if difference.new == .null {
      return PolicyMembers.checks(difference.member).map {
        Relaxation(check: $0, member: difference.member, what: "the check is left out")
      }
    }
    guard let new = difference.new, member?.isChoice != true else { return [] }
    guard let strict = difference.old else {
      // An entry that the strict default has not: what it names is accepted, and would be refused without it.
      return PolicyMembers.checks(difference.member).prefix(1).map {
        Relaxation(
          check: $0, member: difference.member, what: "`\(short(new))`, where the strict default accepts none")
      }
    }
    guard let check = PolicyMembers.checks(difference.member).first else {
      return [Relaxation(check: difference.member, member: difference.member, what: otherThanStrict)]
    }
    let what = words(new, insteadOf: strict, member?.order ?? .unordered, difference.effect)
    return [Relaxation(check: check, member: difference.member, what: what)]
  }

  private static let otherThanStrict = "other than the strict default"

  private static func words(
    _ new: JSONValue, insteadOf strict: JSONValue, _ order: PolicyOrder, _ effect: PolicyEffect
  ) -> String {
    let strictText = "`\(short(strict))`"
    switch order {
    case .anchors: return "simulated machines are accepted, which protect nobody"
    case .flag: return "not demanded"
    case .names where new == .string("either"): return "not checked, the strict default demands \(strictText)"
    case .moreIsWeaker where effect == .weaker: return "also accepts \(added(new, to: strict))"
    case .unordered: return "`\(short(new))`, \(otherThanStrict) \(strictText)"
    default:
      return effect == .weaker
        ? "`\(short(new))`, weaker than the strict default \(strictText)"
        : "`\(short(new))`, \(otherThanStrict) \(strictText)"
    }
  }

  private static func added(_ new: JSONValue, to strict: JSONValue) -> String {
    guard case .array(let elements) = new else { return short(new) }
    guard case .array(let known) = strict else { return short(new) }
    return short(.array(elements.filter { !known.contains($0) }))
  }
}
