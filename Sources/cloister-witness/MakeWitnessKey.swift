import ArgumentParser
import Witness

struct MakeWitnessKey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen", abstract: "Print the witness's verifier key; the key is made where there is none.")

  @Option(help: "Folder of the key and of the last cosigned notes; made where it is missing.")
  var state: String

  @Option(help: "The witness's name, such as witness.example/1.")
  var name: String

  mutating func run() throws {
    print(try FileWitnessStore(folder: state).createOrReadKey(name: name).verifierKey.encoded)
  }
}
