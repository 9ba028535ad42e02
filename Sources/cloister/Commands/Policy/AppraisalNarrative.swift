import Attestation

/// What an appraisal policy demands of machines, in sentences.
struct AppraisalNarrative {
  private let policy: AppraisalPolicy
  private let isOfTrustPolicy: Bool

  /// - Parameter isOfTrustPolicy: its measurements are then those of the releases in the log.
  init(_ policy: AppraisalPolicy, isOfTrustPolicy: Bool = false) {
    self.policy = policy
    self.isOfTrustPolicy = isOfTrustPolicy
  }

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
    let prefix = "\(section.rawValue)."
    let relaxations = policy.relaxations.filter { $0.member.hasPrefix(prefix) }
    let demands = policy.demands.filter { $0.member.hasPrefix(prefix) }
    return ["", "\(section.title):", "  " + measurements(section)]
      + demands.map { "  \($0.member.dropFirst(prefix.count)): \($0.words)" }
      + relaxations.map { "  WEAKER THAN STRICT: \($0.check): \($0.what)" }
      + (relaxations.isEmpty ? ["  No relaxation: every rule is at least as strict as the default."] : [])
  }

  private func measurements(_ section: Section) -> String {
    guard !isOfTrustPolicy else {
      return "Measurements are compared with those of the releases that the publishers entered into the log."
    }
    guard let values = policy.referenceValues else {
      return "WHAT RUNS IS NOT CHECKED: any measurement is accepted."
    }
    let missing = section.platforms.filter { values.isEmpty(for: $0) }
    if missing.count == section.platforms.count { return "No measurement is named: every machine is refused." }
    return "Measurements are compared with those that the policy names"
      + (missing.isEmpty ? "." : ", of which there is none for \(missing.map(\.rawValue).joined(separator: ", ")).")
  }
}
