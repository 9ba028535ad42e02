/// The way to a local engine. A node supplies it, so that this library opens no connection of its own.
public protocol EngineTransport: Sendable {
  /// A request begins to arrive, still sealed: what it needs whatever it says may be begun, such as a connection.
  func requestArrives()

  /// A request that arrived is over: what was begun and not needed is given up.
  func requestEnds()

  /// Posts `body` as `application/json` to `path` and returns the body of a 200 answer.
  /// Throws `engine-refused` for a 400 or 413 answer, `engine-failed` for anything else, and for an answer above the
  /// limit in bytes.
  func post(_ body: [UInt8], to path: String, answerByteLimit: Int) async throws(InferenceError) -> [UInt8]

  /// The same, where the answer's body comes in pieces.
  /// - Parameter receive: called with each piece; what it throws ends the exchange.
  func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError)
}

extension EngineTransport {
  /// Nothing.
  public func requestArrives() {}

  /// Nothing.
  public func requestEnds() {}

  /// The same for an answer of the size that a chat completion may have.
  package func post(_ body: [UInt8], to path: String) async throws(InferenceError) -> [UInt8] {
    try await post(body, to: path, answerByteLimit: ChatCompletionResponse.byteLimit)
  }
}

/// The way to an engine of which it can be tried whether it keeps something of one request for another.
public protocol TriableEngine: EngineTransport {
  /// The status of an answer to GET, without its content.
  /// - Throws: `engine-failed`.
  func status(of path: String) async throws(InferenceError) -> Int
}
