import Synchronization

/// Hands out names in an order of the test's.
final class Names: Sendable {
  private let names: Mutex<[String]>

  init(_ names: [String]) { self.names = Mutex(names) }

  func next() -> String { names.withLock { $0.isEmpty ? "" : $0.removeFirst() } }
}
