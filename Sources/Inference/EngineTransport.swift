/// The way to a local engine. A node supplies it, so that this library opens no connection of its own.
public protocol EngineTransport: Sendable {
  /// Posts `body` as `application/json` to `path` and returns the body of a 200 answer.
  /// Throws `engine-failed` for anything else.
  func post(_ body: [UInt8], to path: String) async throws(InferenceError) -> [UInt8]

  /// The same, where the answer's body comes in pieces.
  /// - Parameter receive: called with each piece; what it throws ends the exchange.
  func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError)
}

/// Where the engine of a node is: inside the process, or behind a Unix socket of this machine.
public enum EngineLocation: Sendable, Equatable {
  case embedded
  case unixSocket(path: String)

  /// Bytes of a socket's path on Linux (`sun_path` less its final zero).
  public static let pathByteLimit = 107

  /// Parses `embedded` or `unix:PATH` with an absolute path. Anything else throws `engine-not-local`.
  public init(_ text: String) throws(InferenceError) {
    if text == "embedded" {
      self = .embedded
      return
    }
    let path = String(text.dropFirst(5))
    guard text.hasPrefix("unix:"), path.hasPrefix("/"), (2...Self.pathByteLimit).contains(path.utf8.count),
      !path.utf8.contains(0)
    else {
      throw InferenceError(InferenceError.engineNotLocal, "engine is neither embedded nor unix: with an absolute path")
    }
    self = .unixSocket(path: path)
  }
}
