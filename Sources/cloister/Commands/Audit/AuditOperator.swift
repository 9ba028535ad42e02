import ArgumentParser
import CloisterClient
import Foundation
import HTTPTransport
import LogMonitor
import OperatorMonitor
import PartyHosting
import TransparencyLog
import Trust

/// `cloister audit operator`: everything that an operator published, from several places, once or as a service.
struct AuditOperator: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operator",
    abstract: "Verify all that an operator published: logs, epochs, evidence, releases, promises, artifacts.",
    discussion: """
      POLICY is a trust policy of the operator, signed by its publishers; those before and after it come from the release \
      log, by the signatures of the publishers in force. The newest one is what the next audit judges by. Everything is read through every relay of the policy and at every --at PLACE, a URL or folder that holds \
      epoch/<n>, logs/epochs/… and logs/releases/… . The first place is read whole; the others must show the same.

      Verified are: each log's every entry, tile and cosignature, and that it is one history with what earlier audits, \
      the witnesses and the other places saw; each entry by its schema and signatures; each epoch's leaf; each epoch's \
      file as a client of its time had to, with the evidence of every node, every proof in it, and whether it holds back \
      a policy or revocation list; expiry; promises; and with --artifacts every file of every release that nodes may run.

      With --state, the next audit goes on where this one ended: epoch files that were good are not fetched again, but \
      for some drawn at random; those that were not are. Findings' evidence is kept there. With --serve it audits again and again, and serves \
      the report at /, as JSON at /report.json, metrics for Prometheus at /metrics, and /health, which is 503 until an \
      audit found nothing beyond warnings.

      Findings have stable codes; a refusal by one of the client's own checks keeps its code.

      Exit codes: 0 no finding beyond warnings; 1 findings, or the policy is refused; 2 a file is malformed; 64 wrong usage.
      """)

  @Option(help: ArgumentHelp("A trust policy, signed by its publishers.", valueName: "file"))
  var policy: String

  @Option(help: ArgumentHelp("Another place to look from, before the relays.", valueName: "place"))
  var at: [String] = []

  @Flag(help: "Look only from where --at says.")
  var withoutRelays = false

  @Option(help: ArgumentHelp("Where artifacts lie by their digests: a URL or folder.", valueName: "place"))
  var artifacts: String?

  @Option(
    help: ArgumentHelp(
      "The witnesses' URLs (C2SP tlog-policy), to ask each for what it cosigned last.", valueName: "file"))
  var witnesses: String?

  @Option(help: ArgumentHelp("Folder to remember in, and to keep evidence in.", valueName: "folder"))
  var state: String?

  @Option(help: ArgumentHelp("Write the report as a page of HTML.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Serve the newest report, numeric address and port.", valueName: "address"))
  var serve: String?

  @Option(help: ArgumentHelp("Time from one audit to the next with --serve.", valueName: "seconds"))
  var every = 300

  @Option(help: ArgumentHelp("How many known epoch files are verified again.", valueName: "count"))
  var recheck = OperatorAudit.Options().recheckedEpochCount

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    guard every > 0, recheck >= 0 else { throw ValidationError("--every is at least 1, --recheck at least 0") }
    guard !withoutRelays || !at.isEmpty else { throw ValidationError("--without-relays needs --at PLACE") }
  }

  func run() async throws {
    try await CommandFailure.reporting(json: json) {
      let exchange = SocketHTTPExchange(timeoutSeconds: 30)
      do {
        let auditor = try auditor(exchange)
        if let serve { try await self.serve(auditor, at: serve) } else { try await once(auditor) }
      } catch {
        await exchange.shutdown()
        throw error
      }
      await exchange.shutdown()
    }
  }

  private func auditor(_ exchange: SocketHTTPExchange) throws -> OperatorAuditor {
    let given = try InputFile.policy(policy, isCustom: false)
    let known = try witnesses.map {
      try LogPolicy(parsing: try InputFile.bytes($0, byteLimit: LogPolicy.byteLimit))
    }
    if let known, !known.witnesses.contains(where: { given.policy.witnesses.policy.witnesses.contains($0.key) }) {
      throw CommandError(
        CommandError.fileUnfit, "the file of --witnesses names none of the policy's witnesses",
        advice: "Name the witnesses of this operator's logs with their keys and URLs, as its log reads them.")
    }
    let artifacts = try artifacts.map { try PublishedPlace.files($0, exchange: exchange) }
    var options = OperatorAudit.Options()
    options.recheckedEpochCount = recheck
    return try OperatorAuditor(
      policy: given, witnesses: known, notes: WitnessNotes(exchange: exchange),
      memory: try state.map { OperatorMemory(in: try AuditFolder(path: $0), policy: given.policy) }
    ) { [at, withoutRelays, options] trusted in
      let relays = withoutRelays ? [] : trusted.policy.relays.map { "\($0.server)/to/\(trusted.policy.operatorOrigin)" }
      let places = try (at + relays).map {
        VantagePoint(name: $0, files: try PublishedPlace.files($0, exchange: exchange))
      }
      return OperatorAudit(trusted: trusted, vantagePoints: places, artifacts: artifacts, options: options)
    }
  }

  private func once(_ auditor: OperatorAuditor) async throws {
    let report = try await auditor.run()
    if json {
      CommandOutput.data(report.json)
    } else {
      if report.isSimulated { CommandOutput.note(Notices.simulated) }
      for finding in report.findings { CommandOutput.note(finding.line) }
      CommandOutput.data(report.summary)
    }
    try write(report)
    guard report.isGood else { throw ExitCode(1) }
  }

  private func write(_ report: OperatorReport) throws {
    if let html { try OutputFile.write(Array(report.page.utf8), to: html) }
  }

  private func serve(_ auditor: OperatorAuditor, at address: String) async throws {
    let process = try PartyProcess(label: "audit", listen: address, observePath: nil, endsWithParent: false)
    let desk = AuditDesk()
    let loop = AuditLoop(interval: .seconds(every)) {
      do {
        let report = try await auditor.run()
        desk.show(report)
        try write(report)
        process.logger.info(
          "audited", metadata: ["good": "\(report.isGood)", "findings": "\(report.findings.count)"])
      } catch {
        process.logger.error("the audit or its page could not be made: \(error)")
      }
    }
    try await process.run(desk, services: [loop])
  }
}

extension OperatorReport {
  /// A line for a person.
  fileprivate var summary: String {
    func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
    let isWhole = epochLog?.isComplete == true && releaseLog?.isComplete == true
    let looked = [
      count(epochFileCount, "epoch file"), "evidence of " + count(nodeCount, "node"),
      count(voidEpochs.count + epochsWithoutLeaf.count, "missed epoch"), count(releases.count, "release"),
      count(promises.count, "promise"),
    ]
    return "\(isGood ? "accepted" : "refused"): \(operatorOrigin), "
      + (isWhole ? looked.joined(separator: ", ") : "not everything could be looked at") + ", "
      + count(findings.count, "finding")
  }
}
