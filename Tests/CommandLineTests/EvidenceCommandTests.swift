import Foundation
import StrictJSON
import TestSupport
import Testing

/// A folder that is gone after its test.
struct ScratchFolder {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-cli-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  func write(_ bytes: [UInt8], as name: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}

func members(_ text: String) throws -> [String: JSONValue] {
  guard case .object(let members) = try JSONValue(parsing: Array(text.utf8)) else { throw NotAnObject() }
  return members
}

struct NotAnObject: Error {}

/// `cloister verify evidence` and `cloister inspect evidence` as a person runs them.
@Suite struct EvidenceUsageTests {
  static let report = ["--platform", "sev-snp", "--evidence", "/dev/null", "--endorsements", "/dev/null"]

  @Test(
    "what the arguments cannot be is wrong usage, and nothing is printed on standard output",
    arguments: [
      [], ["--platform", "sev-snp"], ["--platform", "sgx", "--evidence", "/dev/null"],
      ["--platform", "sev-snp", "--evidence", "/dev/null"], ["--platform", "azure-snp", "--evidence", "/dev/null"],
      report + ["--policy", "/dev/null", "--authenticity-only"], report + ["--at", "yesterday"],
      report + ["--at", "2025-02-30T00:00:00Z"], report + ["--report-data", "00"], report + ["--nonce", "00"],
      report + ["--public-key", "00"], report + ["--collateral", "/dev/null"], report + ["--event-log", "/dev/null"],
      report + ["--device", "0"], report + ["--policy", "/no/such/file"],
      ["--platform", "tdx", "--evidence", "/no/such/file"], ["--platform", "tdx", "--evidence", "/tmp"],
      ["--platform", "tdx", "--evidence", "/dev/null", "--report-data", String(repeating: "00", count: 63)],
      ["--platform", "nitro", "--evidence", "/dev/null", "--report-data", ""],
      ["--platform", "nitro", "--evidence", "/dev/null", "--collateral", "/dev/null"],
      ["--platform", "nitro", "--evidence", "/dev/null", "--nonce", String(repeating: "00", count: 1_025)],
      ["--platform", "nvidia-gpu", "--evidence", "/dev/null", "--nonce", String(repeating: "00", count: 31)],
      ["--platform", "nvidia-switch", "--evidence", "/dev/null", "--report-data", String(repeating: "00", count: 33)],
    ] as [[String]])
  func usage(arguments: [String]) async throws {
    let run = try await CommandRun.cloister(["verify", "evidence"] + arguments)
    #expect(run.status == 64, "\(run.standardError)")
    #expect(run.standardOutput.isEmpty)
    #expect(!run.standardError.isEmpty)
  }

  @Test(
    "a file that has not its platform's length is malformed, and so says the JSON",
    arguments: ["sev-snp", "azure-snp", "tdx", "nitro", "nvidia-gpu", "nvidia-switch"])
  func malformed(platform: String) async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    for bytes in [[], [1], Array(repeating: 0xFE, count: 700), Array("0000".utf8)] as [[UInt8]] {
      let file = try folder.write(bytes, as: "evidence")
      let arguments = ["--platform", platform, "--evidence", file, "--endorsements", file, "--authenticity-only"]
      let run = try await CommandRun.cloister(["verify", "evidence"] + arguments + ["--json"])
      #expect(run.status == 2, "\(platform) \(bytes.count) \(run.standardOutput) \(run.standardError)")
      let output = try members(run.standardOutput)
      #expect(output["verdict"] == "malformed")
      #expect(Set(output.keys) == ["verdict", "code", "reasons", "claims", "skipped"])
      #expect(output["claims"] == [:])
      let inspection = try await CommandRun.cloister("inspect", "evidence", file, "--platform", platform)
      #expect(inspection.status == 2)
      #expect(inspection.standardOutput.isEmpty)
    }
  }

  @Test("the help is the manual: what goes where on each platform, and every exit code")
  func help() async throws {
    let run = try await CommandRun.cloister("verify", "evidence", "--help")
    #expect(run.status == 0)
    for word in [
      "sev-snp", "azure-snp", "tdx", "nitro", "nvidia-gpu", "nvidia-switch", "--collateral", "--event-log",
      "--public-key", "64  wrong usage", "2   malformed", "1   refused", "0   accepted",
    ] {
      #expect(run.standardOutput.contains(word), "\(word)")
    }
  }

  @Test("without --platform a file of no platform is malformed")
  func unknownPlatform() async throws {
    let run = try await CommandRun.cloister("inspect", "evidence", "/dev/null", "--json")
    #expect(run.status == 2)
    #expect(try members(run.standardOutput)["verified"] == .boolean(false))
  }
}

/// Real evidence of every platform.
@Suite(.enabled(if: VectorFolder.isPresent))
struct RealEvidenceCommandTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let platform: String
    let evidence: String
    var endorsements: [String] = []
    var others: [String] = []
    let time: String

    var testDescription: String { evidence }

    var arguments: [String] {
      func path(_ name: String) -> String { VectorFolder.url.appendingPathComponent(name).path }
      return ["--platform", platform, "--evidence", path(evidence), "--at", time]
        + (endorsements.isEmpty ? [] : ["--endorsements"] + endorsements.map(path))
        + others.map { $0.hasPrefix("--") ? $0 : path($0) }
    }
  }

  static let cases = [
    Case(
      platform: "sev-snp", evidence: "snp/genoa-v5-vcek-a/report.bin",
      endorsements: ["snp/genoa-v5-vcek-a", "snp/certs/ask_ark_genoa.pem"], time: "2025-09-01T00:00:00Z"),
    Case(
      platform: "sev-snp", evidence: "snp/milan-v3-vlek/report.bin",
      endorsements: ["snp/milan-v3-vlek/vlek.der", "snp/certs/ask_ark_milan_vlek.pem"], time: "2025-09-01T00:00:00Z"),
    Case(
      platform: "azure-snp", evidence: "snp/azure-milan-v2-hcl/hcl-report.bin",
      endorsements: ["snp/azure-milan-v2-hcl/vcek.der", "snp/certs/ask_ark_milan.pem"], time: "2025-09-01T00:00:00Z"),
    Case(
      platform: "tdx", evidence: "tdx/v4-b/quote.bin", others: ["--collateral", "tdx/v4-b/collateral.json"],
      time: "2025-07-01T00:00:00Z"),
    Case(platform: "tdx", evidence: "tdx/v4-debug-td/quote.bin", time: "2023-07-01T00:00:00Z"),
    Case(
      platform: "tdx", evidence: "tdx/v4-dstack-eventlog/quote.bin",
      others: ["--event-log", "tdx/v4-dstack-eventlog/event_log.json"], time: "2025-10-01T00:00:00Z"),
    Case(
      platform: "tdx", evidence: "tdx/v5-a/quote.bin", others: ["--collateral", "tdx/v5-a/collateral.json"],
      time: "2026-02-10T00:00:00Z"),
    Case(platform: "nitro", evidence: "nitro/doc-a.cbor", time: "2022-10-13T08:58:03Z"),
    Case(platform: "nitro", evidence: "nitro/doc-c-debug.cbor", time: "2022-10-12T13:50:07Z"),
    Case(
      platform: "nvidia-gpu", evidence: "nvidia/hopper-b/report.bin",
      endorsements: ["nvidia/hopper-b/chain.pem", "nvidia/certs/nvidia-device-identity-root.pem"],
      time: "2025-06-01T00:00:00Z"),
    Case(
      platform: "nvidia-gpu", evidence: "nvidia/evidence-hopper.json", time: "2025-06-01T00:00:00Z"),
  ]

  @Test("accepted where only authenticity is asked, and refused by the strict default", arguments: cases)
  func accepted(testCase: Case) async throws {
    let run = try await CommandRun.cloister(
      ["verify", "evidence"] + testCase.arguments + ["--authenticity-only", "--json"])
    #expect(run.status == 0, "\(run.standardOutput) \(run.standardError)")
    let output = try members(run.standardOutput)
    #expect(Set(output.keys) == ["verdict", "code", "reasons", "claims", "skipped"])
    #expect(output["verdict"] == "accepted")
    #expect(output["code"] == .null)
    #expect(output["reasons"] == [])
    #expect(output["claims"] != [:])
    #expect(output["skipped"] != [])

    let strict = try await CommandRun.cloister(["verify", "evidence"] + testCase.arguments + ["--json"])
    #expect(strict.status == 1)
    let refusal = try members(strict.standardOutput)
    #expect(refusal["verdict"] == "refused")
    #expect(refusal["code"] == "no-reference-values")
  }

  @Test("in hexadecimal, with white space, evidence is the same evidence", arguments: [cases[0], cases[3], cases[7]])
  func hexadecimal(testCase: Case) async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let bytes = try VectorFolder.bytes(testCase.evidence)
    let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16, uppercase: true) }
    let text = stride(from: 0, to: digits.count, by: 32).map { start in
      digits[start..<min(start + 32, digits.count)].joined()
    }.joined(separator: "\r\n")
    let file = try folder.write(Array(" \(text)\n".utf8), as: "evidence.hex")
    var arguments = testCase.arguments
    arguments[3] = file
    let run = try await CommandRun.cloister(["verify", "evidence"] + arguments + ["--authenticity-only"])
    #expect(run.status == 0, "\(run.standardOutput) \(run.standardError)")
    #expect(run.standardOutput.hasPrefix("accepted\n"))
  }

  @Test("a byte too few and one too many are malformed", arguments: [cases[0], cases[2], cases[9]])
  func lengths(testCase: Case) async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let bytes = try VectorFolder.bytes(testCase.evidence)
    let changes = testCase.platform == "azure-snp" ? [Array(bytes.prefix(1_235))] : [bytes.dropLast(), bytes + [1]]
    for changed in changes {
      var arguments = testCase.arguments
      arguments[3] = try folder.write(changed, as: "evidence")
      let run = try await CommandRun.cloister(["verify", "evidence"] + arguments + ["--authenticity-only", "--json"])
      #expect(run.status == 2)
      #expect(try members(run.standardOutput)["verdict"] == "malformed")
    }
  }

  @Test("an endorsement that is missing or unreadable is refused, not malformed")
  func endorsements() async throws {
    for file in ["/no/such/file", "/dev/null", VectorFolder.url.appendingPathComponent("README.md").path] {
      let run = try await CommandRun.cloister(
        ["verify", "evidence"] + Self.cases[0].arguments + [
          "--authenticity-only", "--json", "--endorsements", file,
        ])
      #expect(run.status == 1, "\(file)")
      #expect(try members(run.standardOutput)["code"] == "endorsement-unreadable")
    }
  }

  @Test("a policy that is no policy is refused with its code")
  func policy() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    for text in ["", "[]", #"{"unknown": 1}"#] {
      let file = try folder.write(Array(text.utf8), as: "policy.json")
      let run = try await CommandRun.cloister(
        ["verify", "evidence"] + Self.cases[0].arguments + ["--policy", file, "--json"])
      #expect(run.status == 1)
      #expect(try members(run.standardOutput)["code"] == "appraisal-policy-malformed")
    }
  }

  @Test("reference manifests are verified, and their golden values compared")
  func manifests() async throws {
    let rims = VectorFolder.url.appendingPathComponent("nvidia/rims").path
    let vbios = "\(rims)/vbios_1010_0200_882_96005E0001.xml"
    let driver = "\(rims)/driver_GH100_550.144.03.xml"
    func run(_ manifests: [String], _ arguments: [String] = []) async throws -> [String: JSONValue] {
      var evidence = Self.cases[9].arguments
      // Both manifests are valid then.
      evidence[5] = "2025-01-15T00:00:00Z"
      let run = try await CommandRun.cloister(
        ["verify", "evidence", "--json"] + evidence + ["--collateral"] + manifests + arguments)
      let output = try members(run.standardOutput)
      #expect(run.status == (output["verdict"] == "accepted" ? 0 : 1))
      return output
    }
    for manifests in [[vbios, driver], [vbios], [driver]] {
      #expect(try await run(manifests, ["--authenticity-only"])["verdict"] == "accepted")
    }
    #expect(try await run([vbios])["code"] == "manifest-kind")
    // The device runs another driver than that of the manifest.
    guard case .array(let reasons)? = try await run([vbios, driver])["reasons"] else { throw NotAnObject() }
    #expect(reasons.contains("measurement-unknown"))
    #expect(!reasons.contains("no-reference-values"))
    for (manifests, code) in [
      ([vbios, "\(rims)/driver_incorrect_signature.xml"], "manifest-signature"),
      (["/no/such/file"], "manifest-malformed"),
    ] {
      let output = try await run(manifests, ["--authenticity-only"])
      #expect(output["code"] == .string(code), "\(output)")
    }
  }

  @Test("a device that the SDK's JSON has not, and one of another platform, are wrong usage")
  func device() async throws {
    let file = VectorFolder.url.appendingPathComponent("nvidia/evidence-hopper.json").path
    for arguments in [["--platform", "nvidia-gpu", "--device", "1"], ["--platform", "nvidia-switch"]] {
      let run = try await CommandRun.cloister(["verify", "evidence", "--evidence", file] + arguments)
      #expect(run.status == 64)
    }
  }

  @Test("other report data than expected are refused, the real ones are accepted")
  func reportData() async throws {
    let report = try VectorFolder.bytes("snp/genoa-v5-vcek-a/report.bin")
    let real = report[0x50..<0x90].map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    for (text, status) in [(real, Int32(0)), (String(repeating: "0", count: 128), 1)] {
      let run = try await CommandRun.cloister(
        ["verify", "evidence"] + Self.cases[0].arguments + ["--authenticity-only", "--json", "--report-data", text])
      #expect(run.status == status)
      if status == 1 { #expect(try members(run.standardOutput)["code"] == "report-data-mismatch") }
    }
  }

  @Test("inspection says first that nothing was verified, and explains every field", arguments: cases)
  func inspected(testCase: Case) async throws {
    let file = VectorFolder.url.appendingPathComponent(testCase.evidence).path
    let run = try await CommandRun.cloister("inspect", "evidence", file)
    #expect(run.status == 0, "\(run.standardError)")
    #expect(run.standardOutput.hasPrefix("NOTHING WAS VERIFIED"))
    #expect(run.standardOutput.unicodeScalars.allSatisfy { $0 == "\n" || !$0.properties.isDefaultIgnorableCodePoint })
    let json = try members(try await CommandRun.cloister("inspect", "evidence", file, "--json").standardOutput)
    #expect(json["verified"] == .boolean(false))
    #expect(json["platform"] == .string(testCase.platform))
    guard case .array(let fields)? = json["fields"] else { throw NotAnObject() }
    #expect(fields.count > 20)
  }
}
