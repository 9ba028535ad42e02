public import HTTPMessages
public import Inference

/// Reaches an OpenAI-compatible engine over its Unix socket: the one thing that a node dials.
public struct EngineSocket: TriableEngine {
  private let exchange: any StreamingHTTPExchange
  private let server: String

  /// - Parameter path: absolute path of the socket.
  public init(path: String, exchange: any StreamingHTTPExchange) {
    self.init(
      server: "http+unix://" + path.replacing("%", with: "%25").replacing("/", with: "%2F"), exchange: exchange)
  }

  package init(server: String, exchange: any StreamingHTTPExchange) {
    self.server = server
    self.exchange = exchange
  }

  public func post(
    _ body: [UInt8], to path: String, answerByteLimit: Int
  ) async throws(InferenceError) -> [UInt8] {
    guard
      let answer = try? await exchange.send(
        request(body, path), to: server, bodyLimit: answerByteLimit)
    else { throw Self.noAnswer }
    guard answer.status == 200 else { throw InferenceError(engineStatus: answer.status) }
    return answer.body
  }

  public func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError) {
    guard let answer = try? await exchange.stream(StreamedRequest(request(body, path)), to: server) else {
      throw Self.noAnswer
    }
    guard answer.status == 200 else { throw InferenceError(engineStatus: answer.status) }
    var pieces = answer.body.makeAsyncIterator()
    while let piece = try await Self.next(&pieces) { try await receive(piece) }
  }

  public func status(of path: String) async throws(InferenceError) -> Int {
    guard let answer = try? await exchange.stream(StreamedRequest(WholeRequest(method: "GET", path: path)), to: server)
    else { throw Self.noAnswer }
    return answer.status
  }

  private static func next(_ pieces: inout ByteStream.Iterator) async throws(InferenceError) -> [UInt8]? {
    do {
      return try await pieces.next()
    } catch {
      throw InferenceError(InferenceError.engineFailed, "the engine's answer broke off")
    }
  }

  private func request(_ body: [UInt8], _ path: String) -> WholeRequest {
    WholeRequest(
      method: "POST", path: path, fields: [HTTPField("content-type", "application/json")], body: body)
  }

  private static let noAnswer = InferenceError(InferenceError.engineFailed, "the engine gave no answer")
}
