import ArgumentParser
import PartyHosting
import Relay

@main
struct CloisterRelay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister-relay",
    abstract: "Carries encapsulated requests and public files between clients and operators.",
    discussion: """
      A relay sees who asks and when, and nothing of what: run one for operators who are not you. It forwards
      /to/ORIGIN/.well-known/ohttp-gateway and /to/ORIGIN/epoch/N to the gateway of the operator ORIGIN, and
      /to/ORIGIN/logs/... to its log. Nothing of a client's request but its media type and body is passed on; both
      bodies pass as they come. GET /health answers {"status":"ok"}.

      Where an operator has several gateways, each request goes to one of them at random. One that could not be
      connected is passed over for ten seconds.

      A URL is http://HOST:PORT for HTTP/1.1 in clear, h2c://HOST:PORT for HTTP/2 in clear, or https://HOST:PORT for TLS
      1.3, where the server chooses HTTP/2 or HTTP/1.1.

      Unless told otherwise a relay grants one address 128 connections and 128 requests a second, but on loopback.

      Once the relay accepts connections, it prints one line, `listening HOST:PORT`. It ends at SIGTERM or SIGINT, after
      the exchanges under way. docs/operations/relay.md tells how to run one for others.
      """)

  @Option(help: "Numeric address and port to listen on; port 0 asks for a free one.")
  var listen = "127.0.0.1:8080"

  @Option(
    name: .customLong("gateway"),
    help: .init(
      "An operator's gateway. Repeat for several operators, and for several gateways that share an operator's work.",
      valueName: "ORIGIN=URL"))
  var gateways: [OperatorURL]

  @Option(name: .customLong("log"), help: .init("An operator's log.", valueName: "ORIGIN=URL"))
  var logs: [OperatorURL] = []

  @OptionGroup(title: "Connections to operators")
  var upstream: UpstreamOptions

  @OptionGroup(title: "Serving clients")
  var serving: ServingOptions

  @Option(help: "Record what this party sees in FILE, never content; loopback only.")
  var observe: String?

  @Flag(help: "End when standard input closes.")
  var exitWithParent = false

  mutating func validate() throws {
    guard Set(gateways).count == gateways.count else { throw ValidationError("an operator has one gateway twice") }
    guard Set(logs.map(\.origin)).count == logs.count else { throw ValidationError("an operator has two logs") }
    for log in logs where !gateways.contains(where: { $0.origin == log.origin }) {
      throw ValidationError("the operator '\(log.origin)' has a log and no gateway")
    }
  }

  mutating func run() async throws {
    var operators: [String: RelayConfiguration.Operator] = [:]
    for entry in gateways { operators[entry.origin, default: .init(gateways: [])].gateways.append(entry.url) }
    for entry in logs { operators[entry.origin]?.log = entry.url }
    let configuration = RelayConfiguration(operators: operators, limits: upstream.limits)
    let connector = try UpstreamConnector(localAddress: upstream.localAddress, trustRoots: upstream.trustRoots)
    var serving = try serving.configuration()
    serving.limits = serving.limits.ofRelay(listeningOn: try ListenAddress(parsing: listen))
    let process = try PartyProcess(
      label: "relay", listen: listen, serving: serving, observePath: observe, endsWithParent: exitWithParent)
    try await process.run { onListening in
      RelayServer(
        configuration, connector: connector, listen: process.listen, serving: process.serving, record: process.record,
        onListening: onListening)
    }
  }
}
