import Confinement
import EngineProcess
import Glibc
import Synchronization
import Testing

/// A socket pair stands for the engine's socket: one end is handed out, the other is the engine's.
@Suite("Connections to an engine")
struct EngineConnectionsTests {
  private final class Listener: Sendable {
    let engineEnds = Mutex<[Int32]>([])
    var count: Int { engineEnds.withLock { $0.count } }

    func connect() -> Int32? {
      var ends: [Int32] = [-1, -1]
      guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { return nil }
      engineEnds.withLock { $0.append(ends[1]) }
      return ends[0]
    }

    /// Whether the node holds its end of the connection that was made as the `index`th.
    func isHeld(_ index: Int) -> Bool {
      var byte: UInt8 = 0
      return recv(engineEnds.withLock { $0[index] }, &byte, 1, Int32(MSG_DONTWAIT)) != 0
    }

    deinit { for end in engineEnds.withLock({ $0 }) { close(end) } }
  }

  @Test("one made ahead serves the next request and no other, however many arrive")
  func ahead() async throws {
    let listener = Listener()
    let connections = EngineConnections { listener.connect() }
    connections.requestArrives()
    connections.requestArrives()
    let first = try #require(try await connections.take())
    #expect(listener.count == 1)
    let second = try #require(try await connections.take())
    #expect(listener.count == 2)
    #expect(first != second)
    close(first)
    close(second)
  }

  @Test("requests that come at once have a connection each")
  func atOnce() async throws {
    let listener = Listener()
    let connections = EngineConnections { listener.connect() }
    connections.requestArrives()
    let taken = try await withThrowingTaskGroup { group in
      for _ in 0..<16 { group.addTask { try await connections.take() } }
      return try await group.reduce(into: [Int32]()) { $0.append(try #require($1)) }
    }
    #expect(Set(taken).count == 16)
    for descriptor in taken { close(descriptor) }
  }

  @Test("engine: one that it closed before the request was there is given to none")
  func closedByEngine() async throws {
    let listener = Listener()
    let connections = EngineConnections {
      let isFirst = listener.count == 0
      let descriptor = listener.connect()
      if isFirst { shutdown(listener.engineEnds.withLock { $0[0] }, Int32(SHUT_RDWR)) }
      return descriptor
    }
    connections.requestArrives()
    while listener.count == 0 { await Task.yield() }
    let descriptor = try #require(try await connections.take())
    #expect(listener.count == 2)
    #expect(listener.isHeld(1))
    close(descriptor)
  }

  @Test("one that could not be made ahead is tried again for whoever needs it")
  func failsAhead() async throws {
    let attempts = Mutex(0)
    let connections = EngineConnections {
      attempts.withLock { $0 += 1 }
      throw ConfinementError(ConfinementError.noSandbox, "ended")
    }
    connections.requestArrives()
    await #expect(throws: ConfinementError.self) { try await connections.take() }
    await #expect(throws: ConfinementError.self) { try await connections.take() }
    #expect(attempts.withLock { $0 } >= 2)
  }

  @Test("one that no request needed is closed when the last that is under way is over", arguments: [1, 3])
  func unused(requestCount: Int) async throws {
    let listener = Listener()
    let connections = EngineConnections { listener.connect() }
    for _ in 0..<requestCount { connections.requestArrives() }
    while listener.count == 0 { await Task.yield() }
    for _ in 1..<requestCount {
      connections.requestEnds()
      #expect(listener.isHeld(0))
    }
    connections.requestEnds()
    // Where it is made at this very moment, the thread that makes it closes it.
    while listener.isHeld(0) { await Task.yield() }
  }

  @Test("one that is unused is closed with the engine")
  func closedWithEngine() async throws {
    let listener = Listener()
    var connections: EngineConnections? = EngineConnections { listener.connect() }
    connections?.requestArrives()
    while listener.count == 0 { await Task.yield() }
    connections = nil
    // The thread that made it may hold it for a moment.
    while listener.isHeld(0) { await Task.yield() }
  }

  @Test("a request that arrived at the engine before and ends at this one takes none from a request of this one")
  func endsElsewhere() async throws {
    let listener = Listener()
    let connections = EngineConnections { listener.connect() }
    connections.requestEnds()
    connections.requestArrives()
    let descriptor = try #require(try await connections.take())
    #expect(listener.count == 1)
    connections.requestEnds()
    #expect(listener.isHeld(0))
    close(descriptor)
  }
}
