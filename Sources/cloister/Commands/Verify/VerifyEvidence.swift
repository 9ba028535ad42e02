import ArgumentParser
import Attestation
import Foundation
import StrictJSON
import WireFormat

/// `cloister verify evidence`: one platform's evidence against its vendor's chain and a policy, offline.
struct VerifyEvidence: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Verify evidence of a TEE against its vendor's chain and an appraisal policy.",
    discussion: """
      Nothing is fetched: certificates and revocation lists come with --endorsements, the root among them; its key is
      compared with the one that is compiled in. Without --policy and --authenticity-only the strict default applies,
      which knows no measurement and refuses with no-reference-values.

      Exit codes: 0 accepted; 1 refused; 2 the evidence file has not the length or version of its platform;
      64 usage.
      """)

  @Option(
    help: ArgumentHelp("The platform of the evidence: sev-snp.", valueName: "platform"),
    transform: { name in
      guard let platform = Platform(rawValue: name) else { throw ValidationError("the platform is not known") }
      return platform
    })
  var platform: Platform

  @Option(help: "The evidence: an attestation report, binary or in hexadecimal.")
  var evidence: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Certificates and revocation lists: DER, PEM or AMD's certificate table, one or several per file, any order.",
      discussion: "Of a directory, the files that end in .der .cer .crt .pem .crl .certs .table are read.",
      valueName: "file-or-dir"))
  var endorsements: [String]

  @Option(help: ArgumentHelp("The appraisal policy, JSON (docs/evidence/sev-snp.md).", valueName: "file"))
  var policy: String?

  @Flag(help: "Ask only whether the evidence is the vendor's, whatever it says.")
  var authenticityOnly = false

  @Option(help: ArgumentHelp("The 64 bytes that the report must carry.", valueName: "hex"))
  var reportData: String?

  @Option(help: ArgumentHelp("The instant of appraisal (default: now).", valueName: "rfc3339"))
  var at: String?

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  func validate() throws {
    if policy != nil && authenticityOnly {
      throw ValidationError("--policy and --authenticity-only exclude each other")
    }
    if endorsements.isEmpty { throw ValidationError("--endorsements needs at least one file or directory") }
    if let reportData, [UInt8](hexadecimal: reportData)?.count != 64 {
      throw ValidationError("--report-data is not 64 bytes in hexadecimal")
    }
    if let at, Self.instant(at) == nil { throw ValidationError("--at is not an RFC 3339 instant") }
  }

  func run() throws {
    guard let file = FileManager.default.contents(atPath: evidence) else {
      throw ValidationError("the evidence file cannot be read")
    }
    let result: AttestationResult
    do {
      result = EvidenceVerifier(policy: try appraisalPolicy()).appraise(
        evidence: Evidence(
          platform: platform, report: Self.reportBytes(Array(file)),
          endorsements: EndorsementFiles.pieces(endorsements)),
        expectedReportData: reportData.flatMap { [UInt8](hexadecimal: $0) },
        at: at.flatMap(Self.instant) ?? Date())
    } catch let error as AttestationError {
      result = AttestationResult(refusal: error, check: "policy")
    }
    print(json ? result.json.canonicalText : Self.text(result))
    switch result.verdict {
    case .accepted: return
    case .refused: throw ExitCode(1)
    case .malformed: throw ExitCode(2)
    }
  }

  private func appraisalPolicy() throws -> AppraisalPolicy {
    guard let policy else { return authenticityOnly ? .authenticityOnly() : .strict }
    guard let file = FileManager.default.contents(atPath: policy) else {
      throw ValidationError("the policy file cannot be read")
    }
    return try AppraisalPolicy(parsing: Array(file))
  }

  /// The report itself: hexadecimal is recognised by its digits, of which binary reports have none at their start.
  private static func reportBytes(_ file: [UInt8]) -> [UInt8] {
    guard file.count > SEVSNP.Report.byteCount else { return file }
    let digits = String(decoding: file, as: UTF8.self).filter { !$0.isWhitespace }
    return [UInt8](hexadecimal: digits) ?? file
  }

  /// An instant of RFC 3339, with or without a fraction of a second.
  private static func instant(_ text: String) -> Date? {
    let upper = text.uppercased()
    // The parser takes a day that its month has not for one of the next month.
    let day = upper.prefix(10)
    guard let start = try? Date.ISO8601FormatStyle().parse("\(day)T00:00:00Z"),
      start.formatted(Date.ISO8601FormatStyle()).hasPrefix(day)
    else { return nil }
    return (try? Date.ISO8601FormatStyle().parse(upper))
      ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(upper))
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
      lines.append("  \(name) = \(value.canonicalText)")
    }
    return lines.joined(separator: "\n")
  }
}

/// The endorsement files named on a command line. What cannot be read becomes a piece that no verifier can read, so
/// that it is refused.
private enum EndorsementFiles {
  static let suffixes: Set<String> = ["der", "cer", "crt", "pem", "crl", "certs", "table"]

  static func pieces(_ paths: [String]) -> [[UInt8]] {
    paths.flatMap { path -> [[UInt8]] in
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
        return [content(path)]
      }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return names.filter { suffixes.contains(URL(fileURLWithPath: $0).pathExtension.lowercased()) }.sorted()
        .map { content(path + "/" + $0) }
    }
  }

  private static func content(_ path: String) -> [UInt8] {
    FileManager.default.contents(atPath: path).map { Array($0) } ?? []
  }
}
