import Foundation
import StrictJSON
import TestDeployment
import TestSupport
import Testing
import Trust
import WireFormat

/// `cloister receipts report`, `export` and `purge` as a person runs them.
@Suite struct ReceiptsCommandTests {
  /// A state with one receipt.
  private static func client(tokenCount: Int = 2) async throws -> ClientFixture {
    var fixture = try DeploymentFixture.shared.get()
    let epoch = DeploymentFixture.firstEpoch
    let file = try fixture.publish(fixture.plan())
    let client = try ClientFixture(fixture, time: fixture.time(in: epoch), tokenCount: tokenCount)
    client.parties.serve(file, epoch: epoch)
    _ = try await client.summarize()
    return client
  }

  @Test("a report is text, JSON or a page, of the days that are asked for")
  func report() async throws {
    let client = try await Self.client()
    let run = try await CommandRun.cloister("receipts", "report", "--state", client.path)
    #expect(run.status == 0, "\(run.standardError)")
    #expect(run.standardOutput.contains("summarize: 1 request"))
    let page = client.path + "/report.html"
    let json = try await CommandRun.cloister(
      "receipts", "report", "--state", client.path, "--html", page, "--json", "--from", "2026-01-01", "--to",
      "2027-01-01")
    #expect(try members(json.standardOutput)["requests"] == 1)
    #expect(try String(contentsOfFile: page, encoding: .utf8).hasPrefix("<!doctype html>"))
    let none = try await CommandRun.cloister(
      "receipts", "report", "--state", client.path, "--to", "2020-01-01", "--json", "--no-repeat")
    #expect(try members(none.standardOutput)["requests"] == 0)
    #expect(try members(none.standardOutput)["repeated"] == .null)
  }

  @Test("a receipt is listed with its day and verified by its identifier; one without its proofs is refused")
  func verify() async throws {
    let client = try await Self.client()
    let receipt = try #require(try client.state.receipts.all().first)
    let day = try #require(try client.state.receipts.day(of: receipt)).text
    let list = try await CommandRun.cloister("receipts", "list", "--state", client.path)
    #expect(list.standardOutput.contains("\(receipt.identifier)  \(day)  "))
    let arguments = ["receipts", "verify", String(receipt.identifier.prefix(8)), "--state", client.path]
    let run = try await CommandRun.cloister(arguments)
    #expect(run.status == 0 && run.standardOutput.contains("none failed"), "\(run.standardError)")
    #expect(run.standardOutput.contains("simulated report") && !run.standardOutput.contains("hardware report"))
    try FileManager.default.removeItem(atPath: client.path + "/bundles")
    #expect(try await CommandRun.cloister(arguments).standardError.contains("receipt-bundle-missing"))
    let unknown = try await CommandRun.cloister("receipts", "verify", "zz", "--state", client.path)
    #expect(unknown.status == 1 && unknown.standardError.contains("cloister receipts list --state \(client.path)"))
  }

  @Test("a request that a node refused is listed as that, in words and with the code")
  func notAnswered() async throws {
    let client = try await Self.client(tokenCount: 3)
    let nodes = Set(try await client.client.currentEpoch().bundle.nodes.map(\.identifier.hexadecimal))
    client.parties.behave { $0.busyNodes = nodes }
    #expect(await client.refusal() != nil)
    let list = try await CommandRun.cloister("receipts", "list", "--state", client.path)
    let lines = list.standardOutput.split(separator: "\n")
    #expect(lines.count == 2 && lines.count { $0.hasSuffix("  refused by the node: node-busy") } == 1)
    let json = try await CommandRun.cloister("receipts", "list", "--state", client.path, "--json")
    #expect(json.standardOutput.contains(#""failure": "node-busy""#))
  }

  @Test("a receipt that does not verify any more makes the report end with 1")
  func refused() async throws {
    let client = try await Self.client()
    for name in try FileManager.default.contentsOfDirectory(atPath: client.path + "/bundles") {
      try FileManager.default.removeItem(atPath: client.path + "/bundles/" + name)
    }
    let run = try await CommandRun.cloister("receipts", "report", "--state", client.path)
    #expect(run.status == 1)
    #expect(run.standardOutput.contains("receipt-bundle-missing"))
  }

  @Test("a receipt of another version is left out of the list, which says so, and is refused by itself")
  func otherVersion() async throws {
    let client = try await Self.client()
    let receipt = try #require(try client.state.receipts.all().first)
    let path = client.path + "/receipts/" + String(repeating: "0", count: 32) + ".json"
    guard case .object(var other) = receipt.json else { throw CancellationError() }
    other["version"] = 3
    try Data(JSONValue.object(other).canonicalBytes).write(to: URL(fileURLWithPath: path))
    let list = try await CommandRun.cloister("receipts", "list", "--state", client.path)
    #expect(list.status == 0 && list.standardOutput.contains(receipt.identifier))
    #expect(list.standardError.contains("1 receipts of another version"))
    let verify = try await CommandRun.cloister("verify", "receipt", path)
    #expect(verify.status == 2 && verify.standardError.contains("receipt-version"))
  }

  @Test("damaged receipts hide no other one: the list names each with its code, and shows nothing that it holds")
  func damaged() async throws {
    let client = try await Self.client()
    let receipt = try #require(try client.state.receipts.all().first)
    let identifiers = ["0", "f"].map { String(repeating: $0, count: 32) }
    for identifier in identifiers {
      try Data(#"{"type":"cloister-receipt","task":"marmalade"#.utf8)
        .write(to: URL(fileURLWithPath: client.state.receipts.path(identifier)))
    }
    func receipts(_ arguments: String...) async throws -> CommandRun {
      let run = try await CommandRun.cloister(["receipts"] + arguments + ["--state", client.path])
      #expect(!(run.standardOutput + run.standardError).contains("marmalade"), "\(arguments)")
      return run
    }
    let list = try await receipts("list")
    let lines = list.standardOutput.split(separator: "\n").map(String.init)
    #expect(list.status == 0 && lines.first?.hasPrefix(receipt.identifier) == true, "\(list.standardError)")
    #expect(Array(lines.dropFirst()) == identifiers.map { "\($0)  cannot be read (trust-malformed)" })
    #expect(list.standardError.contains("Damaged: 2 receipts."))
    #expect(list.standardError.contains("receipts purge --all --state \(client.path)"))
    let json = try members(try await receipts("list", "--json").standardOutput)
    #expect(json["receipts"] == .array([receipt.json]) && json["otherVersions"] == 0)
    #expect(json["unreadable"] == .array(identifiers.map { ["id": .string($0), "code": "trust-malformed"] }))
    for command in ["show", "verify"] {
      let run = try await receipts(command, identifiers[0])
      #expect(run.status == 2 && run.standardError.contains("malformed: trust-malformed"), "\(command)")
    }
    let report = try await receipts("report")
    #expect(report.status == 0 && report.standardOutput.contains("2 receipts are left out"))
    let export = try await receipts("export")
    #expect(export.status == 0 && export.standardError.contains("Left out: 2 receipts"))
    #expect(try members(try await receipts("purge", "--all", "--json").standardOutput)["receipts"] == 3)
    #expect(try await receipts("list").standardError.contains("No receipts yet."))
  }

  @Test("a damaged receipt whose name a terminal would act on is named on one line, escaped")
  func hostileName() async throws {
    let client = try await Self.client()
    let path = client.state.receipts.path("x\u{1B}[2J\nverified: all")
    try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
    let list = try await CommandRun.cloister("receipts", "list", "--state", client.path)
    let lines = list.standardOutput.split(separator: "\n")
    #expect(list.status == 0 && lines.count == 2 && lines[1].hasSuffix("  cannot be read (trust-malformed)"))
    #expect(!list.standardOutput.contains("\u{1B}"))
  }

  @Test("a receipt that somebody gave shows a terminal nothing that it would act on, nor lines that are none of ours")
  func hostileReceipt() async throws {
    let client = try await Self.client()
    let receipt = try #require(try client.state.receipts.all().first)
    let path = client.path + "/receipts/" + String(repeating: "0", count: 32) + ".json"
    guard case .object(var other) = receipt.json else { throw CancellationError() }
    other["task"] = "chat\u{1B}[2J\u{9B}2J\u{202E}\nverified: all"
    other["id"] = .string(String(repeating: "0", count: 32))
    try Data(JSONValue.object(other).canonicalBytes).write(to: URL(fileURLWithPath: path))
    for arguments in [
      ["verify", "receipt", path], ["receipts", "show", "00", "--state", client.path],
      ["receipts", "list", "--state", client.path], ["receipts", "report", "--state", client.path],
    ] {
      let run = try await CommandRun.cloister(arguments)
      for mark in ["\u{1B}", "\u{9B}", "\u{202E}"] {
        #expect(!run.standardOutput.unicodeScalars.contains(try #require(Unicode.Scalar(mark))), "\(arguments)")
      }
      #expect(!run.standardOutput.contains("\nverified: all"), "\(arguments)")
    }
  }

  @Test("an export names days and no receipt; a purge needs to be told what, and removes it")
  func exportAndPurge() async throws {
    let client = try await Self.client()
    let identifier = try #require(try client.state.receipts.all().first?.identifier)
    let export = try await CommandRun.cloister("receipts", "export", "--state", client.path)
    #expect(export.status == 0)
    #expect(!export.standardOutput.contains(identifier) && export.standardOutput.contains(#""day": "2026-"#))
    #expect(try await CommandRun.cloister("receipts", "purge", "--state", client.path).status == 64)
    let both = try await CommandRun.cloister(
      "receipts", "purge", "--all", "--before", "2026-01-01", "--state", client.path)
    #expect(both.status == 64)
    let early = try await CommandRun.cloister(
      "receipts", "purge", "--before", "2020-01-01", "--state", client.path, "--json")
    #expect(try members(early.standardOutput)["receipts"] == 0)
    let all = try await CommandRun.cloister("receipts", "purge", "--all", "--state", client.path, "--json")
    #expect(try members(all.standardOutput)["receipts"] == 1)
    #expect(try client.state.receipts.all().isEmpty)
  }

  @Test(
    "a day that is none, and an end before the beginning, is wrong usage",
    arguments: [
      ["--from", "yesterday"], ["--to", "2026-02-30"], ["--from", "2026-02-02", "--to", "2026-02-01"],
    ])
  func usage(arguments: [String]) async throws {
    #expect(try await CommandRun.cloister(["receipts", "report"] + arguments).status == 64)
    #expect(try await CommandRun.cloister(["receipts", "export"] + arguments).status == 64)
  }
}
