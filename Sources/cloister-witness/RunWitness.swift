import ArgumentParser
import PartyHosting
import TransparencyLog
import Witness

struct RunWitness: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Cosign checkpoints of the named logs (C2SP tlog-witness).")

  @Option(help: "Numeric address and port to listen on; port 0 asks for a free one.")
  var listen = "127.0.0.1:8080"

  @Option(help: "Folder of the key and of the last cosigned notes.")
  var state: String

  @Option(help: "The witness's name, such as witness.example/1.")
  var name: String

  @Option(name: .customLong("log"), help: "Verifier key of a log to watch; its name is the origin. Repeat for several.")
  var logs: [String]

  @Option(help: "Record what this party sees in FILE, never content; loopback only.")
  var observe: String?

  @Flag(help: "End when standard input closes.")
  var exitWithParent = false

  @OptionGroup(title: "Serving")
  var serving: ServingOptions

  mutating func run() async throws {
    let process = try PartyProcess(
      label: "witness", listen: listen, serving: try serving.configuration(), observePath: observe,
      endsWithParent: exitWithParent)
    let store = try FileWitnessStore(folder: state)
    let lock = try FileWitnessStore.lock(folder: state)
    guard let key = try store.key(name: name) else {
      throw WitnessError(
        WitnessError.keyMissing, "the witness has no key: make it with cloister-witness keygen and its --name")
    }
    let service = WitnessService(key: key, logs: try logs.map { try NoteVerifierKey(parsing: $0) }, store: store)
    try await process.run(WitnessParty(service))
    withExtendedLifetime(lock) {}
  }
}
