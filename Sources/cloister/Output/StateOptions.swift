import ArgumentParser
import CloisterClient

/// Where the person's state lies, for every command that uses it.
struct StateOptions: ParsableArguments {
  @Option(
    name: .customLong("state"),
    help: ArgumentHelp(
      "Folder of your client's state.", discussion: "Default: ~/.local/state/cloister", valueName: "dir"))
  var path: String?

  @Flag(help: "Print JSON.")
  var json = false

  func open() throws -> ClientState { try ClientState(path: path ?? ClientState.defaultPath) }
}
