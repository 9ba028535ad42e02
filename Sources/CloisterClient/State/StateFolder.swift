/// One folder of a client's state, wherever that is kept.
struct StateFolder: Sendable {
  let storage: any StateStorage

  init(_ storage: any StateStorage) { self.storage = storage }

  var path: String { storage.path }

  func subfolder(_ name: String) throws(ClientError) -> StateFolder { StateFolder(try storage.subfolder(name)) }

  func read(_ name: String, byteLimit: Int = 8 << 20) throws(ClientError) -> [UInt8]? {
    try storage.read(name, byteLimit: byteLimit)
  }

  func write(_ name: String, _ bytes: [UInt8]) throws(ClientError) { try storage.write(name, bytes) }

  func put(_ name: String, _ bytes: [UInt8]) throws(ClientError) { try storage.put(name, bytes) }

  func settle(_ name: String) throws(ClientError) { try storage.settle(name) }

  func erase(_ name: String) throws(ClientError) { try storage.erase(name) }

  func eraseTemporaries() throws(ClientError) { try storage.eraseTemporaries() }

  func names() throws(ClientError) -> [String] { try storage.names() }

  func withLock<Value>(_ body: () throws(ClientError) -> Value) throws(ClientError) -> Value {
    try storage.withLock(body)
  }
}
