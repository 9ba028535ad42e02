import ArgumentParser
import Foundation
import StrictJSON
import TransparencyLog
import Trust
import WireFormat

/// `cloister release show`: what an entry says, who signed it, and whether the log holds it.
struct ReleaseShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show an entry of the release log in plain words.",
    discussion: """
      With --policy its signatures are verified, with --proof beside that the log's proof. Without them nobody vouches \
      for what is shown.

      Exit codes: 0 shown and, where asked for, accepted; 1 refused; 2 a file is malformed; 64 wrong usage.
      """)

  @Argument(help: "The entry.")
  var file: String

  @Option(help: ArgumentHelp("The trust policy whose publishers, log and witnesses count.", valueName: "file"))
  var policy: String?

  @Option(help: ArgumentHelp("The log's proof (C2SP tlog-proof).", valueName: "file"))
  var proof: String?

  @Flag(help: "Print JSON: leafHash, signers, verified, index, entry.")
  var json = false

  func validate() throws {
    guard proof == nil || policy != nil else { throw ValidationError("--proof needs --policy, which names the log") }
  }

  func run() async throws {
    try await CommandFailure.reporting(json: json) {
      let statement = try InputFile.statement(file)
      let payload = try ReleaseLogPayload(of: statement)
      let index = try verify(statement)
      let leafHash = RFC6962.leafHash(statement.encoded).rawRepresentation.hexadecimal
      if json {
        CommandOutput.data([
          "leafHash": .string(leafHash),
          "signers": .array(statement.signatures.map { .string($0.keyIdentifier) }),
          "verified": .boolean(policy != nil),
          "index": index.map { .integer(Int64(clamping: $0)) } ?? .null,
          "entry": try JSONValue(parsing: statement.payload),
        ])
        return
      }
      CommandOutput.data(EntryNarrative.text(payload))
      CommandOutput.data("leaf hash \(leafHash)")
      // A signature of a key that the policy does not name was not verified, and says nothing.
      let publishers = try policy.map { try InputFile.policy($0, isCustom: false).policy.publishers.keys } ?? []
      for signature in statement.signatures {
        let isVerified = publishers.contains { key in
          key.identifier == signature.keyIdentifier
            && (try? statement.verifiedPayload(type: statement.payloadType, keys: [key], threshold: 1)) != nil
        }
        CommandOutput.data(
          "signed by \(signature.keyIdentifier.printable)" + (isVerified ? ", a publisher" : ", not verified"))
      }
      if policy != nil { CommandOutput.data("signed as the policy demands") }
      if let index { CommandOutput.data("entry \(index) of the release log") }
    }
  }

  /// - Returns: the entry's index, where a proof was given.
  private func verify(_ statement: Statement) throws -> UInt64? {
    guard let policy else { return nil }
    let trusted = try InputFile.policy(policy, isCustom: false).policy
    _ = try ReleaseLogEntry(verifying: statement, publishers: trusted.publishers)
    guard let proof else { return nil }
    let tlogProof = try TLogProof(parsing: try InputFile.bytes(proof, byteLimit: TLogProof.byteLimit))
    _ = try tlogProof.verify(
      entry: statement.encoded,
      with: LogVerifier(logKey: trusted.releaseLog, witnesses: trusted.witnesses.policy))
    return tlogProof.index
  }
}
