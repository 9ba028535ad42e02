import StrictJSON
import TestSupport
import Testing

/// What the command line itself gets wrong, where no list of options mends it.
@Suite struct UsageTests {
  struct Mistake: Sendable {
    let code: String
    let arguments: [String]

    init(_ code: String, _ arguments: [String]) {
      self.code = code
      self.arguments = arguments
    }
  }

  private static let nowhere = "/no/such/folder/file"
  private static let promise = ["release", "promise", "--until", "2099-01-01T00:00:00Z", "--output", nowhere]
  private static let create = [
    "release", "create", "--name", "n", "--version", "1", "--security-version", "1", "--output", nowhere,
  ]
  private static let bill = [
    "release", "sbom", "--manifest", nowhere, "--graph", nowhere, "--pins", nowhere, "--version", "1",
  ]

  private static let mistakes: [Mistake] = [
    Mistake("file-unreadable", ["verify", "evidence", "--platform", "tdx", "--evidence", nowhere]),
    Mistake(
      "file-unreadable", ["verify", "evidence", "--platform", "tdx", "--evidence", "/dev/null", "--policy", nowhere]),
    Mistake("file-unreadable", ["inspect", "evidence", nowhere]),
    Mistake("file-unreadable", ["policy", "check", nowhere]),
    Mistake("file-unreadable", ["policy", "show", "/tmp"]),
    Mistake("file-unreadable", ["rewrite", "--tone", "concise", nowhere]),
    Mistake("file-unreadable", bill),
    Mistake("file-unwritable", ["release", "keygen", nowhere]),
    Mistake("file-unwritable", promise + ["--revocation-interval", "1"]),
    Mistake("argument-invalid", promise),
    Mistake("argument-invalid", promise + ["--missed-epochs", "2"]),
    Mistake("argument-invalid", promise + ["--revocation-interval", "1", "--issued", "yesterday"]),
    Mistake("argument-invalid", create),
    Mistake("argument-invalid", create + ["--role", "assistant"]),
    Mistake("argument-invalid", create + ["--role", "assistant", "--engine-manifest", "00"]),
    Mistake("argument-invalid", bill + ["--component", "swift"]),
  ]

  @Test(
    "a file or value that cannot be used is named by its code, with what mends it and without a list of options",
    arguments: Self.mistakes)
  func refused(_ mistake: Mistake) async throws {
    let run = try await CommandRun.cloister(mistake.arguments)
    #expect(run.status == 64)
    #expect(run.standardOutput.isEmpty)
    #expect(run.standardError.hasPrefix("refused: \(mistake.code): "), "\(run.standardError)")
    #expect(run.standardError.contains("\n  → "), "it does not say what to do")
    #expect(!run.standardError.contains("Usage:"), "no option mends it")
  }

  @Test("a file of another kind than is needed is named as that")
  func unfit() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let list = try folder.write(Array("[]".utf8), as: "list.json")
    let draft = try folder.write([0x68, 0xFF], as: "draft")
    for arguments in [
      ["policy", "create", list, "--output", folder.path + "/policy"],
      ["rewrite", "--tone", "concise", "--preview", draft],
    ] {
      let run = try await CommandRun.cloister(arguments)
      #expect(run.status == 64 && run.standardError.hasPrefix("refused: file-unfit: "), "\(run.standardError)")
      #expect(!run.standardError.contains("Usage:"))
    }
  }

  @Test("with --json it is one object, as every refusal")
  func json() async throws {
    let run = try await CommandRun.cloister("inspect", "evidence", Self.nowhere, "--json")
    #expect(run.status == 64)
    let refusal = try members(run.standardOutput)
    #expect(refusal["code"] == "file-unreadable" && refusal["verdict"] == "refused" && refusal["advice"] != .null)
  }

  @Test("options that exclude each other still come with their list")
  func options() async throws {
    let run = try await CommandRun.cloister("receipts", "purge", "--all", "--before", "2026-01-01")
    #expect(run.status == 64 && run.standardError.contains("Usage:"))
  }

  @Test("a witness without a key and a log without its witnesses' file say what is missing, and do not start")
  func parties() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let witness = try await CommandRun.run(
      "cloister-witness",
      ["run", "--listen", "127.0.0.1:0", "--state", folder.path, "--name", "witness.test/1", "--log", "none"])
    #expect(witness.status == 1 && witness.standardOutput.isEmpty)
    #expect(witness.standardError.contains("witness-key-missing") && witness.standardError.contains("keygen"))
    let log = try await CommandRun.run(
      "cloister-log",
      [
        "run", "--listen", "127.0.0.1:0", "--state", folder.path, "--log", "name=e,origin=o.test/e,kind=epoch",
        "--witness-policy", Self.nowhere, "--submission-key-digest", String(repeating: "00", count: 32),
      ])
    #expect(log.status == 1 && log.standardOutput.isEmpty)
    #expect(log.standardError.contains("log-configuration-invalid"), "\(log.standardError)")
    for run in [witness, log] { #expect(!run.standardError.contains("Usage:")) }
  }
}
