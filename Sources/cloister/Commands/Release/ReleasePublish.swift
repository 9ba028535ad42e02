import ArgumentParser
import Foundation
import HTTPMessages
import HTTPTransport
import ReleasePublishing
import TransparencyLog
import Trust

/// `cloister release publish`: into the log, with the proof that it is there.
struct ReleasePublish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Enter a signed entry into the release log, and keep the proof.",
    discussion: """
      The entry must be signed as POLICY demands: by the threshold of different publishers, a revocation list by one. \
      The log's proof (C2SP tlog-proof) is verified with POLICY's log key and witnesses, and written beside FILE.

      With --folder, the entry is first put where the gateway looks before each epoch: release-NAME-ROLE.dsse, \
      revocation-PUBLISHER.dsse or policy.dsse, in place of an older one. A promise needs no place there.

      Exit codes: 0 entered; 1 refused, by the policy or by the log; 2 FILE is malformed; 64 wrong usage, or a file \
      cannot be written.
      """)

  @OptionGroup var publication: StatementPublication

  @Option(help: ArgumentHelp("The trust policy whose publishers, log and witnesses count.", valueName: "file"))
  var policy: String

  func run() async throws {
    try await publication.run { _ in try InputFile.policy(policy, isCustom: false).policy }
  }
}

/// The part that publishing has in common for all entries of the release log.
struct StatementPublication: ParsableArguments {
  @Argument(help: "The entry.")
  var file: String

  @Option(help: ArgumentHelp("URL of the release log's prefix.", valueName: "url"))
  var log: String

  @Option(help: ArgumentHelp("The key that the log knows its submitter by.", valueName: "file"))
  var submissionKey: String

  @Option(help: ArgumentHelp("Where to write the proof; FILE.proof by default.", valueName: "file"))
  var proof: String?

  @Option(help: ArgumentHelp("The gateway's folder of publications.", valueName: "folder"))
  var folder: String?

  /// - Parameter policy: under which the statement is judged.
  func run(policy: (Statement) throws -> TrustPolicy) async throws {
    try await CommandFailure.reporting(json: false) {
      let statement = try InputFile.statement(file)
      let policy = try policy(statement)
      let entry = try ReleaseLogEntry(verifying: statement, publishers: policy.publishers)
      guard let address = WebAddress(log) else {
        throw CommandError(
          CommandError.argumentInvalid, "--log is \(log), expected a URL of http or https",
          advice: "Give the prefix that the log is served under, such as https://log.example/logs/releases.")
      }
      let submission = LogSubmission(
        address: address,
        key: String(decoding: try InputFile.trimmedBytes(submissionKey, byteLimit: 1_024), as: UTF8.self),
        verifier: LogVerifier(logKey: policy.releaseLog, witnesses: policy.witnesses.policy))
      // Before the log has it: a bundle under a head that covers the entry must carry it.
      if let folder, let name = PublicationFile.name(of: entry) {
        try Self.replace(folder + "/" + name, with: statement, entry)
      }
      let encoded: [UInt8]
      do {
        encoded = try await submission.add(statement.encoded)
      } catch {
        if folder != nil { CommandOutput.note("the entry stays in the folder, from which the gateway enters it too") }
        throw error
      }
      try OutputFile.write(encoded, to: proof ?? file + ".proof")
      CommandOutput.data(try TLogProof(parsing: encoded).index.description)
    }
  }
}

extension StatementPublication {
  /// Puts an entry in the place of an older one.
  private static func replace(_ path: String, with statement: Statement, _ entry: ReleaseLogEntry) throws {
    if FileManager.default.fileExists(atPath: path) {
      let before = try InputFile.statement(path)
      let old = try ReleaseLogPayload(of: before)
      guard before.payload == statement.payload || order(old) < order(entry.payload) else {
        throw PublishingError(
          PublishingError.notNewer, "the folder holds that entry of the same time or version, or a later one")
      }
    }
    try OutputFile.write(statement.encoded, to: path)
  }

  /// What grows from an entry to the one that takes its place.
  private static func order(_ payload: ReleaseLogPayload) -> UInt64 {
    switch payload {
    case .release(let release): release.issued
    case .revocation(let list): list.issued
    case .promise(let promise): promise.issued
    case .policy(let policy): policy.version
    }
  }
}

/// Enters statements into a log as its submitter.
private struct LogSubmission {
  let address: WebAddress
  let key: String
  let verifier: LogVerifier

  private static let proofByteLimit = 1 << 20

  /// - Returns: the proof, verified.
  func add(_ entry: [UInt8]) async throws -> [UInt8] {
    let exchange = SocketHTTPExchange(timeoutSeconds: 60)
    let request = WholeRequest(
      method: "POST", path: address.path + "/add", fields: [HTTPField("authorization", "Bearer \(key)")], body: entry)
    let answer: WholeResponse
    do {
      answer = try await withProgress("asking log and witnesses") {
        try await exchange.send(request, to: address.server, bodyLimit: Self.proofByteLimit)
      }
    } catch {
      await exchange.shutdown()
      throw error
    }
    await exchange.shutdown()
    guard answer.status == 200 else { throw SubmissionRefused(answer) }
    _ = try TLogProof(parsing: answer.body).verify(entry: entry, with: verifier)
    return answer.body
  }
}
