import ArgumentParser
import Foundation
import HTTPTransport
import LogMonitor
import StrictJSON
import TransparencyLog

/// `cloister audit log`: every entry, tile and cosignature of one log, against what was seen before and what its
/// witnesses saw.
struct AuditLog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Verify a whole log: every entry, tile and cosignature, and that it never showed another history.",
    discussion: """
      SOURCE is the log's prefix on a web server, such as https://log.example/logs/epochs, or a folder with a copy of \
      its files, in the layout of C2SP tlog-tiles; any log of that kind can be audited, \
      where its server does not compress what it sends.

      POLICY is a file of C2SP tlog-policy: one `log` line, and the witnesses as one flat group. Each witness with a URL \
      is asked for the note that it cosigned last; where that is not one history with the log's files, the log lied to \
      one of you.

      With --state, the newest verified note is kept, and the next audit must find a tree that extends it. So are notes \
      that witnesses cosigned ahead of the log, until it shows their trees, and the notes of every failure. Two notes of \
      one size with two roots, signed by the log, convince anyone; for notes of two sizes keep the log's files too.

      Findings are printed with stable codes; a warning alone is no failure.

      Exit codes: 0 no finding beyond warnings; 1 findings, or the source cannot be read; 2 the policy is malformed; \
      64 wrong usage.
      """)

  @Argument(help: "URL of the log's prefix, or a folder.")
  var source: String

  @Option(help: ArgumentHelp("The log's key and its witnesses (C2SP tlog-policy).", valueName: "file"))
  var policy: String

  @Option(help: "How many witnesses may collude with the log; 2k-n must exceed it.")
  var declaredFaults = 1

  @Option(help: ArgumentHelp("How old the newest quorum of cosignatures may be.", valueName: "seconds"))
  var maxAge: Int = 4_500

  @Option(
    help: ArgumentHelp("Folder to remember the newest note in, and notes that prove a fork.", valueName: "folder"))
  var state: String?

  @Flag(help: "Print JSON: verdict, origin, treeSize, rootHash, quorumTime, complete, findings.")
  var json = false

  func run() async throws {
    try await CommandFailure.reporting(json: json) {
      let policy = try LogPolicy(parsing: try InputFile.bytes(policy, byteLimit: LogPolicy.byteLimit))
      guard policy.logs.count == 1 else {
        throw CommandError(
          CommandError.fileUnfit, "the policy names \(policy.logs.count) logs, expected 1",
          advice: "Write a policy for each log, with one line `log`, and audit each by itself.")
      }
      let log = policy.logs[0].key
      let verifier = LogVerifier(logKey: log, witnesses: try policy.witnessPolicy(declaredFaults: declaredFaults))
      let memory = try state.map { AuditMemory(in: try AuditFolder(path: $0), origin: log.name) }
      let exchange = SocketHTTPExchange(timeoutSeconds: 30)
      let outcome: Result<LogAudit.Report, any Error>
      do {
        outcome = .success(try await report(policy, verifier, memory, exchange))
      } catch {
        outcome = .failure(error)
      }
      await exchange.shutdown()
      let report = try outcome.get()
      try memory?.keep(report, logKey: log)
      try show(report, origin: log.name)
    }
  }

  private func report(
    _ policy: LogPolicy, _ verifier: LogVerifier, _ memory: AuditMemory?, _ exchange: SocketHTTPExchange
  ) async throws -> LogAudit.Report {
    let files = try PublishedPlace.files(source, exchange: exchange)
    let sightings =
      (try memory?.sightings() ?? [])
      + (await WitnessNotes(exchange: exchange).sightings(
        of: verifier.origin, at: try policy.quorumWitnesses().witnesses))
    let progress = AuditProgress()
    return await LogAudit(verifier: verifier, files: files, largestQuorumAge: TimeInterval(maxAge))
      .run(sightings: sightings, now: Date()) { progress.show("\($0) of \($1) entries") }
  }

  private func show(_ report: LogAudit.Report, origin: String) throws {
    let isGood = report.isGood
    if json {
      let checkpoint = report.checkpoint
      CommandOutput.data([
        "verdict": .string(isGood ? "accepted" : "refused"), "origin": .string(origin),
        "treeSize": checkpoint.map { .integer(Int64(clamping: $0.checkpoint.treeSize)) } ?? .null,
        "rootHash": checkpoint.map { .string($0.checkpoint.rootHash.base64) } ?? .null,
        "quorumTime": checkpoint.map { .integer(Int64(exactly: $0.quorumTime.timeIntervalSince1970) ?? .max) } ?? .null,
        "complete": .boolean(report.isComplete),
        "findings": .array(report.findings.map(\.json)),
      ])
    } else {
      for finding in report.findings { CommandOutput.note(finding.line) }
      if let checkpoint = report.checkpoint?.checkpoint {
        CommandOutput.data(
          "\(isGood ? "accepted" : "refused"): \(checkpoint.treeSize) entries, root \(checkpoint.rootHash.base64)")
      }
    }
    guard isGood else { throw ExitCode(1) }
  }
}
