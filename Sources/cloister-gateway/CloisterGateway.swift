import ArgumentParser
import Gateway
import HTTPTransport
import PartyHosting
import PostgreSQLSpentTokens
import SpentTokens

@main
struct CloisterGateway: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister-gateway",
    abstract: "Opens the outer encapsulation, spends tokens, routes to nodes, publishes epochs.",
    discussion: """
      A gateway sees unlinkable tokens, which node was drawn, sizes and times; never a client's address, account or
      content. The configuration file is JSON:

        operator         the operator's origin
        epochs           {"start": seconds since 1970, "seconds": length}
        operatorKey      path of the operator's Ed25519 seed, 64 hexadecimal digits. Without it and the log's
                         submissionKey the gateway makes no epochs, and serves those that another one publishes
        issuer           {"name": ..., "server": URL}
        log              {"server": URL, "submissionKey": path, "epochs": verifier key, "releases": verifier key}
        witnesses        {"keys": [...], "threshold": k, "declaredFaults": f}
        nodes            [URL, ...]
        keys             folder of the keys that all gateways of the operator share, one generation for each issuer
                         day, made where missing and erased after two days
        publications     folder of signed statements: release-*.dsse, revocation-*.dsse, policy.dsse
        spentTokens      path of the record of spent tokens, an SQLite file, for one machine; or, for many,
                         {"postgresql": path of a file with libpq's connection parameters}
        epochFiles       folder of published epochs, which any web server may serve too

      Nodes and publications are read again before each epoch is made: a node that is added is in the next bundle.

      Health: GET /health answers 200 once an epoch is published, else 503 with the code of what is missing.
      """)

  @Option(help: "Numeric address and port to listen on; port 0 asks for a free one.")
  var listen = "127.0.0.1:8081"

  @Option(help: "The configuration file.")
  var configuration: String

  @Option(help: "Numeric address that connections start from.")
  var localAddress: String?

  @Option(help: "Record what this party sees in FILE, never content; loopback only.")
  var observe: String?

  @Flag(help: "End when standard input closes.")
  var exitWithParent = false

  @OptionGroup(title: "Serving")
  var serving: ServingOptions

  mutating func run() async throws {
    let process = try PartyProcess(
      label: "gateway", listen: listen, serving: try serving.configuration(), observePath: observe,
      endsWithParent: exitWithParent)
    let file = try GatewayConfigurationFile(path: configuration)
    let exchange = SocketHTTPExchange(localAddress: localAddress)
    let store = try await Self.store(file.spentTokens)
    let path = configuration
    let gateway = GatewayService(
      file.configuration, exchange: exchange, store: store, files: try EpochFolder(path: file.epochFolderPath),
      reread: { try GatewayConfigurationFile(path: path).configuration })
    try await process.run(gateway, services: [EpochPublisher(gateway), NodeWatch(gateway)])
    await exchange.shutdown()
  }

  private static func store(_ location: SpentTokensLocation) async throws -> any SpentTokenStore {
    switch location {
    case .sqlite(let path): try SQLiteSpentTokens(path: path)
    case .postgresql(let parameters): try await PostgreSQLSpentTokens(parameters: parameters)
    }
  }
}
