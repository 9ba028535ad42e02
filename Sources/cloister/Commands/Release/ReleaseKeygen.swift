import ArgumentParser
import Foundation
import Trust
import WireFormat

/// `cloister release keygen`: a publisher's or operator's key.
struct ReleaseKeygen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make a publisher's key, and print its public half.",
    discussion: """
      FILE gets the Ed25519 seed, 64 hexadecimal digits, readable by its owner alone; a file that is there is never \
      replaced. What is printed is what a policy's `publishers.keys` lists. Keep the file off every machine of the \
      operator.
      """)

  @Argument(help: "The file of the key.")
  var file: String

  func run() async throws { try await CommandFailure.reporting(json: false) { try make() } }

  private func make() throws {
    let key = StatementSigningKey()
    // Never over a file that is there, nor through a link.
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw CommandError(
        CommandError.fileUnwritable, "the file \(file) exists already, or cannot be made",
        advice: "Name one that is not there, in a folder of yours: a key is never replaced.")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try key.withUnsafeSeed { try handle.write(contentsOf: Data(($0.hexadecimal + "\n").utf8)) }
    try handle.synchronize()
    CommandOutput.data(key.publicKey.rawRepresentation.hexadecimal)
    CommandOutput.note("its signatures name it \(key.publicKey.identifier)")
  }
}
