import Inference
import StrictJSON

/// The form of an answer in one of OpenAI's protocols, whole or in events. Counts of tokens are those that the node
/// told; none are invented.
protocol AnswerForm: Sendable {
  /// The request's receipt. The answer's identifier is made of it, so that an app which keeps identifiers finds the
  /// receipt again.
  var receipt: String { get set }

  func json(_ whole: ChatCompletionChunk) -> JSONValue

  /// The server-sent events that a chunk causes, as they are written.
  mutating func events(for chunk: ChatCompletionChunk, isFirst: Bool) -> [UInt8]

  /// The events behind the last chunk, once the answer is verified whole.
  mutating func ending(of whole: ChatCompletionChunk) -> [UInt8]

  /// The last event of a stream that breaks off.
  mutating func event(of failure: OpenAIFailure) -> [UInt8]
}
