public import StrictJSON

/// One member in which two appraisal policies differ.
public struct PolicyDifference: Sendable, Equatable {
  /// The path of the member, such as `sevSNP.guestPolicy.smt`.
  public let member: String
  /// Nil where a map has no such entry.
  public let old: JSONValue?
  public let new: JSONValue?
  public let effect: PolicyEffect

  public init(member: String, old: JSONValue?, new: JSONValue?, effect: PolicyEffect) {
    self.member = member
    self.old = old
    self.new = new
    self.effect = effect
  }
}

extension AppraisalPolicy {
  /// Member by member, in the order of their paths; empty where both policies say the same.
  public func differences(from old: AppraisalPolicy) -> [PolicyDifference] {
    Self.differences(path: "", old: old.json, new: json)
  }

  private static func differences(path: String, old: JSONValue?, new: JSONValue?) -> [PolicyDifference] {
    guard old != new else { return [] }
    if let member = PolicyMembers.member(path) {
      return [
        PolicyDifference(member: path, old: old, new: new, effect: member.order.effect(of: new, insteadOf: old))
      ]
    }
    if case .object(let oldMembers)? = old, case .object(let newMembers)? = new {
      return Set(oldMembers.keys).union(newMembers.keys).sorted().flatMap { name in
        differences(path: path.isEmpty ? name : "\(path).\(name)", old: oldMembers[name], new: newMembers[name])
      }
    }
    // A whole rule that one of the two leaves out, or a member of which nothing more is known.
    return [
      PolicyDifference(
        member: path, old: old, new: new, effect: PolicyOrder.unordered.effect(of: new, insteadOf: old))
    ]
  }
}

/// What is known of the members of a policy's JSON, by path. `*` stands for one name of a map.
package enum PolicyMembers {
  package static let all: [String: PolicyMember] = {
    var members: [String: PolicyMember] = [
      "anchors": PolicyMember("chain", .anchors),
      "referenceValues.sevSNP": PolicyMember("measurement", .moreIsWeaker, isChoice: true),
      "referenceValues.azureSNP": PolicyMember("pcrs", .moreIsWeaker, isChoice: true),
      "referenceValues.tdx": PolicyMember("measurement", .moreIsWeaker, isChoice: true),
      "referenceValues.nitro": PolicyMember("measurement", .moreIsWeaker, isChoice: true),
      "referenceValues.nvidia": PolicyMember("measurement", .moreIsWeaker, isChoice: true),
    ]
    let platforms = [
      ("sevSNP", SEVSNP.AppraisalRules.members), ("azureSNP", AzureSNP.AppraisalRules.members),
      ("tdx", TDX.AppraisalRules.members), ("nitro", Nitro.AppraisalRules.members),
      ("nvidia", NVIDIA.AppraisalRules.members),
    ]
    for (platform, ofPlatform) in platforms {
      for (path, member) in ofPlatform { members["\(platform).\(path)"] = member }
    }
    return members
  }()

  package static func member(_ path: String) -> PolicyMember? {
    if let member = all[path] { return member }
    guard let dot = path.lastIndex(of: ".") else { return nil }
    return all["\(path[..<dot]).*"]
  }

  /// The checks of a member, or of all members beneath a path.
  static func checks(_ path: String) -> [String] {
    if let member = member(path) { return member.checks }
    var checks: [String] = []
    for (name, member) in all.sorted(by: { $0.key < $1.key }) where name.hasPrefix("\(path).") {
      for check in member.checks where !checks.contains(check) { checks.append(check) }
    }
    return checks
  }
}
