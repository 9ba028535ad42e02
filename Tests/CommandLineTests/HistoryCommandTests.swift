import CloisterClient
import Foundation
import StrictJSON
import TestSupport
import Testing

/// `cloister history` as a person runs it.
@Suite struct HistoryCommandTests {
  private static let identifier = String(repeating: "a", count: 32)

  @Test("off at first, on with a passphrase, then list, show, purge; a wrong passphrase is refused")
  func whole() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let state = folder.path + "/state"
    let right = try folder.write(Array("correct horse\n".utf8), as: "right")
    let wrong = try folder.write(Array("wrong horse\n".utf8), as: "wrong")
    let short = try folder.write(Array("short\n".utf8), as: "short")
    func history(_ arguments: String...) async throws -> CommandRun {
      try await CommandRun.cloister(["history"] + arguments + ["--state", state])
    }
    #expect(try await history("status").standardOutput == "history: off, 0 entries\n")
    #expect(try await history("list", "--passphrase-file", right).standardError.contains("history-empty"))
    #expect(try await history("on", "--passphrase-file", short).standardError.contains("history-passphrase-weak"))
    #expect(try await history("on", "--passphrase-file", right).standardOutput == "history: on, 0 entries\n")
    try ClientState(path: state).history.keep(
      HistoryEntry(
        receiptIdentifier: Self.identifier, time: Date(timeIntervalSince1970: 1_790_000_000), task: "summarize",
        subject: "Garden", answer: "We meet\u{1B}[31m on Friday.", isSimulated: true))
    let list = try await history("list", "--passphrase-file", right)
    #expect(list.status == 0)
    #expect(list.standardOutput.contains("aaaaaaaa") && list.standardOutput.contains("Garden"))
    #expect(!list.standardOutput.contains("\u{1B}"))
    let show = try await history("show", "aaaa", "--passphrase-file", right, "--json")
    #expect(try members(show.standardOutput)["task"] == "summarize")
    let refused = try await history("list", "--passphrase-file", wrong, "--json")
    #expect(refused.status == 1)
    #expect(try members(refused.standardOutput)["code"] == "history-locked")
    #expect(try await history("purge").status == 64)
    #expect(try await history("off").standardOutput == "history: off, 1 entries\n")
    #expect(try await history("purge", "--all").standardOutput == "removed: 1 entries\n")
    #expect(try await history("status").standardOutput == "history: off, 0 entries\n")
  }

  @Test("a passphrase's file of Windows holds the passphrase that a terminal gives; one that is no text is refused")
  func passphraseFiles() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let state = folder.path + "/state"
    let plain = try folder.write(Array("correct horse\n".utf8), as: "plain")
    let windows = try folder.write(Array("\u{FEFF}correct horse\r\nnot read\r\n".utf8), as: "windows")
    let binary = try folder.write(Array("correct horse".utf8) + [0xFF], as: "binary")
    // A terminal ends no line at this mark.
    let longer = try folder.write(Array("correct horse\u{2028}battery\n".utf8), as: "longer")
    _ = try await CommandRun.cloister("history", "on", "--passphrase-file", plain, "--state", state)
    let read = try await CommandRun.cloister("history", "list", "--passphrase-file", windows, "--state", state)
    #expect(read.status == 0, "\(read.standardError)")
    let refused = try await CommandRun.cloister("history", "list", "--passphrase-file", binary, "--state", state)
    #expect(refused.status == 64 && refused.standardError.hasPrefix("refused: file-unfit"), "\(refused.standardError)")
    let other = try await CommandRun.cloister("history", "list", "--passphrase-file", longer, "--state", state)
    #expect(other.status != 0, "a passphrase is read to the end of its line")
  }

  @Test("without a file the passphrase is a line of standard input; none is wrong usage")
  func standardInput() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let none = try await CommandRun.cloister("history", "on", "--state", folder.path + "/state")
    #expect(none.status == 64)
    let process = try CommandRun.start(
      "cloister", ["history", "on", "--state", folder.path + "/state"], errors: .separate)
    process.write("correct horse\n")
    process.endInput()
    #expect(String(decoding: await process.readToEnd(), as: UTF8.self) == "history: on, 0 entries\n")
    #expect(await process.wait() == 0)
  }

  @Test("an entry that was changed is named, with exit status 1")
  func damaged() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let state = folder.path + "/state"
    let file = try folder.write(Array("correct horse".utf8), as: "passphrase")
    _ = try await CommandRun.cloister("history", "on", "--passphrase-file", file, "--state", state)
    try ClientState(path: state).history.keep(
      HistoryEntry(
        receiptIdentifier: Self.identifier, time: Date(), task: "summarize", answer: "x", isSimulated: true))
    let path = state + "/history/\(Self.identifier).entry"
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[1_500] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let run = try await CommandRun.cloister("history", "list", "--passphrase-file", file, "--state", state)
    #expect(run.status == 1)
    #expect(run.standardError.contains("history-damaged"))
  }
}
