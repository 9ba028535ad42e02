import HTTPMessages
import HTTPTransport
import Logging
import NIOCore
import PartyHosting
import ServiceLifecycle

/// A party that does with each exchange what a test says, on its connection's thread or on another.
struct ScriptedParty: Party {
  typealias Script = @Sendable (StreamedRequest, any ResponseWriter) async throws -> Void

  let answersQuickly: Bool
  let script: Script

  var name: String { "scripted" }

  func requestBodyLimit(method: String, path: String) -> Int? { 1_000_000 }

  func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async { try? await script(request, answer) }

  static let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// Serves the script on loopback while `body` runs.
  static func serve(
    quickly: Bool, _ script: @escaping Script,
    _ body: (_ server: String, _ exchange: SocketHTTPExchange) async throws -> Void
  ) async throws {
    let (addresses, announce) = AsyncStream.makeStream(of: ListenAddress.self)
    let server = PartyServer(
      ScriptedParty(answersQuickly: quickly, script: script), listen: ListenAddress(host: "127.0.0.1", port: 0),
      record: nil, logger: silentLogger
    ) { announce.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { announce.finish() }
        try await server.run()
      }
      for await address in addresses {
        let exchange = SocketHTTPExchange(timeoutSeconds: 20)
        try await body("http://\(address.host):\(address.port)", exchange)
        await exchange.shutdown()
        break
      }
      tasks.cancelAll()
      try await tasks.waitForAll()
    }
  }
}

/// Something that happens once, for whoever waits.
final class Event: Sendable {
  private let stream: AsyncStream<Void>
  private let sink: AsyncStream<Void>.Continuation

  init() { (stream, sink) = AsyncStream.makeStream() }

  func happen() { sink.finish() }

  func wait() async { for await _ in stream {} }
}
