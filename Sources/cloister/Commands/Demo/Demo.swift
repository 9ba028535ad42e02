import ArgumentParser
import ChatHistory
import CloisterClient
import Crypto
import ErrorCodes
import Foundation
import HTTPTransport
import PrivacyPass
import StrictJSON

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a whole deployment on this machine and summarise a chat through it.",
    discussion: """
      Starts an issuer, a log, four witnesses, three nodes on simulated chips, a gateway and a relay, each a process of
      its own on a loopback address of its own; draws tokens, summarises EXPORT, shows the receipt and what each party
      saw, and stops them all. The machines are simulated: this shows how it works and protects nobody.

      EXPORT is a WhatsApp export (.txt); without it an invented chat from examples/ is used. The summary goes to
      standard output, progress to standard error. Exit status: 0 a summary was shown; 1 refused, with its code; 64
      usage.
      """)

  @Argument(help: "A WhatsApp export (.txt).")
  var export: String?

  @Option(help: "Where inference happens: embedded, or unix:PATH of an OpenAI-compatible server.")
  var engine = "embedded"

  @Option(help: "Your own name in the chat.")
  var reader: String?

  @Flag(help: "Stay in the foreground afterwards, until interrupted, and say how to use the deployment.")
  var keep = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print where the time went, over several requests.")
  var timings = false

  @Option(help: "How many witnesses, of four, not to start. From two on, no epoch can be published.")
  var missingWitnesses = 0

  @Option(help: "How many witnesses to kill before the request.")
  var killedWitnesses = 0

  @Option(help: "How many nodes, of three, to kill before the request.")
  var killedNodes = 0

  mutating func validate() throws {
    guard (0...4).contains(missingWitnesses), (0...4).contains(killedWitnesses), (0...3).contains(killedNodes) else {
      throw ValidationError("there are four witnesses and three nodes")
    }
  }

  mutating func run() async throws {
    note("Cloister demo: simulated machines on this computer; they protect nobody.")
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cloister-demo-" + UUID().uuidString.prefix(8))
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    var options = DemoDeployment.Options()
    options.engine = engine
    options.missingWitnesses = missingWitnesses
    let deployment = DemoDeployment(folder: folder, options: options, progress: note)
    let interruption = Interruption {
      // Children end by themselves once their lifeline closes with this process.
      try? FileManager.default.removeItem(at: folder)
    }
    defer { interruption.cancel() }
    do {
      try await deployment.start()
      try await show(deployment)
      if keep { try await stay(deployment) }
    } catch let error as any CodedError {
      deployment.stop()
      try? FileManager.default.removeItem(at: folder)
      try CommandFailure.report(error, json: json)
    }
    deployment.stop()
    try? FileManager.default.removeItem(at: folder)
  }

  // MARK: The main job

  private func show(_ deployment: DemoDeployment) async throws {
    let chat = try chatExport()
    let state = try ClientState(path: deployment.folder.appendingPathComponent("client").path)
    let exchange = SocketHTTPExchange(localAddress: DemoDeployment.clientAddress)
    defer { Task { await exchange.shutdown() } }
    let client = CloisterClient(state: state, exchange: exchange, issuerExchange: exchange)
    try state.policies.trust(try TrustedPolicy(published: try deployment.signedPolicy()))
    try state.consent.change { $0.grant("summarize") }
    try state.keepAccountKey(deployment.accountKey)
    note("drawing tokens")
    _ = try await client.drawTokens()
    let tokensBefore = try Self.tokenDigests(in: state)
    for witness in deployment.witnesses.prefix(killedWitnesses) { witness.kill() }
    for node in deployment.nodes.prefix(killedNodes) { node.kill() }
    note("summarising")
    let answer = try await client.summarize(chat.export, reader: reader)
    let spent = tokensBefore.subtracting(try Self.tokenDigests(in: state))
    let receipt = try state.receipts.receipt(answer.receiptIdentifier)
    let table = SightTable(
      rows: sights(
        deployment,
        traces: .init(
          clientAddress: DemoDeployment.clientAddress,
          accountNames: [deployment.accountName, deployment.accountKey], tokenDigests: Array(spent),
          words: chat.randomWords(12))))
    let more = timings ? try await DemoTimings.measure(client, chat.export, first: answer.timings) : nil
    if json {
      var members: [String: JSONValue] = [
        "summary": .string(answer.summary), "engine": .string(answer.engine),
        "extractive": .boolean(answer.isExtractive), "simulated": .boolean(answer.isSimulated),
        "messageCount": .integer(Int64(answer.messageCount)), "receipt": receipt.json, "parties": table.json,
      ]
      if let more { members["timings"] = more.json }
      print(JSONValue.object(members).indentedText)
    } else {
      print(answer.summary)
      print("\nReceipt\n" + ReceiptNarrative(receipt).text)
      print("\nWhat each party saw\n" + table.text)
      if let more { print("\nWhere the time went\n" + more.text) }
    }
    fflush(nil)
  }

  private func sights(_ deployment: DemoDeployment, traces: PartySight.Traces) -> [PartySight] {
    deployment.parties.map { party in
      PartySight(
        party: party.name, record: deployment.observationFile(party.name),
        others: [
          deployment.outputFile(party.name), deployment.stateFolder(party.name),
        ] + (party.name == "issuer" ? [deployment.folder.appendingPathComponent("keys/accounts.json")] : []),
        traces: traces)
    }
  }

  /// SHA-256 of every token that the client holds.
  private static func tokenDigests(in state: ClientState) throws -> Set<[UInt8]> {
    let wallet = URL(fileURLWithPath: state.path).appendingPathComponent("wallet")
    let files = try FileManager.default.contentsOfDirectory(at: wallet, includingPropertiesForKeys: nil)
    return Set(
      try files.filter { $0.pathExtension == "token" }.map { Array(SHA256.hash(data: try Data(contentsOf: $0))) })
  }

  private func chatExport() throws -> DemoChat {
    if let export { return try DemoChat(path: export) }
    return try DemoChat(path: try DemoChat.shippedExamplePath())
  }

  private func stay(_ deployment: DemoDeployment) async throws {
    note(
      """

      The deployment stays until you press control-C. In another terminal:
        cloister summarize EXPORT --state \(deployment.folder.path)/client
        cloister receipts list --state \(deployment.folder.path)/client
      What each party writes of what it sees is in \(deployment.folder.path)/observed.
      """)
    while !Task.isCancelled { try await ContinuousClock().sleep(for: .seconds(3_600)) }
  }
}

/// A line for the person who watches, on standard error.
private func note(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
