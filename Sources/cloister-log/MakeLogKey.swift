import ArgumentParser
import Log

struct MakeLogKey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen", abstract: "Print a log's verifier key; the key is made where there is none.",
    discussion: """
      To change a log's key: make its successor with --successor and start the log again, which then signs each tree with \
      both. Give the printed key to the witnesses, as a second --log of theirs, and name it in the next trust policy and \
      in the nodes' configuration. Once no policy that is in use names the old key, stop the log and forget the old key \
      with --retire, which is refused until the log has published a tree under both.
      """)

  @Option(help: "Folder that holds every log's folder; made where it is missing.")
  var state: String

  @Option(help: "The log's origin, the first line of its checkpoints.")
  var origin: String

  @Flag(help: "Make and print the key that is to take the log key's place.")
  var successor = false

  @Flag(help: "Put the successor in the log key's place; the log must not run.")
  var retire = false

  func validate() throws {
    guard !successor || !retire else { throw ValidationError("--successor and --retire are two steps") }
  }

  mutating func run() throws {
    if retire {
      let lock = try LogKeyFile.lock(state: state)
      print(try LogKeyFile.retire(state: state, origin: origin).verifierKey.encoded)
      withExtendedLifetime(lock) {}
    } else if successor {
      print(try LogKeyFile.createOrReadSuccessor(state: state, origin: origin).verifierKey.encoded)
    } else {
      print(try LogKeyFile.createOrRead(state: state, origin: origin).verifierKey.encoded)
    }
  }
}
