public import Inference

/// The answer to a chat, in events as they come. Holds content: neither printable nor encodable. For one reader.
///
/// The event with a finish reason is the last one with text, and has the counts of tokens (`usage`) that the node's
/// engine told. Read on until the sequence ends, which is when the class of the answer ends: who hangs up before shows
/// the relay how long the answer was. A sequence that ends without an error is whole, or ended at a limit of tokens, size
/// or time (finish reason `length`); an answer that was cut short throws.
public struct ChatAnswer: AsyncSequence, Sendable {
  public typealias Element = ChatCompletionChunk
  public typealias Failure = ClientError

  /// The word of consent and receipt.
  public static let task = "chat"
  /// The role of the releases that answer.
  static let nodeRole = "assistant"

  public let receiptIdentifier: String
  /// True where the nodes are simulated: they protect nobody.
  public let isSimulated: Bool
  private let answer: IncomingAnswer

  init(receiptIdentifier: String, isSimulated: Bool, _ answer: IncomingAnswer) {
    self.receiptIdentifier = receiptIdentifier
    self.isSimulated = isSimulated
    self.answer = answer
  }

  public func makeAsyncIterator() -> Iterator { Iterator(answer: answer) }

  /// The next event; nil as soon as the answer is whole, which `remainder` follows. For a reader that cannot wait until
  /// its class ends.
  /// - Throws: as the iterator.
  package func nextUntilWhole() async throws(ClientError) -> ChatCompletionChunk? {
    try await answer.nextData().map { data throws(ClientError) in try Self.event(data) }
  }

  package var remainder: AnswerRemainder { AnswerRemainder(answer) }

  private static func event(_ data: [UInt8]) throws(ClientError) -> ChatCompletionChunk {
    do {
      return try ChatCompletionChunk(parsing: data)
    } catch {
      throw ClientError(ClientError.answerMalformed, "event is no chunk of a chat completion")
    }
  }

  public struct Iterator: AsyncIteratorProtocol {
    let answer: IncomingAnswer
    private var isAtEnd = false

    init(answer: IncomingAnswer) { self.answer = answer }

    /// - Throws: `answer-truncated`, `ohttp-truncated`, `http-interrupted`, `engine-cannot`, `node-refused`,
    ///   `answer-too-large`, `answer-malformed`.
    public mutating func next() async throws(ClientError) -> ChatCompletionChunk? {
      guard !isAtEnd else { return nil }
      guard let data = try await answer.nextData() else {
        isAtEnd = true
        try await answer.finish()
        return nil
      }
      return try ChatAnswer.event(data)
    }
  }
}
