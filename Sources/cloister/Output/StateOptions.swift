import ArgumentParser
import CloisterClient

/// Where the person's state lies, for every command that uses it.
struct StateOptions: ParsableArguments {
  @Option(
    name: .customLong("state"),
    help: ArgumentHelp(
      "Folder of your client's state.",
      discussion: "Default: what CLOISTER_STATE names, or else ~/.local/state/cloister", valueName: "dir"))
  var path: String?

  @Flag(help: "Print JSON.")
  var json = false

  var folder: String { path ?? ClientState.defaultPath }

  var hint: CommandHint { CommandHint(statePath: path == ClientState.defaultPath ? nil : path) }

  func open() throws -> ClientState { try ClientState(path: folder) }
}
