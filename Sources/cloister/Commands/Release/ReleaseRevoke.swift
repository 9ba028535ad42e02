import ArgumentParser
import Foundation
import ReleasePublishing
import TransparencyLog
import Trust
import WireFormat

/// `cloister release revoke`: one publisher's whole revocation list.
struct ReleaseRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Write a publisher's revocation list, not signed yet.",
    discussion: """
      The list is whole: give the one before with --list, and it is carried on. Without anything it is empty, which is \
      as good an entry: each publisher enters its list daily. A release is named by its signed entry, a file, or by that \
      entry's RFC 6962 leaf hash. Each renewal is an entry of its own: name every one that is younger than 14 days, and \
      raise the policy's minimum security version against those to come.

      Exit codes: 0 written; 1 refused; 2 a file is malformed; 64 wrong usage.
      """)

  @Option(help: ArgumentHelp("The list before.", valueName: "file"))
  var list: String?

  @Option(help: ArgumentHelp("A release to revoke.", valueName: "file or hex"))
  var release: [String] = []

  @Option(help: ArgumentHelp("The hardware identifier of a chip to revoke, 1 to 64 bytes.", valueName: "hex"))
  var chip: [String] = []

  @Option(help: ArgumentHelp("When it is entered; now by default.", valueName: "instant"))
  var issued: String?

  @Option(help: ArgumentHelp("Where to write the list.", valueName: "file"))
  var output: String

  func run() async throws {
    try await CommandFailure.reporting(json: false) {
      var revocations = try before()
      let issued = try StatementFile.seconds(issued)
      guard issued > revocations.issued else {
        throw PublishingError(
          PublishingError.notNewer, "the list before is of that second or a later one: give a later --issued")
      }
      revocations.issued = issued
      for hash in try release.map(Self.leafHash) where !revocations.releaseLeafHashes.contains(hash) {
        revocations.releaseLeafHashes.append(hash)
      }
      for text in chip {
        let chip = try StatementFile.hexadecimal(text, count: 1...64, what: "chip")
        if !revocations.chipIdentifiers.contains(chip) { revocations.chipIdentifiers.append(chip) }
      }
      try StatementFile.write(revocations.statement, to: output)
      CommandOutput.note(EntryNarrative.text(.revocation(revocations)))
    }
  }

  private func before() throws -> RevocationEntry {
    guard let list else { return RevocationEntry(issued: 0) }
    return try RevocationEntry(parsingPayload: try InputFile.statement(list).payload)
  }

  private static func leafHash(_ text: String) throws -> [UInt8] {
    guard FileManager.default.fileExists(atPath: text) else {
      return try StatementFile.hexadecimal(text, count: 32...32, what: "release")
    }
    let statement = try InputFile.statement(text)
    _ = try ReleaseEntry(parsingPayload: statement.payload)
    guard !statement.signatures.isEmpty else {
      throw TrustError(TrustError.tooFewSignatures, "an entry that nobody signed is in no log")
    }
    return RFC6962.leafHash(statement.encoded).rawRepresentation
  }
}
