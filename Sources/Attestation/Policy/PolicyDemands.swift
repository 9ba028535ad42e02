import StrictJSON

/// One rule of a policy, in words.
public struct PolicyDemand: Sendable, Equatable {
  /// The path of the policy's member, such as `sevSNP.guestPolicy.smt`.
  public let member: String
  /// What is demanded, such as `must be clear`; `NOT CHECKED` where the rule is left out.
  public let words: String
}

extension AppraisalPolicy {
  /// Every rule of the policy, weak and strong, by the paths of its members. Told from the policy's own JSON, so that
  /// none can be forgotten.
  public var demands: [PolicyDemand] { Self.demands(json, path: "") }

  private static func demands(_ value: JSONValue, path: String) -> [PolicyDemand] {
    if let member = PolicyMembers.member(path) {
      return [PolicyDemand(member: path, words: words(value, path, member))]
    }
    guard case .object(let members) = value else {
      return [PolicyDemand(member: path, words: value == .null ? notChecked : short(value))]
    }
    return members.sorted { $0.key < $1.key }.flatMap { name, value in
      demands(value, path: path.isEmpty ? name : "\(path).\(name)")
    }
  }

  private static let notChecked = "NOT CHECKED"

  private static func words(_ value: JSONValue, _ path: String, _ member: PolicyMember) -> String {
    if value == .null || value == .string("either") { return notChecked }
    switch (member.order, value) {
    case (.lowerIsWeaker, _): return "at least \(short(value))"
    case (.higherIsWeaker, .integer(let seconds)) where path.hasSuffix("Age"):
      return "at most \(seconds) seconds" + (seconds >= 172_800 ? ", \(seconds / 86_400) days" : "")
    case (.higherIsWeaker, _): return "at most \(short(value))"
    case (.moreIsWeaker, .array([])) where member.isChoice: return "none is named"
    case (.moreIsWeaker, .array([])): return "none is allowed"
    case (.moreIsWeaker, _), (.moreIsWeakerWhereNamed, _): return "only \(short(value))"
    case (.fewerIsWeaker, .array([])): return "none"
    case (.widerIsWeaker, .array(let ends)) where ends.count == 2: return "\(short(ends[0])) to \(short(ends[1]))"
    case (.flag, .boolean(let isDemanded)): return isDemanded ? "demanded" : "NOT DEMANDED"
    case (.names(let names), _) where names.first == "either": return "must be \(short(value))"
    case (.names, _): return "\(short(value)) or later"
    default: return short(value)
    }
  }

  /// Canonical text, of long values only how long they are.
  static func short(_ value: JSONValue) -> String {
    switch value {
    case .string(let text):
      guard text.utf8.count > 40 else { return text }
      return text.allSatisfy { $0 == "0" } ? "\(text.utf8.count / 2) zero bytes" : "\(text.prefix(16))…"
    case .array(let elements) where elements.count > 4: return "\(elements.count) entries"
    case .array(let elements): return elements.map(short).joined(separator: ", ")
    case .object(let members):
      return members.sorted { $0.key < $1.key }.map { "\($0.key) \(short($0.value))" }.joined(separator: ", ")
    default: return value.canonicalText
    }
  }
}
