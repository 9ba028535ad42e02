import StrictJSON
import Trust

/// The checks behind one machine, gathered into steps that a person can follow. Every check is in exactly one.
struct CheckSteps {
  struct Step {
    let title: String
    let text: String
    let checks: [String]
    /// Holds by its form alone: the machine is simulated.
    var isEmptyForm = false

    var json: JSONValue {
      [
        "title": .string(title), "text": .string(text), "isEmptyForm": .boolean(isEmptyForm),
        "checks": .array(checks.map { ["name": .string($0), "words": .string(CheckWords.of($0))] }),
      ]
    }
  }

  let steps: [Step]

  /// - Parameter isSimulated: what the machine's report says of hardware then protects nobody, and the steps say so.
  init(_ hop: Receipt.Hop, isSimulated: Bool) {
    var left = hop.verified
    var steps: [Step] = []
    for kind in Self.kinds {
      let checks = left.filter(kind.holds)
      left.removeAll(where: kind.holds)
      if checks.isEmpty { continue }
      if isSimulated, kind.isHardware {
        steps.append(
          Step(
            title: "Simulated: " + kind.title.prefix(1).lowercased() + kind.title.dropFirst(),
            text: "The report has this form, and no hardware stands behind it. It protects nobody.", checks: checks,
            isEmptyForm: true))
      } else {
        steps.append(Step(title: kind.title, text: kind.text, checks: checks))
      }
    }
    if !left.isEmpty {
      steps.append(
        Step(title: "More of the hardware’s rules hold", text: "Further rules for this kind of machine.", checks: left))
    }
    for accelerator in hop.accelerators {
      steps.append(
        Step(
          title: "An accelerator beside it proved itself too",
          text: "\(Self.platformName(accelerator.platform)): it vouched for what it runs, and the machine for it.",
          checks: accelerator.verified))
    }
    self.steps = steps
  }

  static func platformName(_ platform: String) -> String {
    switch platform {
    case "sev-snp": "AMD SEV-SNP"
    case "azure-snp": "AMD SEV-SNP on Azure"
    case "tdx": "Intel TDX"
    case "nitro": "AWS Nitro"
    case "nvidia-gpu": "NVIDIA GPU"
    case "nvidia-switch": "NVIDIA switch"
    default: platform
    }
  }

  private struct Kind {
    let title: String
    let text: String
    /// Rests on the machine's hardware.
    let isHardware: Bool
    let holds: @Sendable (String) -> Bool

    init(
      _ title: String, _ text: String, isHardware: Bool = false, names: Set<String> = [], prefixes: [String] = []
    ) {
      self.title = title
      self.text = text
      self.isHardware = isHardware
      holds = { check in names.contains(check) || prefixes.contains { check.hasPrefix($0) } }
    }
  }

  /// In the order in which a person would ask.
  private static let kinds = [
    Kind(
      "Everybody gets the same keys",
      "The keys of this hour stand in a public log once, and enough independent witnesses signed that it shows "
        + "everybody the same.",
      names: ["policy-logged"], prefixes: ["epoch-"]),
    Kind(
      "The software is published, and nobody withdrew it",
      "Its publishers signed what runs there, the entry is public and recent, and their lists of withdrawn software "
        + "and chips are fresh.",
      names: ["revocations-fresh"], prefixes: ["release-"]),
    Kind(
      "The token names nobody",
      "The key that signed it is the only one of its day, so it cannot mark whose it is.", names: ["issuer-key"]),
    Kind(
      "Your request was sealed to this machine alone",
      "The hardware vouched for exactly the key that sealed it, in a form that also withstands quantum computers.",
      isHardware: true,
      names: ["report-data", "public-key", "user-data", "nonce"],
      prefixes: ["gateway-hybrid", "node-hybrid", "evidence-note", "quote-nonce"]),
    Kind(
      "The machine is real hardware of a known maker",
      "The maker’s certificates vouch for the chip that signed the report, and none of them was revoked.",
      isHardware: true,
      names: [
        "chain", "validity", "revocation", "revocation-freshness", "signature-algorithm", "signing-key", "signature",
        "signing-key-kind", "product", "product-floor", "report-version", "reserved-fields", "quote-form",
        "attestation-key", "certificate", "document", "collateral-freshness", "quoting-enclave", "qe-identity",
        "qe-vendor", "qe-report-signature", "architecture-floor", "timestamp", "document-age",
      ]),
    Kind(
      "It is one of the operator’s named chips",
      "The chip is on the list of machines that the policy names, and not on one of those withdrawn.", isHardware: true,
      names: ["chip", "host-list", "hosts", "revoked-chips", "revoked-hosts", "chip-not-revoked", "chips"]),
    Kind(
      "Its firmware is recent enough",
      "Each part of the firmware has at least the version that the policy demands, by the maker’s own certificate.",
      isHardware: true,
      prefixes: ["tcb-", "tee-tcb", "tdx-module"]),
    Kind(
      "It runs exactly that software",
      "What was measured when it started is what the publishers signed: the image, the engine, its model.",
      isHardware: true,
      names: [
        "reference-values", "measurement", "measurements", "engine-manifest", "accelerator", "host-data", "id-key",
        "author-key", "guest-svn", "mrtd", "rtmrs", "pcrs", "event-log", "firmware-identifier",
      ],
      prefixes: ["pcr", "mrconfig", "mrowner", "vm-configuration", "runtime-data"]),
    Kind(
      "Nobody can look inside or move it",
      "Debugging and migration are off, and the protections of memory that the policy demands are on.",
      isHardware: true,
      names: ["vmpl", "migration-agent", "debug-mode", "service-td", "confidential-mode", "device-debug"],
      prefixes: ["guest-policy-", "platform-", "td-attributes-", "seam-", "xfam-", "azure-"]),
  ]
}
