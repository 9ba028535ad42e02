import ArgumentParser
import Log

struct MakeLogKey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen", abstract: "Print a log's verifier key; the key is made where there is none.")

  @Option(help: "Folder that holds every log's folder; made where it is missing.")
  var state: String

  @Option(help: "The log's origin, the first line of its checkpoints.")
  var origin: String

  mutating func run() throws {
    print(try LogKeyFile.createOrRead(state: state, origin: origin).verifierKey.encoded)
  }
}
