import ArgumentParser
import Attestation
import Foundation
import StrictJSON
import WireFormat

/// `cloister verify evidence`: one platform's evidence against its vendor's chain and a policy, offline.
struct VerifyEvidence: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Verify evidence of a TEE against its vendor's chain and an appraisal policy.",
    discussion: """
      Nothing is fetched: what the vendor says comes with --endorsements and --collateral, or in the evidence itself; \
      the root's key is compared with the one that is compiled in. Without --policy and --authenticity-only the strict \
      default applies, which knows no measurement and refuses with no-reference-values.

      What goes where:
        sev-snp
          --evidence      the report, 1,184 bytes
          --endorsements  VCEK or VLEK, ASK or ASVK, ARK, revocation lists
        azure-snp
          --evidence      the HCL report
          --endorsements  as for sev-snp
          --collateral    the quote of the virtual TPM
        tdx
          --evidence      the quote, which carries its chain
          --collateral    Intel's collateral as JSON
          --event-log     the log that must replay into the RTMRs
        nitro
          --evidence      the attestation document, which carries its chain
        nvidia-gpu, nvidia-switch
          --evidence      SPDM request and report, or the SDK's JSON
          --endorsements  the device's chain as PEM, unless the JSON has it
          --collateral    reference manifests (RIM), one a file

      Evidence is binary, in hexadecimal or in base64.

      What the evidence must carry, each checked only when given:
        --report-data  sev-snp, tdx: 64 bytes
                       azure-snp: the user data, 64 bytes
                       nitro: the user data, 1 to 1,024 bytes
                       nvidia-gpu, nvidia-switch: the nonce, 32 bytes
        --nonce        nitro: 1 to 1,024 bytes
                       azure-snp: of the vTPM's quote, 1 to 66 bytes
                       nvidia-gpu, nvidia-switch: 32 bytes
        --public-key   nitro: 1 to 1,024 bytes

      Exit codes:
        0   accepted
        1   refused; the code of the first reason and all others are printed
        2   malformed: the evidence file has not the length, magic or
            version of its platform
        64  wrong usage
      """)

  @Option(
    help: ArgumentHelp("The platform of the evidence: \(Platform.names).", valueName: "platform"),
    transform: Platform.argument)
  var platform: Platform

  @Option(help: ArgumentHelp("The evidence, binary, in hexadecimal or in base64.", valueName: "file"))
  var evidence: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Certificates and revocation lists: DER, PEM or AMD's certificate table, one or several per file, any order.",
      discussion: """
        Of a directory, the files that end in .der .cer .crt .pem .crl .certs .table are read. Needed for sev-snp and \
        azure-snp.
        """,
      valueName: "file-or-dir"))
  var endorsements: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What else the platform needs: Intel's collateral, Azure's vTPM quote, NVIDIA's reference manifests.",
      valueName: "file"))
  var collateral: [String] = []

  @Option(
    help: ArgumentHelp("The appraisal policy, JSON (docs/evidence, one page a platform).", valueName: "file"))
  var policy: String?

  @Flag(help: "Ask only whether the evidence is the vendor's, whatever it says.")
  var authenticityOnly = false

  @Option(help: ArgumentHelp("The report data that the evidence must carry.", valueName: "hex"))
  var reportData: String?

  @Option(help: ArgumentHelp("The nonce that the evidence must carry.", valueName: "hex"))
  var nonce: String?

  @Option(help: ArgumentHelp("The public key that the document must carry.", valueName: "hex"))
  var publicKey: String?

  @Option(help: ArgumentHelp("The event log that must replay into the registers: tdx.", valueName: "file"))
  var eventLog: String?

  @Option(
    help: ArgumentHelp(
      "Which device of the SDK's JSON, counted from 0; needed where it has several.", valueName: "index"))
  var device: Int?

  @Option(help: ArgumentHelp("The instant of appraisal (default: now).", valueName: "rfc3339"))
  var at: String?

  @Flag(help: "Print the result as one JSON object: verdict, code, reasons, claims, skipped.")
  var json = false

  func validate() throws {
    if policy != nil && authenticityOnly {
      throw ValidationError("--policy and --authenticity-only exclude each other")
    }
    if let at, Instant.parse(at) == nil { throw ValidationError("--at is not an RFC 3339 instant") }
    try validateFiles()
    try requireBytes(reportData, "--report-data", platform.reportDataByteCounts)
    try requireBytes(nonce, "--nonce", platform.nonceByteCounts)
    try requireBytes(publicKey, "--public-key", platform.publicKeyByteCounts)
  }

  private func validateFiles() throws {
    switch platform {
    case .sevSNP, .azureSNP:
      if endorsements.isEmpty { throw ValidationError("--endorsements needs at least one file or directory") }
    case .tdx, .nitro, .nvidiaGPU, .nvidiaSwitch: break
    }
    if !collateral.isEmpty && (platform == .sevSNP || platform == .nitro) {
      throw ValidationError("--collateral: \(platform.rawValue) has none")
    }
    if platform == .azureSNP && collateral.count > 1 {
      throw ValidationError("--collateral: azure-snp takes one file, the quote of the virtual TPM")
    }
    if device != nil && !platform.isNVIDIA { throw ValidationError("--device: \(platform.rawValue) has none") }
    if eventLog != nil && platform != .tdx { throw ValidationError("--event-log: \(platform.rawValue) has none") }
  }

  private func requireBytes(_ text: String?, _ option: String, _ byteCounts: ClosedRange<Int>?) throws {
    guard let text else { return }
    guard let byteCounts else { throw ValidationError("\(option): evidence of \(platform.rawValue) carries none") }
    guard let bytes = [UInt8](hexadecimal: text), byteCounts.contains(bytes.count) else {
      let counts =
        byteCounts.count == 1 ? "\(byteCounts.lowerBound)" : "\(byteCounts.lowerBound) to \(byteCounts.upperBound)"
      throw ValidationError("\(option) is not \(counts) bytes in hexadecimal")
    }
  }

  func run() async throws { try await CommandFailure.reporting(json: json) { try verify() } }

  private func verify() throws {
    let (report, chain) = try evidenceBytes()
    let supplement = try supplementFile.map(EvidenceFiles.supplement)
    let time = at.flatMap(Instant.parse) ?? Date()
    let result: AttestationResult
    do {
      let policy = try GoldenValues.adding(manifests, to: try appraisalPolicy(), platform: platform, at: time)
      result = EvidenceVerifier(policy: policy).appraise(
        evidence: Evidence(
          platform: platform, report: report, supplement: supplement, endorsements: endorsementPieces + chain),
        expecting: ExpectedValues(
          reportData: reportData.flatMap { [UInt8](hexadecimal: $0) },
          nonce: nonce.flatMap { [UInt8](hexadecimal: $0) },
          publicKey: publicKey.flatMap { [UInt8](hexadecimal: $0) }),
        at: time)
    } catch let error as AttestationError {
      result = AttestationResult(refusal: error, check: GoldenValues.check(of: error))
    }
    CommandOutput.data(json ? result.json.canonicalText : Self.text(result))
    switch result.verdict {
    case .accepted: return
    case .refused: throw ExitCode(1)
    case .malformed: throw ExitCode(2)
    }
  }

  /// The evidence, and the chain that NVIDIA's SDK writes beside it. What is not the SDK's JSON is for the verifier to
  /// judge.
  private func evidenceBytes() throws -> (report: [UInt8], chain: [[UInt8]]) {
    let bytes = try EvidenceFiles.evidence(evidence)
    guard platform.isNVIDIA, let file = try? NVIDIA.EvidenceFile(parsing: bytes) else { return (bytes, []) }
    guard let index = device ?? (file.devices.count == 1 ? 0 : nil), file.devices.indices.contains(index) else {
      throw CommandError(
        CommandError.argumentInvalid, "the evidence file has \(file.devices.count) devices, and it is not said which",
        advice: "Give --device with one of them, counted from 0.")
    }
    let evidence = file.devices[index].evidence
    guard evidence.platform == platform else {
      throw CommandError(
        CommandError.argumentInvalid,
        "device \(index) of the evidence file is of \(evidence.platform.rawValue), not of \(platform.rawValue)",
        advice: "Give --platform \(evidence.platform.rawValue), or another --device.")
    }
    return (evidence.report, evidence.endorsements)
  }

  private var supplementFile: String? { platform == .azureSNP ? collateral.first : eventLog }

  private var endorsementPieces: [[UInt8]] {
    EvidenceFiles.endorsements(endorsements) + (platform == .tdx ? collateral.map(EvidenceFiles.content) : [])
  }

  /// Reference manifests; they are no evidence's endorsement, and only operators and auditors read them.
  private var manifests: [[UInt8]] { platform.isNVIDIA ? collateral.map(EvidenceFiles.content) : [] }

  private func appraisalPolicy() throws -> AppraisalPolicy {
    guard let policy else { return authenticityOnly ? .authenticityOnly() : .strict }
    return try AppraisalPolicy(parsing: try InputFile.bytes(policy, byteLimit: 4 << 20))
  }

  private static func text(_ result: AttestationResult) -> String {
    var lines = [result.verdict.rawValue]
    if result.isSimulated { lines.append("SIMULATED: this machine protects nobody") }
    for check in result.checks {
      switch check.outcome {
      case .passed: lines.append("  passed   \(check.name)")
      case .failed(let error): lines.append("  FAILED   \(check.name): \(error)")
      case .skipped: lines.append("  skipped  \(check.name)")
      }
    }
    for (name, value) in result.claims.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(name) = \(value.canonicalText.printable)")
    }
    return lines.joined(separator: "\n")
  }
}

extension Platform {
  fileprivate var reportDataByteCounts: ClosedRange<Int> {
    switch self {
    case .sevSNP, .azureSNP, .tdx: 64...64
    case .nitro: 1...1024
    case .nvidiaGPU, .nvidiaSwitch: 32...32
    }
  }

  /// Nil where the evidence carries no nonce of its own.
  fileprivate var nonceByteCounts: ClosedRange<Int>? {
    switch self {
    case .sevSNP, .tdx: nil
    case .azureSNP: 1...66
    case .nitro: 1...1024
    case .nvidiaGPU, .nvidiaSwitch: 32...32
    }
  }

  fileprivate var publicKeyByteCounts: ClosedRange<Int>? { self == .nitro ? 1...1024 : nil }
}
