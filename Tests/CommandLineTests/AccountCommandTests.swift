import TestSupport
import Testing

/// `--account-command`: the program that gives an account's bearer token. Nothing here reaches a network: without a
/// policy, a draw ends right after the program gave its token.
@Suite struct AccountCommandTests {
  /// Draws with a program whose lines are a script's.
  private static func draw(_ script: String, arguments: String = "") async throws -> CommandRun {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let file = try folder.write(Array("\(script)\n".utf8), as: "account")
    return try await CommandRun.cloister(
      "tokens", "draw", "--account-command", "/bin/sh \(file)\(arguments)", "--state", folder.path + "/state")
  }

  @Test("a program's standard output is taken for the draw, and is shown nowhere")
  func taken() async throws {
    let run = try await Self.draw("echo marker-token")
    #expect(run.status == 1)
    #expect(run.standardError.contains("policy-missing"))
    #expect(!(run.standardOutput + run.standardError).contains("marker-token"))
  }

  @Test("no shell reads the command: its words are the program's arguments as they stand")
  func withoutShell() async throws {
    let run = try await Self.draw(
      #"[ "$#" = 3 ] && [ "$1" = '$(id)' ] && [ "$2" = ';' ] && echo token"#, arguments: " $(id) ; >x")
    #expect(run.standardError.contains("policy-missing"))
  }

  @Test(
    "a program that fails, says nothing, too much, or more than a token gives no bearer",
    arguments: ["echo marker-token; exit 3", "true", "echo marker-token marker-token", "exec yes marker-token"])
  func refused(script: String) async throws {
    let run = try await Self.draw(script)
    #expect(run.status == 1)
    #expect(run.standardError.contains("account-credential-unavailable"))
    #expect(!(run.standardOutput + run.standardError).contains("marker-token"))
  }

  @Test("a program that says too much is ended with what it started, and not waited for")
  func endedWithItsChildren() async throws {
    // Each of the two would go on for ever without the shell, and the second says nothing.
    let run = try await Self.draw("tail -f /dev/null & yes marker-token; true")
    #expect(run.status == 1)
    #expect(run.standardError.contains("account-credential-unavailable"))
    #expect(!(run.standardOutput + run.standardError).contains("marker-token"))
  }

  @Test("a command that names no program by its path is wrong usage", arguments: ["", "true", "/nowhere/account"])
  func noProgram(command: String) async throws {
    let run = try await CommandRun.cloister("tokens", "draw", "--account-command", command)
    #expect(run.status == 64)
  }
}
