import TestSupport
import Testing

/// `cloister consent grant --exclude-chat` and `--include-chat`.
@Suite struct ExclusionCommandTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func grant(_ option: String, _ title: String, task: String? = nil) async throws -> CommandRun {
    try await change("grant", option, title, task: task)
  }

  private func change(_ verb: String, _ option: String, _ title: String, task: String?) async throws -> CommandRun {
    let lines = ["Ana", "Ben", "Cem"].map { "13/6/18, 9:25 - \($0): hello\n" }.joined()
    let file = try folder.write(Array(lines.utf8), as: "WhatsApp Chat with \(title).txt")
    return try await CommandRun.cloister(
      ["consent", verb, option, file, "--state", folder.path + "/state"] + (task.map { ["--task", $0] } ?? []))
  }

  @Test("refused: a task for whoever excludes a chat or includes it again, and names no task")
  func noTask() async throws {
    defer { folder.remove() }
    for option in ["--exclude-chat", "--include-chat"] {
      let run = try await grant(option, "Family")
      #expect(run.status == 0)
      #expect(!run.standardOutput.contains("granted"), "\(run.standardOutput)")
    }
  }

  @Test("refused: an app beside a chat and no task, which would grant the app nothing")
  func appWithoutTask() async throws {
    defer { folder.remove() }
    let file = try folder.write(Array("13/6/18, 9:25 - Ana: hello\n".utf8), as: "WhatsApp Chat with Family.txt")
    let run = try await CommandRun.cloister(
      "consent", "grant", "--app", "editor", "--exclude-chat", file, "--state", folder.path + "/state")
    #expect(run.status == 64 && run.standardError.contains("--app needs --task"), "\(run.standardError)")
  }

  @Test("a task that is named beside a chat is granted, and revoked")
  func task() async throws {
    defer { folder.remove() }
    #expect(try await grant("--exclude-chat", "Family", task: "reply").standardOutput.contains("reply: granted"))
    let revoked = try await change("revoke", "--exclude-chat", "Friends", task: "reply")
    #expect(revoked.standardOutput.contains("reply: off") && revoked.standardOutput.contains("excluded: Friends"))
  }

  @Test("an exclusion is not taken back by a chat of another title with the same people, and that is said")
  func otherTitle() async throws {
    defer { folder.remove() }
    #expect(try await grant("--exclude-chat", "Family").status == 0)
    let other = try await grant("--include-chat", "Our family")
    #expect(other.status == 0)
    #expect(other.standardError.contains("Still excluded"))
    #expect(other.standardOutput.contains("Family"))
    let same = try await grant("--include-chat", "Family")
    #expect(same.status == 0)
    #expect(!same.standardError.contains("Still excluded"))
    #expect(!same.standardOutput.contains("Family"))
  }
}
