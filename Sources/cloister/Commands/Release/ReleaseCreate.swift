import ArgumentParser
import Attestation
import Foundation
import ReleasePublishing
import StrictJSON
import Trust

/// `cloister release create`: an unsigned release entry.
struct ReleaseCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Write a release entry, not signed yet.",
    discussion: """
      An artifact is named by its canonical tree hash: each file's path, mode, length and content, and its purpose. \
      With --store, contents and manifests are kept in a folder by their digests; serve it as it lies, so that auditors \
      can fetch what the release names.

      MEASURED is what `cloister-node measure` printed: role, artifacts, engine manifest, called roles, what the nodes \
      can be asked for, and weaknesses. --measurement gives what hardware will report of the image: on sev-snp the launch \
      measurement and the firmware's own, on tdx the digest over the RTMRs and MRTD, on nitro PCR0, PCR1 and PCR2, in this \
      order.

      Needed are --measured, or --role and --engine-manifest; and --measurement for each platform, or --simulated.

      Exit codes: 0 written; 1 an artifact or file is refused; 2 one is malformed; 64 wrong usage.
      """)

  @Option(help: "The release's name, as policies name it.")
  var name: String

  @Option(help: "The version, for people.")
  var version: String

  @Option(help: "Never lower than that of a release before; policies state the lowest that is still good.")
  var securityVersion: UInt64

  @Option(help: ArgumentHelp("What cloister-node measure printed.", valueName: "measured"))
  var measured: String?

  @Option(help: "The role, where --measured does not say it.")
  var role: String?

  @Option(
    help: ArgumentHelp("A file or folder of the image.", valueName: "name:purpose:path"))
  var artifact: [String] = []

  @Option(
    help: ArgumentHelp(
      "The node's software bill of materials (CycloneDX), from `cloister release sbom`.", valueName: "file"))
  var sbom: String?

  @Option(help: ArgumentHelp("What one platform reports.", valueName: "platform=hex,hex"))
  var measurement: [String] = []

  @Flag(help: "Name what simulated machines report, which protect nobody.")
  var simulated = false

  @Option(help: ArgumentHelp("SHA-256 of the engine's manifest, where --measured does not say it.", valueName: "hex"))
  var engineManifest: String?

  @Option(help: ArgumentHelp("SHA-256 of a model.", valueName: "hex"))
  var model: [String] = []

  @Option(help: ArgumentHelp("The accelerators, as the entry's member `accelerators` has them.", valueName: "file"))
  var accelerators: String?

  @Option(help: ArgumentHelp("A protection that the image does without, beside the measured ones.", valueName: "name"))
  var weakness: [String] = []

  @Option(help: ArgumentHelp("When it is entered; now by default.", valueName: "instant"))
  var issued: String?

  @Option(help: ArgumentHelp("Keep artifacts by their digests.", valueName: "folder"))
  var store: String?

  @Option(help: ArgumentHelp("Where to write the entry.", valueName: "file"))
  var output: String

  func run() async throws {
    try await CommandFailure.reporting(json: false) {
      let entry = try entry()
      try StatementFile.write(entry.statement, to: output)
      CommandOutput.note(EntryNarrative.text(.release(entry)))
    }
  }

  private func entry() throws -> ReleaseEntry {
    let node = try measured.map { try MeasuredNode(parsing: try InputFile.bytes($0, byteLimit: 1 << 20)) }
    guard let role = role ?? node?.role else { throw Self.missing("role", "Give --role, or --measured.") }
    guard node == nil || node?.role == role else {
      throw CommandError(
        CommandError.argumentInvalid, "--role is another than the measured one",
        advice: "Leave --role out, or measure the configuration of that role.")
    }
    let engine = try engineManifest.map { try StatementFile.hexadecimal($0, count: 32...32, what: "engine manifest") }
    guard let engineDigest = engine ?? node?.engineManifestDigest else {
      throw Self.missing("engine manifest", "Give --engine-manifest, or --measured.")
    }
    var measurements = try measurement.map(Self.measurement)
    if simulated {
      guard let node else {
        throw Self.missing("measured node", "Give --measured beside --simulated: what `cloister-node measure` printed.")
      }
      measurements.append(node.simulated)
    }
    guard !measurements.isEmpty else {
      throw Self.missing("measurement", "Give --measurement for each platform, or --simulated with --measured.")
    }
    let entry = ReleaseEntry(
      name: name, version: version, securityVersion: securityVersion, role: role,
      artifacts: (node?.artifacts ?? []) + (try artifacts()), measurements: measurements,
      engineManifestDigest: engineDigest,
      modelDigests: try model.map { try StatementFile.hexadecimal($0, count: 32...32, what: "model") },
      weaknesses: (node?.weaknesses ?? []) + weakness, calls: node?.calls ?? [],
      capabilities: node?.capabilities, issued: try StatementFile.seconds(issued))
    return try Self.adding(accelerators, to: entry)
  }

  private static func missing(_ what: String, _ advice: String) -> CommandError {
    CommandError(CommandError.argumentInvalid, "no \(what) is given", advice: advice)
  }

  private func artifacts() throws -> [ReleaseEntry.Artifact] {
    let store = try ArtifactStore(folder: store)
    var artifacts = try artifact.map { text in
      let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
        throw CommandError(
          CommandError.argumentInvalid, "--artifact is \(text), expected NAME:PURPOSE:PATH",
          advice: "Give all three, such as kernel:kernel:build/vmlinuz.")
      }
      let tree = try store.add(parts[2], purpose: parts[1])
      return ReleaseEntry.Artifact(name: parts[0], purpose: parts[1], digest: tree.digest)
    }
    if let sbom {
      let bytes = try InputFile.bytes(sbom, byteLimit: 64 << 20)
      guard case .object(let members)? = try? JSONValue(parsing: bytes), members["bomFormat"] == "CycloneDX" else {
        throw CommandError(
          CommandError.fileUnfit, "the file \(sbom) is no CycloneDX bill of materials",
          advice: "Name what `cloister release sbom` printed.")
      }
      let tree = try store.add(sbom, purpose: "sbom")
      artifacts.append(ReleaseEntry.Artifact(name: "sbom", purpose: "sbom", digest: tree.digest))
    }
    return artifacts
  }

  private static func measurement(_ text: String) throws -> ReleaseEntry.Measurement {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    let usage = CommandError(
      CommandError.argumentInvalid, "--measurement is not PLATFORM=HEX,HEX with 48 bytes each",
      advice: "Give launch measurement and firmware, on nitro PCR0, PCR1 and PCR2: 96 hexadecimal digits each.")
    guard parts.count == 2 else { throw usage }
    guard let platform = Platform(rawValue: parts[0]), [.sevSNP, .tdx, .nitro].contains(platform) else {
      throw CommandError(
        CommandError.argumentInvalid, "--measurement is of \(parts[0]), on which no node runs",
        advice: "A node's platform is sev-snp, tdx or nitro.")
    }
    let values = parts[1].split(separator: ",", omittingEmptySubsequences: false).map {
      [UInt8](hexadecimal: String($0))
    }
    guard values.count == (platform == .nitro ? 3 : 2), values.allSatisfy({ $0?.count == 48 }),
      let first = values[0], let second = values[1]
    else { throw usage }
    return ReleaseEntry.Measurement(
      platform: platform.rawValue, measurement: first, firmware: second,
      application: values.count == 3 ? values[2] : nil)
  }

  /// Accelerators go through the entry's own schema.
  private static func adding(_ file: String?, to entry: ReleaseEntry) throws -> ReleaseEntry {
    guard let file, case .object(var members) = entry.json else { return entry }
    members["accelerators"] = try JSONValue(parsing: try InputFile.bytes(file, byteLimit: 1 << 20))
    return try ReleaseEntry(parsingPayload: JSONValue.object(members).canonicalBytes)
  }
}
