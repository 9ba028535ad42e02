import Attestation
import StrictJSON

/// What an appraisal policy demands of machines, in sentences. Rules are told from the policy's own JSON, so that none
/// can be forgotten.
struct AppraisalNarrative {
  private let policy: AppraisalPolicy

  init(_ policy: AppraisalPolicy) { self.policy = policy }

  var text: String {
    (["", rootLine] + Section.allCases.flatMap(lines)).map(\.printable).joined(separator: "\n")
  }

  private enum Section: String, CaseIterable {
    case sevSNP, azureSNP, tdx, nitro, nvidia

    var title: String {
      switch self {
      case .sevSNP: "AMD SEV-SNP"
      case .azureSNP: "SEV-SNP on Azure, beside the rules for SEV-SNP"
      case .tdx: "Intel TDX"
      case .nitro: "AWS Nitro Enclaves"
      case .nvidia: "NVIDIA GPUs and switches"
      }
    }

    var platforms: [Platform] {
      switch self {
      case .sevSNP: [.sevSNP]
      case .azureSNP: [.azureSNP]
      case .tdx: [.tdx]
      case .nitro: [.nitro]
      case .nvidia: [.nvidiaGPU, .nvidiaSwitch]
      }
    }
  }

  private var rootLine: String {
    switch policy.anchors {
    case .production(let roots):
      roots.isEmpty
        ? "Trusts nobody's root: every machine is refused."
        : "Trusts the vendors' roots " + roots.map(\.rawValue).sorted().joined(separator: ", ") + "."
    case .simulated(let roots):
      "Trusts \(roots.count) SIMULATED roots: only simulated machines are accepted, and those protect nobody."
    }
  }

  private func lines(_ section: Section) -> [String] {
    guard case .object(let members) = policy.json, let rules = members[section.rawValue] else { return [] }
    let relaxations = policy.relaxations.filter { $0.member.hasPrefix("\(section.rawValue).") }
    return ["", "\(section.title):", "  " + measurements(section)]
      + Self.rules(rules, path: "").map { "  \($0)" }
      + relaxations.map { "  WEAKER THAN STRICT: \($0.check): \($0.what)" }
      + (relaxations.isEmpty ? ["  No relaxation: every rule is at least as strict as the default."] : [])
  }

  private func measurements(_ section: Section) -> String {
    guard let values = policy.referenceValues else {
      return "WHAT RUNS IS NOT CHECKED: any measurement is accepted."
    }
    let missing = section.platforms.filter { values.isEmpty(for: $0) }
    if missing.count == section.platforms.count { return "No measurement is named: every machine is refused." }
    return "Measurements are compared with those that the policy names"
      + (missing.isEmpty ? "." : ", of which there is none for \(missing.map(\.rawValue).joined(separator: ", ")).")
  }

  /// One line a rule: its path and what is demanded.
  private static func rules(_ value: JSONValue, path: String) -> [String] {
    switch value {
    case .object(let members) where !members.isEmpty:
      return members.sorted { $0.key < $1.key }
        .flatMap { rules($0.value, path: path.isEmpty ? $0.key : "\(path).\($0.key)") }
    case .object: return path.isEmpty ? [] : ["\(path): nothing"]
    case .null: return ["\(path): NOT CHECKED"]
    case .string("either"): return ["\(path): NOT CHECKED"]
    case .boolean(let isDemanded): return ["\(path): \(isDemanded ? "demanded" : "not demanded")"]
    case .array(let elements):
      if elements.isEmpty { return ["\(path): none"] }
      return ["\(path): " + (elements.count > 4 ? "\(elements.count) entries" : short(elements))]
    default: return ["\(path): \(value.canonicalText)"]
    }
  }

  private static func short(_ elements: [JSONValue]) -> String {
    elements.map { element in
      guard case .string(let text) = element else { return element.canonicalText }
      return text.count > 24 ? text.prefix(16) + "…" : text
    }.joined(separator: ", ")
  }
}
