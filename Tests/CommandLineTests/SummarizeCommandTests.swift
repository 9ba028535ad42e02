import Foundation
import StrictJSON
import TestSupport
import Testing

/// What of `cloister summarize` sends nothing, as a person runs it.
@Suite struct SummarizeCommandTests {
  static let chat = """
    12/03/2026, 09:15 - Ana: Call me on +34 612 345 678, Ben!
    12/03/2026, 09:16 - Ben: Yes \u{1B}[31m

    """
  static let account = #"""
    {"chats": {"list": [
     {"name": "Garden\u001b", "id": 1, "messages": [{"date": "2026-03-12T09:15:00", "from": "Ana", "text": "one"}]},
     {"name": "Work", "id": 2, "messages": [{"date": "2026-03-12T09:15:00", "from": "Ben", "text": "two"}]}]}}
    """#

  private func run(_ text: String, as name: String = "chat.txt", _ arguments: String...) async throws -> CommandRun {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let file = try folder.write(Array(text.utf8), as: name)
    return try await CommandRun.cloister(["summarize", file, "--state", folder.path + "/state"] + arguments)
  }

  @Test("a preview shows the chat as it would travel, with nothing that a terminal acts on")
  func preview() async throws {
    let run = try await run(Self.chat, "--preview")
    #expect(run.status == 0, "\(run.standardError)")
    #expect(run.standardOutput.contains("[2026-03-12 09:15] Ana: Call me on +34 612 345 678, Ben!\n"))
    #expect(!run.standardOutput.contains("\u{1B}"))
    #expect(run.standardError.contains("Nothing was sent."))
    #expect(run.standardError.contains("2 messages of Ana, Ben, on 1 day,"))
  }

  @Test("with --json a preview is the body of the request")
  func previewJSON() async throws {
    let output = try members(try await run(Self.chat, "--preview", "--json", "--reader", "Ben").standardOutput)
    guard case .string(let content)? = output["content"] else { throw NotAnObject() }
    let body = try members(content)
    #expect(body["transcript"] == output["transcript"] && body["reader"] == "Ben")
    #expect(output["sent"] == .boolean(false) && output["replaced"] == .null && output["sizeClass"] == 8192)
  }

  @Test("a redacted preview holds no name and no number, and says how many it replaced")
  func redacted() async throws {
    let run = try await run(Self.chat, "--preview", "--redact-name", "call")
    #expect(run.standardOutput.contains("[2026-03-12 09:15] Name1: "))
    for word in ["Ana", "Ben", "612", "Call"] { #expect(!run.standardOutput.contains(word)) }
    #expect(run.standardError.contains("name 3, phone 1"))
    #expect(run.standardError.contains("--redact-name"))
  }

  @Test("the chats of a file are listed, one is chosen, and none is guessed")
  func chats() async throws {
    let list = try await run(Self.account, as: "result.json", "--list-chats")
    #expect(list.status == 0 && list.standardOutput.contains("Work  [2]  1 messages\n"))
    #expect(!list.standardOutput.contains("\u{1B}"))
    let chosen = try await run(Self.account, as: "result.json", "--chat", "Work", "--preview")
    #expect(chosen.standardOutput == "[2026-03-12 09:15] Ben: two\n")
    let none = try await run(Self.account, as: "result.json", "--preview")
    #expect(none.status == 1 && none.standardError.contains("chat-not-chosen"))
    #expect(none.standardError.contains("--list-chats") && !none.standardError.contains("Work"))
  }

  @Test("an archive is opened for its chat alone, and one without is malformed")
  func archive() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    // "13.06.18, 21:25 - a: m\n", stored as `_chat.txt`.
    let text = Array("13.06.18, 21:25 - a: m\n".utf8)
    let fields: [UInt8] =
      [20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xA1, 0x7F, 0x60, 0xD5, 23, 0, 0, 0, 23, 0, 0, 0, 9, 0, 0, 0]
    let local: [UInt8] = [0x50, 0x4B, 3, 4] + fields + Array("_chat.txt".utf8) + text
    let central: [UInt8] =
      [0x50, 0x4B, 1, 2, 20, 0] + fields + [UInt8](repeating: 0, count: 14) + Array("_chat.txt".utf8)
    let end: [UInt8] =
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, UInt8(central.count), 0, 0, 0, UInt8(local.count), 0, 0, 0, 0, 0]
    let file = try folder.write(local + central + end, as: "chat.zip")
    let state = folder.path + "/state"
    let run = try await CommandRun.cloister("summarize", file, "--preview", "--state", state)
    #expect(run.standardOutput == "[2018-06-13 21:25] a: m\n", "\(run.standardError)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["chat.zip", "state"], "nothing was unpacked into a file")
    let broken = try folder.write(Array((local + central + end).dropLast()), as: "broken.zip")
    let refused = try await CommandRun.cloister("summarize", broken, "--preview", "--json", "--state", state)
    #expect(refused.status == 2)
    #expect(try members(refused.standardOutput)["code"] == "archive-malformed")
  }

  @Test("the help is the manual of formats, preview and redaction")
  func help() async throws {
    let help = try await CommandRun.cloister("summarize", "--help").standardOutput
    for words in [
      "result.json", "main.jsonl", ".zip", "--preview", "--redact-name", "--list-chats", "docs/redaction.md",
    ] {
      #expect(help.contains(words), "\(words)")
    }
  }
}
