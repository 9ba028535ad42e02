import ArgumentParser
import CloisterClient
import StrictJSON

struct AppCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "app",
    abstract: "The apps of this device that may ask through cloister proxy, each with a key of its own.",
    discussion: "What an app may ask for is off until you allow it, and never more than you granted yourself.",
    subcommands: [AppAdd.self, AppList.self, AppRevoke.self])
}
