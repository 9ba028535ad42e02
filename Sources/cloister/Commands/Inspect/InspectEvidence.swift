import ArgumentParser
import Attestation
import StrictJSON

/// `cloister inspect evidence`: what each byte of evidence says and means. Nothing is verified.
struct InspectEvidence: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Explain every field of evidence in plain words; nothing is verified.",
    discussion: """
      FILE is evidence as `cloister verify evidence` takes it, binary, in hexadecimal or in base64. Whoever made the file chose \
      every value in it: what is shown is what the file says, not what is true. Without --platform the platform is \
      taken from the first bytes. Of the JSON of NVIDIA's SDK the first device is explained.

      Exit codes: 0 explained; 2 the file is no evidence of its platform, or of none that is known; 64 wrong usage.
      """)

  @Argument(help: "The evidence.")
  var file: String

  @Option(
    help: ArgumentHelp("The platform of the evidence: \(Platform.names).", valueName: "platform"),
    transform: Platform.argument)
  var platform: Platform?

  @Flag(help: "Print one JSON object: verified (always false), platform, fields.")
  var json = false

  func run() async throws { try await CommandFailure.reporting(json: json) { try inspect() } }

  private func inspect() throws {
    let bytes = try EvidenceFiles.evidence(file)
    do {
      guard let platform = platform ?? EvidenceDescription.platform(of: bytes) else {
        throw AttestationError(AttestationError.platformUnsupported, "first bytes are of no platform that is known")
      }
      let fields = try EvidenceDescription.describe(Self.report(bytes, platform), platform: platform)
      if json {
        CommandOutput.data(Self.json(fields, platform))
      } else {
        CommandOutput.data(Self.text(fields, platform))
      }
    } catch let error as AttestationError {
      if json {
        CommandOutput.data([
          "verified": false, "code": .string(error.code.rawValue), "message": .string(error.message),
        ])
      } else {
        CommandOutput.note("malformed: \(error)")
      }
      throw ExitCode(2)
    }
  }

  /// The evidence itself; of NVIDIA's SDK's JSON that of its first device.
  private static func report(_ bytes: [UInt8], _ platform: Platform) -> [UInt8] {
    guard platform.isNVIDIA, let file = try? NVIDIA.EvidenceFile(parsing: bytes) else { return bytes }
    return file.devices.first?.evidence.report ?? bytes
  }

  private static func text(_ fields: [FieldDescription], _ platform: Platform) -> String {
    var lines = [
      "NOTHING WAS VERIFIED: this is what the file says, and whoever made it chose what it says.",
      "\(platform.rawValue), \(fields.count) fields; to verify: cloister verify evidence --platform \(platform.rawValue)",
    ]
    for field in fields {
      lines.append("")
      lines.append("\(field.offset)  \(field.byteCount) bytes  \(field.name) = \(field.value)")
      lines += wrapped(field.meaning).map { "    \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  /// Lines of at most 100 characters, broken between words.
  private static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty && line.count + 1 + word.count > 100 {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return line.isEmpty ? lines : lines + [line]
  }

  private static func json(_ fields: [FieldDescription], _ platform: Platform) -> JSONValue {
    [
      "verified": false, "platform": .string(platform.rawValue),
      "fields": .array(
        fields.map {
          [
            "offset": .integer(Int64($0.offset)), "bytes": .integer(Int64($0.byteCount)), "name": .string($0.name),
            "value": .string($0.value), "meaning": .string($0.meaning),
          ]
        }),
    ]
  }
}
