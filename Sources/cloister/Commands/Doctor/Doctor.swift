import ArgumentParser
import CloisterClient
import Foundation
import HTTPTransport
import StrictJSON

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what keeps you from asking, and how to mend it.",
    discussion: """
      Looks at the state folder and its rights, the disk, the trust policy, kept proofs, the clock, relay and epoch, nodes \
      and what they can be asked for, consent, account key, tokens, issuer and receipts. Nothing of yours is sent: the one \
      thing that leaves is the fetch of the epoch under way, the same as everybody's; --offline leaves that out as well. No \
      token is drawn or spent.

      Exit codes: 0 nothing stands in the way, though there may be warnings; 1 something does; 64 wrong usage.
      """)

  @OptionGroup var state: StateOptions

  @Flag(help: "Send nothing at all.")
  var offline = false

  @Option(help: ArgumentHelp("Local address that connections start from.", valueName: "address"))
  var clientAddress: String?

  func run() async throws {
    // A person waits for it, and what it fetches is small.
    let exchange = offline ? nil : SocketHTTPExchange(localAddress: clientAddress, timeoutSeconds: 10)
    let doctor = ClientDoctor(path: state.folder, exchange: exchange)
    let diagnosis = try await withProgress("asking a relay for the epoch under way") { await doctor.examine() }
    await exchange?.shutdown()
    show(diagnosis)
    if !diagnosis.isHealthy { throw ExitCode(1) }
  }

  private func show(_ diagnosis: Diagnosis) {
    if state.json {
      CommandOutput.data([
        "healthy": .boolean(diagnosis.isHealthy), "checks": .array(diagnosis.checks.map { $0.json(state.hint) }),
      ])
      return
    }
    let width = Diagnosis.CheckName.allCases.map(\.rawValue.count).max() ?? 0
    for check in diagnosis.checks {
      let name = check.name.rawValue.padding(toLength: width, withPad: " ", startingAt: 0)
      CommandOutput.data("\(check.verdict.mark)  \(name)  \(check.sentence.printable)")
      if let remedy = check.remedy { CommandOutput.data("          → \(state.hint.spelled(remedy.printable))") }
    }
    CommandOutput.note(diagnosis.isHealthy ? "Nothing stands in the way of a request." : "Not ready to ask yet.")
  }
}

extension Diagnosis.Verdict {
  fileprivate var mark: String {
    switch self {
    case .good: "ok     "
    case .warning: "warning"
    case .bad: "BAD    "
    case .notChecked: "-      "
    }
  }
}

extension Diagnosis.Check {
  fileprivate func json(_ hint: CommandHint) -> JSONValue {
    [
      "check": .string(name.rawValue), "verdict": .string(verdict.rawValue), "sentence": .string(sentence),
      "remedy": remedy.map { .string(hint.spelled($0)) } ?? .null, "code": code.map { .string($0.rawValue) } ?? .null,
    ]
  }
}
