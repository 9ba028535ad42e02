import Attestation
import StrictJSON
import Trust

/// The members of a trust policy around its appraisal part, compared by path.
enum TrustPolicyDifferences {
  /// - Throws: `policy-invalid` for policies of two kinds.
  static func between(_ old: PolicyFile, _ new: PolicyFile) throws(TrustError) -> [PolicyDifference] {
    switch (old, new) {
    case (.appraisal(let old), .appraisal(let new)): return new.differences(from: old)
    case (.trust(let old, _), .trust(let new, _)):
      let appraisal = new.appraisal.differences(from: old.appraisal).map {
        PolicyDifference(member: "appraisal.\($0.member)", old: $0.old, new: $0.new, effect: $0.effect)
      }
      return appraisal + differences("", old.json, new.json).filter { $0.member != "appraisal" }
    default:
      throw TrustError(TrustError.policyInvalid, "one file is a trust policy and the other an appraisal policy")
    }
  }

  private static func differences(_ path: String, _ old: JSONValue?, _ new: JSONValue?) -> [PolicyDifference] {
    guard old != new else { return [] }
    if path != "appraisal", let old = keyed(path, old), let new = keyed(path, new) {
      return Set(old.keys).union(new.keys).sorted().flatMap { name in
        differences(path.isEmpty ? name : "\(path).\(name)", old[name], new[name])
      }
    }
    return [PolicyDifference(member: path, old: old, new: new, effect: effect(path, old, new))]
  }

  /// The members of an object, or the releases by their names.
  private static func keyed(_ path: String, _ value: JSONValue?) -> [String: JSONValue]? {
    switch value {
    case .object(let members)?: return members
    case .array(let elements)? where path == "releases":
      var entries: [String: JSONValue] = [:]
      for element in elements {
        guard case .object(let members) = element, case .string(let name)? = members["name"],
          entries.updateValue(element, forKey: name) == nil
        else { return nil }
      }
      return entries
    default: return nil
    }
  }

  /// Weaker or stronger where a number or an entry decides it.
  private static func effect(_ path: String, _ old: JSONValue?, _ new: JSONValue?) -> PolicyEffect {
    if path.hasPrefix("releases.") && (old == nil || new == nil) { return new == nil ? .stronger : .weaker }
    guard case .integer(let oldNumber)? = old, case .integer(let newNumber)? = new else { return .other }
    // Every age that is accepted grows with the length of an epoch.
    if path == "epochs.seconds" { return newNumber > oldNumber ? .weaker : .stronger }
    // Fewer signatures, fewer cosignatures and older images than before.
    guard path.hasSuffix(".minimumSecurityVersion") || path.hasSuffix(".threshold") else { return .other }
    return newNumber < oldNumber ? .weaker : .stronger
  }
}
