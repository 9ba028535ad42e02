import StrictJSON
import WireFormat

/// Which of two values of one policy member accepts more evidence. `null` leaves a rule out and so accepts most; an
/// entry that a map lacks accepts nothing, unless the order says otherwise.
enum PolicyOrder: Sendable {
  /// Integers, versions as arrays, and component by component objects of integers and bytes in hexadecimal.
  case lowerIsWeaker
  case higherIsWeaker
  /// Arrays as sets of what is allowed, and bits in hexadecimal.
  case moreIsWeaker
  /// The same in a map whose missing entries allow everything.
  case moreIsWeakerWhereNamed
  /// Arrays as sets of what is refused or demanded, and bits in hexadecimal.
  case fewerIsWeaker
  /// `[lowest, highest]`.
  case widerIsWeaker
  /// Where `true` demands.
  case flag
  /// Names from the weakest to the strongest.
  case names([String])
  /// Roots by name, or simulated ones.
  case anchors
  case unordered
}

/// What is known of one member of the policy's JSON.
package struct PolicyMember: Sendable {
  /// The names of the checks that the member decides, as results name them.
  package let checks: [String]
  let order: PolicyOrder
  /// The strict default leaves it empty and accepts nothing until it is filled: filling it is no relaxation.
  let isChoice: Bool

  init(_ checks: [String], _ order: PolicyOrder, isChoice: Bool = false) {
    self.checks = checks
    self.order = order
    self.isChoice = isChoice
  }

  init(_ check: String, _ order: PolicyOrder, isChoice: Bool = false) {
    self.init([check], order, isChoice: isChoice)
  }
}

/// What it does to take one value of a policy's member instead of another.
public enum PolicyEffect: String, Sendable {
  /// More evidence is accepted.
  case weaker
  /// Less evidence is accepted.
  case stronger
  /// Neither holds, or which of them cannot be said.
  case other
}

extension PolicyOrder {
  /// The effect of `new` in place of `old`; nil stands for an entry that a map lacks.
  func effect(of new: JSONValue?, insteadOf old: JSONValue?) -> PolicyEffect {
    if case .moreIsWeakerWhereNamed = self {
      if new == nil { return .weaker }
      if old == nil { return .stronger }
    }
    guard let new else { return .stronger }
    guard let old else { return .weaker }
    if new == .null { return .weaker }
    if old == .null { return .stronger }
    switch self {
    case .lowerIsWeaker: return Self.magnitude(new, old)
    case .higherIsWeaker: return Self.magnitude(old, new)
    case .moreIsWeaker, .moreIsWeakerWhereNamed: return Self.inclusion(new, old)
    case .fewerIsWeaker: return Self.inclusion(old, new)
    case .widerIsWeaker: return Self.width(new, old)
    case .flag: return new == .boolean(false) ? .weaker : .stronger
    case .names(let names): return Self.rank(new, old, names)
    case .anchors: return Self.anchors(new, old)
    case .unordered: return .other
    }
  }

  private static func magnitude(_ new: JSONValue, _ old: JSONValue) -> PolicyEffect {
    if case .array(let newElements) = new, case .array(let oldElements) = old {
      let isLower = integers(newElements).lexicographicallyPrecedes(integers(oldElements))
      return isLower ? .weaker : .stronger
    }
    let pairs = components(new, old)
    guard let pairs, pairs.contains(where: { $0.new != $0.old }) else { return .other }
    if pairs.allSatisfy({ $0.new <= $0.old }) { return .weaker }
    return pairs.allSatisfy { $0.new >= $0.old } ? .stronger : .other
  }

  private static func integers(_ elements: [JSONValue]) -> [Int64] {
    elements.compactMap { if case .integer(let number) = $0 { number } else { nil } }
  }

  /// Numbers side by side; nil unless both are integers, or the same number of bytes,
  /// or objects of integers with the same members.
  private static func components(_ new: JSONValue, _ old: JSONValue) -> [(new: Int64, old: Int64)]? {
    switch (new, old) {
    case (.integer(let new), .integer(let old)): return [(new, old)]
    case (.string(let new), .string(let old)):
      guard let newBytes = [UInt8](hexadecimal: new), let oldBytes = [UInt8](hexadecimal: old),
        newBytes.count == oldBytes.count
      else { return nil }
      return zip(newBytes, oldBytes).map { (Int64($0), Int64($1)) }
    case (.object(let new), .object(let old)):
      guard Set(new.keys) == Set(old.keys) else { return nil }
      var pairs: [(Int64, Int64)] = []
      for (name, value) in new {
        guard case .integer(let newNumber) = value, case .integer(let oldNumber)? = old[name] else { return nil }
        pairs.append((newNumber, oldNumber))
      }
      return pairs
    default: return nil
    }
  }

  private static func inclusion(_ larger: JSONValue, _ smaller: JSONValue) -> PolicyEffect {
    if case .string(let largerText) = larger, case .string(let smallerText) = smaller {
      guard let large = [UInt8](hexadecimal: largerText), let small = [UInt8](hexadecimal: smallerText),
        large.count == small.count
      else { return .other }
      if zip(large, small).allSatisfy({ $0 & $1 == $1 }) { return .weaker }
      return zip(large, small).allSatisfy { $0 & $1 == $0 } ? .stronger : .other
    }
    guard case .array(let largerElements) = larger, case .array(let smallerElements) = smaller else { return .other }
    let large = Set(largerElements.map(\.canonicalText))
    let small = Set(smallerElements.map(\.canonicalText))
    if large.isStrictSuperset(of: small) { return .weaker }
    return large.isStrictSubset(of: small) ? .stronger : .other
  }

  private static func width(_ new: JSONValue, _ old: JSONValue) -> PolicyEffect {
    guard case .array(let newElements) = new, case .array(let oldElements) = old else { return .other }
    let new = integers(newElements)
    let old = integers(oldElements)
    guard new.count == 2, old.count == 2 else { return .other }
    if new[0] <= old[0] && new[1] >= old[1] { return .weaker }
    return new[0] >= old[0] && new[1] <= old[1] ? .stronger : .other
  }

  private static func rank(_ new: JSONValue, _ old: JSONValue, _ names: [String]) -> PolicyEffect {
    guard case .string(let newName) = new, case .string(let oldName) = old,
      let newRank = names.firstIndex(of: newName), let oldRank = names.firstIndex(of: oldName)
    else { return .other }
    return newRank < oldRank ? .weaker : .stronger
  }

  private static func anchors(_ new: JSONValue, _ old: JSONValue) -> PolicyEffect {
    guard case .object(let newMembers) = new, case .object(let oldMembers) = old else { return .other }
    switch (newMembers["simulated"], oldMembers["simulated"]) {
    case (.some, nil): return .weaker
    case (nil, .some): return .stronger
    case (let newRoots?, let oldRoots?): return inclusion(newRoots, oldRoots)
    case (nil, nil): return inclusion(newMembers["production"] ?? [], oldMembers["production"] ?? [])
    }
  }
}
