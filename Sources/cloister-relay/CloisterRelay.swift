import ArgumentParser
import HTTPTransport
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
      /to/ORIGIN/logs/... to its log. Nothing of a client's request but its media type and body is passed on.
      """)

  @Option(help: "Numeric address and port to listen on; port 0 asks for a free one.")
  var listen = "127.0.0.1:8080"

  @Option(name: .customLong("gateway"), help: "An operator's gateway, ORIGIN=URL. Repeat for several operators.")
  var gateways: [String] = []

  @Option(name: .customLong("log"), help: "An operator's log, ORIGIN=URL.")
  var logs: [String] = []

  @Option(help: "Numeric address that connections to operators start from.")
  var localAddress: String?

  @Option(help: "Record what this party sees in FILE, never content; loopback only.")
  var observe: String?

  @Flag(help: "End when standard input closes.")
  var exitWithParent = false

  mutating func validate() throws {
    guard !gateways.isEmpty else { throw ValidationError("name at least one --gateway ORIGIN=URL") }
    for entry in gateways + logs where !entry.contains("=") {
      throw ValidationError("'\(entry)' is not written ORIGIN=URL")
    }
  }

  mutating func run() async throws {
    var operators: [String: RelayConfiguration.Operator] = [:]
    for entry in gateways {
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      operators[parts[0]] = .init(gateway: parts[1])
    }
    for entry in logs {
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      operators[parts[0]]?.log = parts[1]
    }
    let exchange = SocketHTTPExchange(localAddress: localAddress)
    let process = try PartyProcess(
      label: "relay", listen: listen, observePath: observe, endsWithParent: exitWithParent)
    try await process.run(RelayService(RelayConfiguration(operators: operators), exchange: exchange))
    await exchange.shutdown()
  }
}
