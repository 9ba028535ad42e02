import ArgumentParser
import ErrorCodes
import Foundation
import Inference
import StrictJSON
import Trust

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a whole deployment on this machine and summarise a chat through it.",
    discussion: """
      Starts an issuer, a log, four witnesses, three nodes on simulated chips, a gateway and a relay, each a process of \
      its own on a loopback address of its own (with --orchestrator or --embedding-engine two nodes more each); draws \
      tokens, summarises EXPORT, shows the receipt and what each party saw, and stops them all. The machines are \
      simulated: this shows how it works and protects nobody.

      EXPORT is an exported chat of any form that cloister summarize --help names; without it an invented chat from \
      examples/ is used. The summary goes to standard output, progress to standard error.

      With --keep the deployment stays until it is interrupted, also where the summary was refused. Without \
      --engine the nodes have no model: they summarise and rewrite by rules, and chats and replies are engine-cannot.

      Exit codes: 0 a summary was shown; 1 refused, with its code; 2 EXPORT is no export; 64 wrong usage.
      """)

  @Argument(help: "An exported chat.", completion: .file(extensions: ["txt", "zip", "json", "jsonl", "md"]))
  var export: String?

  @Option(
    help: """
      Where inference happens: embedded, unix:PATH of an OpenAI-compatible server, or the file of an engine that each node \
      runs in its sandbox, as scripts/llama-engine describes one.
      """)
  var engine = "embedded"

  @Option(
    help: """
      The file of an engine for embeddings, as CAPABILITY=embeddings scripts/llama-engine describes one: two nodes of \
      their own run it. Without it nothing embeds.
      """)
  var embeddingEngine: String?

  @Flag(
    help: """
      Let the three nodes be orchestrators, which have no engine: each verifies two nodes behind it as a client would and \
      passes its requests on to one of them. The receipt shows both.
      """)
  var orchestrator = false

  @Flag(
    help: """
      With --orchestrator: run the nodes behind on machines that the trust policy does not name. Nothing is sent to \
      an orchestrator that may call them.
      """)
  var foreignEngineNodes = false

  @Option(help: "Length of an epoch in seconds. A short one, with --keep, shows how keys come and go.")
  var epochSeconds: UInt64 = 3_600

  @Option(help: "Your own name in the chat.")
  var reader: String?

  @Flag(help: "Stay in the foreground afterwards, until interrupted, and say how to use the deployment.")
  var keep = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print where the time went, over several requests.")
  var timings = false

  @Option(help: "How many tokens the client draws.")
  var tokens: UInt64 = 24

  @Option(help: "How many witnesses, of four, not to start. From two on, no epoch can be published.")
  var missingWitnesses = 0

  @Option(help: "How many witnesses to kill before the request.")
  var killedWitnesses = 0

  @Option(help: "How many nodes, of three, to kill before the request.")
  var killedNodes = 0

  mutating func validate() throws {
    guard (2...TrustPolicy.Issuer.tokensPerDayLimit).contains(tokens) else {
      throw ValidationError("draw 2 to \(TrustPolicy.Issuer.tokensPerDayLimit) tokens")
    }
    guard (0...4).contains(missingWitnesses), (0...4).contains(killedWitnesses), (0...3).contains(killedNodes) else {
      throw ValidationError("there are four witnesses and three nodes")
    }
    guard (15...86_400).contains(epochSeconds) else { throw ValidationError("an epoch has 15 to 86400 seconds") }
    guard orchestrator || !foreignEngineNodes else {
      throw ValidationError("--foreign-engine-nodes needs --orchestrator")
    }
  }

  mutating func run() async throws {
    CommandOutput.note("Cloister demo: simulated machines on this computer; they protect nobody.")
    let chat: DemoChat
    do {
      chat = try chatExport()
    } catch let error as any CodedError {
      try CommandFailure.report(error, json: json)
    }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cloister-demo-" + UUID().uuidString.prefix(8))
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    var options = DemoDeployment.Options()
    options.missingWitnesses = missingWitnesses
    options.hasOrchestrators = orchestrator
    options.hasForeignEngineNodes = foreignEngineNodes
    options.epochSeconds = epochSeconds
    options.tokensPerDay = timings ? max(tokens, UInt64(DemoTimings.requestCount) + 8) : tokens
    do {
      options.engine = try Self.location(of: engine)
      options.embeddingEngine = try embeddingEngine.map(Self.embedder)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      try CommandFailure.report(error, json: json)
    }
    let deployment = DemoDeployment(folder: folder, options: options, progress: CommandOutput.note)
    let interruption = Interruption {
      // Children end by themselves once their lifeline closes with this process.
      try? FileManager.default.removeItem(at: folder)
    }
    defer { interruption.cancel() }
    do {
      try await deployment.start()
      let person = try DemoPerson(deployment: deployment, chat: chat)
      do {
        try await show(person, deployment)
      } catch let error as any CodedError where keep {
        CommandFailure.show(error, json: json, hint: deployment.hint)
        CommandOutput.note("The summary was refused; the deployment is whole.")
      }
      if keep { try await stay(deployment) }
    } catch let error as any CodedError {
      deployment.stop()
      try? FileManager.default.removeItem(at: folder)
      try CommandFailure.report(error, json: json)
    }
    deployment.stop()
    try? FileManager.default.removeItem(at: folder)
  }

  private static func location(of engine: String) throws(InferenceError) -> EngineLocation {
    guard engine.hasSuffix(".json"), let data = FileManager.default.contents(atPath: engine) else {
      return try EngineLocation(engine)
    }
    guard let value = try? JSONValue(parsing: Array(data), byteLimit: 65_536) else {
      throw InferenceError(InferenceError.engineProgramInvalid, "the engine's file is not JSON")
    }
    return try EngineLocation(value)
  }

  /// What a node does not run itself it asks for no vectors.
  private static func embedder(_ engine: String) throws(InferenceError) -> EngineLocation {
    let location = try location(of: engine)
    guard case .program(let program) = location, program.capabilities.contains(.embeddings) else {
      throw InferenceError(InferenceError.engineProgramInvalid, "the engine for embeddings is no program that embeds")
    }
    return location
  }

  // MARK: The main job

  private func show(_ person: DemoPerson, _ deployment: DemoDeployment) async throws {
    let outcome: DemoOutcome
    do {
      outcome = try await person.ask(self, deployment)
    } catch {
      await person.exchange.shutdown()
      throw error
    }
    await person.exchange.shutdown()
    CommandOutput.data(json ? outcome.json.indentedText : outcome.text)
    fflush(nil)
  }

  private func chatExport() throws -> DemoChat {
    try DemoChat(path: try export ?? DemoChat.shippedExamplePath())
  }

  private func stay(_ deployment: DemoDeployment) async throws {
    let folder = deployment.folder.path
    CommandOutput.note(
      """

      The deployment stays until you press control-C. In another terminal:
        \(deployment.hint.command("summarize EXPORT"))
        \(deployment.hint.command("receipts list"))
      The page, and an endpoint for apps:
        \(deployment.hint.command("proxy"))
      Files:
        \(folder)/policy.dsse       the trust policy, as two publishers signed it
        \(folder)/witnesses.policy  the witnesses, as the log reads them
        \(folder)/artifacts         what the nodes' release is made of
        \(folder)/observed          what each party wrote of what it saw
      """)
    while !Task.isCancelled { try await ContinuousClock().sleep(for: .seconds(3_600)) }
  }
}
