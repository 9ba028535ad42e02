import Inference
import StrictJSON

extension ChatCompletionRequest {
  /// Reads what an engine is asked: the closed form and, of a stream, that it is to end with counts of tokens.
  init(askedOfEngine body: [UInt8]) throws(InferenceError) {
    guard case .object(var members)? = try? JSONValue(parsing: body) else {
      throw InferenceError(InferenceError.engineFailed, "no request")
    }
    let options = members.removeValue(forKey: "stream_options")
    try self.init(parsing: JSONValue.object(members).canonicalBytes)
    let expected: JSONValue? = stream ? ["include_usage": true] : .none
    guard options == expected else { throw InferenceError(InferenceError.engineFailed, "other options of a stream") }
  }
}
