import StrictJSON
import TestSupport
import Testing

/// `cloister rewrite` and `cloister reply` as a person runs them, as far as nothing is sent.
@Suite struct WritingCommandTests {
  private static let marker = "Quittenmarmelade"
  private static let chat = """
    12/03/2026, 09:15 - Ana: Shall we meet on Friday at 18:00?
    12/03/2026, 09:16 - Ben: Yes. I bring the \(marker).

    """

  @Test("a preview of a draft is what the node would read, needs no consent and no state")
  func previewDraft() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let draft = try folder.write(Array("i bring teh \(Self.marker)\n".utf8), as: "draft.txt")
    let run = try await CommandRun.cloister("rewrite", "--tone", "spelling", "--preview", draft)
    #expect(run.status == 0)
    #expect(run.standardOutput == #"{"draft":"i bring teh Quittenmarmelade","tone":"spelling"}"# + "\n")
    #expect(run.standardError.contains("Nothing was sent"))
  }

  @Test("a preview of a reply has the chosen messages, the reader and the hint")
  func previewReply() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let chat = try folder.write(Array(Self.chat.utf8), as: "chat.txt")
    let run = try await CommandRun.cloister(
      "reply", chat, "--unread", "1", "--reader", "Ana", "--hint", "thanks", "--preview", "--state",
      folder.path + "/state")
    #expect(run.status == 0, "\(run.standardError)")
    let sent = try members(run.standardOutput)
    #expect(sent["hint"] == "thanks" && sent["reader"] == "Ana")
    #expect(!run.standardError.contains("Nobody in the chat"))
    let other = try await CommandRun.cloister(
      "reply", chat, "--reader", "Nobody", "--preview", "--state", folder.path + "/state")
    #expect(other.standardError.contains("Nobody in the chat writes as Nobody"))
    #expect(sent["transcript"] == "[2026-03-12 09:16] Ben: Yes. I bring the Quittenmarmelade.\n")
  }

  @Test("a preview shows a terminal nothing that it would act on; with --json it is the body byte for byte")
  func previewOfMarks() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let marks = "a\u{9B}2Jb\u{202E}c"
    let chat = try folder.write(Array("12/03/2026, 09:15 - Ana: \(marks)\n".utf8), as: "chat.txt")
    let draft = try folder.write(Array(marks.utf8), as: "draft.txt")
    // A transcript has a blank where the export has a control character.
    let commands = [
      (["reply", chat, "--state", folder.path + "/state"], shown: "a 2Jb\\u{202e}c", exact: "a 2Jb\u{202E}c"),
      (["rewrite", "--tone", "concise", draft], shown: "a\\u{9b}2Jb\\u{202e}c", exact: marks),
    ]
    for (command, inTerminal, exactly) in commands {
      let shown = try await CommandRun.cloister(command + ["--preview"])
      #expect(shown.standardOutput.contains(inTerminal), "\(command)")
      #expect(!shown.standardOutput.unicodeScalars.contains { $0 == "\u{9B}" || $0 == "\u{202E}" }, "\(command)")
      let exact = try await CommandRun.cloister(command + ["--preview", "--json"])
      #expect(exact.standardOutput.contains(exactly), "\(command)")
    }
  }

  @Test(
    "a redacted preview of a reply has no name, in chat, reader or hint",
    arguments: [["--redact"], ["--redact-name", "Friday"]])
  func redactedReply(options: [String]) async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let chat = try folder.write(Array(Self.chat.utf8), as: "chat.txt")
    let run = try await CommandRun.cloister(
      ["reply", chat, "--reader", "Ana", "--hint", "thank Ben", "--preview", "--state", folder.path + "/state"]
        + options)
    #expect(run.status == 0, "\(run.standardError)")
    let sent = try members(run.standardOutput)
    #expect(sent["reader"] == "Name1" && sent["hint"] == "thank Name2")
    #expect(run.standardOutput.contains("Friday") == (options.count == 1))
    for name in ["Ana", "Ben"] { #expect(!run.standardOutput.contains(name)) }
  }

  @Test("refused: without consent, with the command that gives it, and no word of the draft is repeated")
  func withoutConsent() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let state = folder.path + "/state"
    let draft = try folder.write(Array(Self.marker.utf8), as: "draft.txt")
    let chat = try folder.write(Array(Self.chat.utf8), as: "chat.txt")
    for (arguments, task) in [(["rewrite", "--tone", "concise", draft], "rewrite"), (["reply", chat], "reply")] {
      let run = try await CommandRun.cloister(arguments + ["--state", state])
      #expect(run.status == 1)
      #expect(run.standardError.contains("consent-missing"))
      #expect(run.standardError.contains("cloister consent grant --task \(task) --state \(state)\n"))
      #expect(run.standardOutput.isEmpty && !run.standardError.contains(Self.marker))
    }
  }

  @Test("refused: an empty draft, although there is consent")
  func emptyDraft() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let state = folder.path + "/state"
    let granted = try await CommandRun.cloister("consent", "grant", "--task", "rewrite", "--state", state, "--json")
    #expect(granted.status == 0)
    #expect(try members(granted.standardOutput)["tasks"].map { "\($0)".contains("rewrite") } == true)
    // Standard input is closed.
    let run = try await CommandRun.cloister("rewrite", "--tone", "concise", "-", "--state", state, "--json")
    #expect(run.status == 1)
    #expect(try members(run.standardOutput)["code"] == "task-request-invalid")
  }

  @Test("wrong usage is 64: an unknown tone, none at all, a file that is not there or no text, two ranges")
  func usage() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let binary = try folder.write([0x68, 0xFF, 0x69], as: "draft.bin")
    for arguments in [
      ["rewrite", "--tone", "rude"], ["rewrite"], ["rewrite", "--tone", "concise", "/no/such/file"],
      ["rewrite", "--tone", "concise", "--preview", binary], ["reply"],
      ["reply", "chat.txt", "--unread", "1", "--since", "2026-01-01"],
    ] {
      #expect(try await CommandRun.cloister(arguments).status == 64, "\(arguments)")
    }
  }

  @Test("a folder is no draft and no chat: status 64, and it is called one")
  func folder() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    for arguments in [["rewrite", "--tone", "concise"], ["reply"], ["summarize"]] {
      let run = try await CommandRun.cloister(
        arguments + [folder.path, "--preview", "--state", folder.path + "/state"])
      #expect(run.status == 64)
      #expect(run.standardError.contains("is a folder"), "\(run.standardError)")
      #expect(!run.standardError.contains("Usage:"), "no option mends it")
    }
  }

  @Test("a reply to what is no export is 2, with the line and none of its words")
  func notAnExport() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let file = try folder.write(Array("\(Self.marker) is no chat\n".utf8), as: "chat.txt")
    let run = try await CommandRun.cloister("reply", file, "--preview", "--state", folder.path + "/state")
    #expect(run.status == 2)
    #expect(run.standardError.contains("WhatsApp (.txt or .zip)"))
    #expect(run.standardError.contains("summarize --help lists"))
    #expect(run.standardError.contains("chat-not-an-export") && !run.standardError.contains(Self.marker))
  }

  @Test("the help names every tone and the exit codes")
  func help() async throws {
    let run = try await CommandRun.cloister("rewrite", "--help")
    #expect(run.status == 0)
    for words in ["concise", "professional", "friendlier", "clearer", "spelling", "--preview", "Exit codes"] {
      #expect(run.standardOutput.contains(words), "\(words)")
    }
  }
}
