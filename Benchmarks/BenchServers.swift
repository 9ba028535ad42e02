import HTTPTransport
import Logging
import PartyHosting

/// Parties of this process, each behind a socket of its own.
struct BenchServers {
  let servers: [String]
  private let running: [Task<Void, any Error>]

  init(_ parties: [any Party]) async throws {
    var servers: [String] = []
    var running: [Task<Void, any Error>] = []
    for party in parties {
      let (addresses, continuation) = AsyncStream.makeStream(of: ListenAddress.self)
      let server = PartyServer(
        party, listen: ListenAddress(host: "127.0.0.1", port: 0), record: nil,
        logger: Logger(label: party.name) { _ in SwiftLogNoOpLogHandler() }
      ) { continuation.yield($0) }
      running.append(Task { try await server.run() })
      for await address in addresses {
        servers.append("http://\(address.host):\(address.port)")
        break
      }
    }
    (self.servers, self.running) = (servers, running)
  }

  func end() async {
    for task in running { task.cancel() }
    for task in running { _ = await task.result }
  }
}
