import StrictJSON
import TestSupport
import Testing

/// `--help` is the manual, and shells are told what may follow.
@Suite struct HelpTests {
  private struct Command {
    let path: [String]
    let members: [String: JSONValue]

    func list(_ name: String) -> [[String: JSONValue]] {
      guard case .array(let elements)? = members[name] else { return [] }
      return elements.compactMap { if case .object(let members) = $0 { members } else { nil } }
    }
  }

  private static func text(_ value: JSONValue?) -> String? {
    if case .string(let text)? = value, !text.isEmpty { text } else { nil }
  }

  /// Every command of the executable, as its parser knows them.
  private static func commands() async throws -> [Command] {
    let run = try await CommandRun.cloister("--experimental-dump-help")
    guard case .object(let root)? = try members(run.standardOutput)["command"] else { throw NotAnObject() }
    var commands: [Command] = []
    var pending = [Command(path: [], members: root)]
    while let command = pending.popLast() {
      commands.append(command)
      pending += command.list("subcommands").compactMap { members in
        text(members["commandName"]).map { Command(path: command.path + [$0], members: members) }
      }
    }
    return commands.filter { $0.path != ["help"] }
  }

  @Test("every command, argument and option says what it is for")
  func everyHelp() async throws {
    let commands = try await Self.commands()
    #expect(commands.count > 40)
    for command in commands {
      let name = command.path.joined(separator: " ")
      #expect(Self.text(command.members["abstract"]) != nil, "\(name)")
      for argument in command.list("arguments") where argument["shouldDisplay"] != false {
        #expect(Self.text(argument["abstract"]) != nil, "\(name) \(argument["valueName"] ?? .null)")
      }
    }
  }

  @Test("every command that does something shows its help with status 0")
  func shown() async throws {
    for command in try await Self.commands() where command.list("subcommands").isEmpty {
      let run = try await CommandRun.cloister(command.path + ["--help"])
      #expect(run.status == 0 && run.standardOutput.contains("USAGE: cloister \(command.path.joined(separator: " "))"))
    }
  }

  @Test("completions are written for each shell, and the manual says how", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) async throws {
    let run = try await CommandRun.cloister("--generate-completion-script", shell)
    #expect(run.status == 0)
    for word in ["cloister", "doctor", "summarize", "receipts"] { #expect(run.standardOutput.contains(word)) }
    let help = try await CommandRun.cloister("--help")
    #expect(help.standardOutput.contains("--generate-completion-script"))
  }
}
