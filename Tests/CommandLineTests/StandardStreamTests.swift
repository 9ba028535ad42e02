import Foundation
import TestSupport
import Testing

/// Standard input, output and errors that are closed, full, or read by nobody.
@Suite struct StandardStreamTests {
  private static let marker = "Quittenmarmelade"
  private static let chat = """
    12/03/2026, 09:15 - Ana: Shall we meet on Friday at 18:00?
    12/03/2026, 09:16 - Ben: Yes. I bring the \(marker).

    """

  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func chatPath() throws -> String { try folder.write(Array(Self.chat.utf8), as: "chat.txt") }

  private func preview(_ redirection: String) async throws -> CommandRun {
    try await CommandRun.shell(
      "cloister summarize \"$1\" --preview --state \"$2\" \(redirection)", [try chatPath(), folder.path + "/state"])
  }

  @Test("an answer that standard output does not take is a refusal with its code, and no crash")
  func fullOutput() async throws {
    defer { folder.remove() }
    for redirection in [">/dev/full", ">&-"] {
      let run = try await preview(redirection)
      #expect(run.status == 1, "\(redirection): \(run.standardError)")
      #expect(run.standardError.contains("refused: file-unwritable: standard output"), "\(run.standardError)")
      #expect(!run.standardError.contains("Fatal error") && !run.standardError.contains(Self.marker))
    }
  }

  @Test("without a standard error the answer is complete, and status 0")
  func closedErrors() async throws {
    defer { folder.remove() }
    for redirection in ["2>&-", "2>/dev/full"] {
      let run = try await preview(redirection)
      #expect(run.status == 0)
      #expect(run.standardOutput.contains(Self.marker) && run.standardError.isEmpty)
    }
  }

  @Test("a reader that went away ends a command with status 1 and no word; one of notes alone changes nothing")
  func readerGone() async throws {
    defer { folder.remove() }
    // Descriptor 4 is a pipe whose one reader, descriptor 3, is gone.
    let script = """
      mkfifo "$2/pipe" && exec 3<>"$2/pipe" 4>"$2/pipe" 3<&-
      cloister summarize "$1" --preview --state "$2/state" 2>&4 || exit 3
      cloister summarize "$1" --preview --state "$2/state" >&4
      """
    let run = try await CommandRun.shell(script, [try chatPath(), folder.path])
    #expect(run.status == 1, "\(run.standardError)")
    #expect(run.standardOutput.contains(Self.marker))
    #expect(!run.standardError.contains("refused"), "\(run.standardError)")
  }

  @Test("nothing that is meant for the person lands in a file that took the place of a closed stream")
  func closedEverything() async throws {
    defer { folder.remove() }
    let run = try await preview("<&- >&- 2>&-")
    #expect(run.status == 1 && run.standardOutput.isEmpty && run.standardError.isEmpty)
    let kept = try await CommandRun.shell("grep -rl \"$2\" \"$1\"", [folder.path + "/state", Self.marker])
    #expect(kept.standardOutput.isEmpty)
  }

  @Test("an output that is no file stays what it is and takes the bytes; a link stays one, and its file is replaced")
  func outputThatIsNoFile() async throws {
    defer { folder.remove() }
    let script = """
      cd "$1" && cloister init --state state >&2 && ln -s /proc/self/fd/1 out && mkfifo pipe && : > file && ln -s file link
      cloister receipts export --state state --output out | cat && [ -L out ] &&
        { cat pipe & cloister receipts export --state state --output pipe; wait; } && [ -p pipe ] &&
        cloister receipts export --state state --output link && [ -L link ] && cat file
      """
    let run = try await CommandRun.shell(script, [folder.path])
    #expect(run.status == 0, "\(run.standardError)")
    #expect(run.standardOutput.components(separatedBy: "cloister-receipts-export").count == 4, "each was written once")
  }

  @Test("a draft from a standard input that cannot be read is a refusal with its code")
  func closedInput() async throws {
    defer { folder.remove() }
    let run = try await CommandRun.shell("cloister rewrite --tone concise --preview < \"$1\"", [folder.path])
    #expect(run.status == 64)
    #expect(run.standardError.hasPrefix("refused: file-unreadable: standard input"), "\(run.standardError)")
  }

  @Test("a file that cannot be read to its end is refused, not taken for an empty one")
  func unreadableFile() async throws {
    defer { folder.remove() }
    let run = try await CommandRun.cloister("rewrite", "--tone", "concise", "--preview", "/proc/self/mem")
    #expect(run.status == 64)
    #expect(run.standardError.hasPrefix("refused: file-unreadable"), "\(run.standardError)")
  }

  @Test("a draft of Windows loses the newline at its end, as every other")
  func windowsDraft() async throws {
    defer { folder.remove() }
    let draft = try folder.write(Array("\(Self.marker)\r\n".utf8), as: "draft.txt")
    let run = try await CommandRun.cloister("rewrite", "--tone", "concise", "--preview", draft)
    #expect(run.standardOutput == #"{"draft":"\#(Self.marker)","tone":"concise"}"# + "\n")
  }
}
