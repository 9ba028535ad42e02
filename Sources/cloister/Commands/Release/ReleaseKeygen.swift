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

  func run() async throws {
    guard !FileManager.default.fileExists(atPath: file) else {
      throw ValidationError("The file \(file) exists already.")
    }
    let key = StatementSigningKey()
    try key.withUnsafeSeed { try StatementFile.write(Array(($0.hexadecimal + "\n").utf8), to: file, mode: .owner) }
    CommandOutput.data(key.publicKey.rawRepresentation.hexadecimal)
  }
}
