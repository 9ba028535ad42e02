import Foundation
import Synchronization

/// A client's state in memory: gone with the process, and with it tokens, receipts and what is remembered of the log.
///
/// For tests, and for a server that begins anew each time. A client that remembers nothing can be led back to an older
/// epoch once per start, within the ages that the policy allows.
public final class MemoryStorage: StateStorage {
  private struct Content {
    var files: [String: [UInt8]] = [:]
    var folders: [String: MemoryStorage] = [:]
  }

  public let path: String
  private let content = Mutex(Content())
  private let lock = NSLock()

  public init() { path = "memory" }

  private init(path: String) { self.path = path }

  public func subfolder(_ name: String) throws(ClientError) -> any StateStorage {
    content.withLock { content in
      if let folder = content.folders[name] { return folder }
      let folder = MemoryStorage(path: path + "/" + name)
      content.folders[name] = folder
      return folder
    }
  }

  public func read(_ name: String, byteLimit: Int) throws(ClientError) -> [UInt8]? {
    let bytes = content.withLock { $0.files[name] }
    guard (bytes?.count ?? 0) <= byteLimit else {
      throw ClientError(ClientError.stateUnusable, "client state: file is above \(byteLimit) bytes")
    }
    return bytes
  }

  public func write(_ name: String, _ bytes: [UInt8]) throws(ClientError) {
    content.withLock { $0.files[name] = bytes }
  }

  public func erase(_ name: String) throws(ClientError) { content.withLock { $0.files[name] = nil } }

  public func names() throws(ClientError) -> [String] {
    content.withLock { $0.files.keys.sorted() }
  }

  public func withLock<Value>(_ body: () throws(ClientError) -> Value) throws(ClientError) -> Value {
    lock.lock()
    defer { lock.unlock() }
    return try body()
  }

  public func eraseTemporaries() throws(ClientError) {}
}
