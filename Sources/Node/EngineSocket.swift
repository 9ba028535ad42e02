public import HTTPMessages
public import Inference

/// Reaches an OpenAI-compatible engine over its Unix socket: the one thing that a node dials.
public struct EngineSocket: EngineTransport {
  private let exchange: any HTTPExchange
  private let server: String

  /// - Parameter path: absolute path of the socket.
  public init(path: String, exchange: any HTTPExchange) {
    self.exchange = exchange
    server = "http+unix://" + path.replacing("%", with: "%25").replacing("/", with: "%2F")
  }

  public func post(_ body: [UInt8], to path: String) async throws(InferenceError) -> [UInt8] {
    let request = WholeRequest(
      method: "POST", path: path, fields: [HTTPField("content-type", "application/json")], body: body)
    guard
      let answer = try? await exchange.send(
        request, to: server, bodyLimit: ChatCompletionResponse.byteLimit), answer.status == 200
    else { throw InferenceError(InferenceError.engineFailed, "the engine gave no answer") }
    return answer.body
  }
}
