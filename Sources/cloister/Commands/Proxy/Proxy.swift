import ArgumentParser
import CloisterClient
import HTTPTransport
import LocalEndpoint
import Logging
import PartyHosting
import ServiceLifecycle
import StrictJSON
import Trust

struct Proxy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Offer the private path to this device's apps, as an OpenAI-compatible server on loopback.",
    discussion: """
      Any OpenAI client works with two settings: base URL http://127.0.0.1:PORT/v1, and as API key what cloister app \
      add printed. Offered: /v1/chat/completions and /v1/responses, as a stream or whole, /v1/embeddings where the \
      operator has nodes that embed, and /v1/models with /v1/models/ID. Each answer names its receipt in the field \
      x-cloister-receipt.

      Of an app's request the messages or texts, limits, sampling and stop sequences leave the device, encrypted to a \
      verified machine; no header, no model name, and nothing by which a server knows users. What is not offered is \
      refused in OpenAI's form, with the code of the refusal.

      An app may only do what it was allowed (cloister app add --allow, cloister consent grant --app) and what you \
      granted yourself (cloister consent grant). Each request costs a token; on a day that begins while you have \
      granted any task, tokens are drawn at a random minute while this runs, as cloister tokens timer does. The next \
      request's token is out of the wallet already; it goes back when this ends.

      Requests are refused unless they name exactly this address and port, come from no other web origin, and have a \
      key. The first line printed is the address of the local page, with this run's secret behind the #: keep it to \
      yourself.

      Runs until it is interrupted.
      """)

  @OptionGroup var state: StateOptions

  @Option(help: "Port on 127.0.0.1; 0 takes a free one.")
  var port = 8642

  @Option(
    help: ArgumentHelp(
      "How answers look on the wire: frames (30 seconds) or strict (2 minutes).", valueName: "class"),
    transform: { text in
      guard let answerClass = AnswerClass(rawValue: text), answerClass.isStream else {
        throw ValidationError("--answer takes frames or strict.")
      }
      return answerClass
    })
  var answer = AnswerClass.frames

  @Flag(help: "Draw no tokens; cloister tokens timer does, or you do by hand.")
  var noDraw = false

  @OptionGroup var account: AccountOptions

  @Option(help: ArgumentHelp("Local address that connections to relays start from.", valueName: "address"))
  var clientAddress: String?

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes a number from 0 to 65535.") }
  }

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let clientState = try state.open()
      let exchange = SocketHTTPExchange(localAddress: clientAddress)
      let issuerExchange = SocketHTTPExchange(localAddress: clientAddress)
      let client = CloisterClient(
        state: clientState, exchange: exchange, issuerExchange: issuerExchange, account: account.accountCommand,
        preparesNext: true)
      do {
        try await serve(clientState, client)
      } catch {
        try? await client.putTokenBack()
        await exchange.shutdown()
        await issuerExchange.shutdown()
        throw error
      }
      try? await client.putTokenBack()
      await exchange.shutdown()
      await issuerExchange.shutdown()
    }
  }

  private func serve(_ clientState: ClientState, _ client: CloisterClient) async throws {
    let address = EndpointAddress()
    let page = PageSession()
    let endpoint = LocalEndpoint(
      address: address,
      sections: [
        PageSection(session: page, client: client, state: clientState),
        OpenAISection(client: client, state: clientState, answerClass: answer),
      ])
    // Nothing is logged: a line for each request would say when this person asked.
    let logger = Logger(label: "proxy") { _ in SwiftLogNoOpLogHandler() }
    let (json, hint) = (state.json, state.hint)
    let server = PartyServer(
      endpoint, listen: ListenAddress(host: "127.0.0.1", port: port), record: nil, logger: logger,
      onListening: { listening in
        address.bind(host: listening.host, port: listening.port)
        Self.announce("http://\(listening.host):\(listening.port)", page, json: json, hint: hint)
      })
    var services: [any Service] = [server]
    if !noDraw { services.append(DrawService(client: client)) }
    let group = ServiceGroup(
      configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    do {
      try await group.run()
    } catch  where address.authority == nil {
      throw EndpointError(
        EndpointError.portTaken, "port \(port) cannot be listened on; another proxy may run: choose one with --port")
    }
  }

  private static func announce(_ server: String, _ page: PageSession, json: Bool, hint: CommandHint) {
    let (page, base) = ("\(server)/#\(page.secret)", "\(server)/v1")
    if json {
      CommandOutput.line(["page": .string(page), "baseURL": .string(base)])
    } else {
      CommandOutput.data(page)
      CommandOutput.note(
        "OpenAI-compatible base URL: \(base)\nKeys: \(hint.command("app add NAME --allow chat")). Control-C ends.")
    }
  }
}
