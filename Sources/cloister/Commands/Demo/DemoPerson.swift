import CloisterClient
import Foundation
import HTTPTransport
import StrictJSON
import Trust

/// The person of the demo: opts in, draws tokens, asks.
struct DemoPerson {
  let exchange: SocketHTTPExchange
  private let chat: DemoChat
  private let state: ClientState
  private let client: CloisterClient

  init(deployment: DemoDeployment, chat: DemoChat) throws {
    self.chat = chat
    state = try ClientState(path: deployment.folder.appendingPathComponent("client").path)
    exchange = SocketHTTPExchange(localAddress: DemoDeployment.clientAddress)
    client = CloisterClient(state: state, exchange: exchange, issuerExchange: exchange)
    try state.policies.trust(try TrustedPolicy(published: try deployment.signedPolicy()))
    try state.consent.change { $0.grant("summarize") }
    try state.keepAccountKey(deployment.accountKey)
  }

  func ask(_ demo: Demo, _ deployment: DemoDeployment) async throws -> DemoOutcome {
    CommandOutput.note("drawing tokens")
    _ = try await client.drawTokens()
    let tokensBefore = try state.wallet.tokenDigests()
    for witness in deployment.witnesses.prefix(demo.killedWitnesses) { witness.kill() }
    for node in deployment.nodes.prefix(demo.killedNodes) { node.kill() }
    CommandOutput.note("summarising")
    let (client, export, reader) = (client, chat.export, demo.reader)
    let answer = try await withProgress("waiting for the nodes' engine") {
      try await client.summarize(export, reader: reader)
    }
    let transcript = try client.preview(summarizing: export, reader: reader).transcript
    let traces = PartySight.Traces(
      clientAddress: DemoDeployment.clientAddress, accountNames: [deployment.accountName, deployment.accountKey],
      tokenDigests: Array(tokensBefore.subtracting(try state.wallet.tokenDigests())),
      words: DemoChat.randomWords(12, of: transcript))
    return DemoOutcome(
      answer: answer, receipt: try state.receipts.receipt(answer.receiptIdentifier),
      table: SightTable(rows: Self.sights(deployment, traces)),
      timings: demo.timings ? try await DemoTimings.measure(client, chat.export, first: answer.timings) : nil)
  }

  private static func sights(_ deployment: DemoDeployment, _ traces: PartySight.Traces) -> [PartySight] {
    deployment.parties.map { party in
      PartySight(
        party: party.name, record: deployment.observationFile(party.name),
        others: [deployment.outputFile(party.name), deployment.stateFolder(party.name)], traces: traces)
    }
  }
}

/// What the demo shows.
struct DemoOutcome {
  let answer: SummaryAnswer
  let receipt: Receipt
  let table: SightTable
  let timings: DemoTimings?

  var text: String {
    var parts = [answer.summary, "Receipt\n" + ReceiptNarrative(receipt).text, "What each party saw\n" + table.text]
    if let timings { parts.append("Where the time went\n" + timings.text) }
    return parts.joined(separator: "\n\n")
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "summary": .string(answer.summary), "engine": .string(answer.engine),
      "extractive": .boolean(answer.isExtractive), "simulated": .boolean(answer.isSimulated),
      "messageCount": .integer(Int64(answer.messageCount)), "receipt": receipt.json, "parties": table.json,
    ]
    if let timings { members["timings"] = timings.json }
    return .object(members)
  }
}
