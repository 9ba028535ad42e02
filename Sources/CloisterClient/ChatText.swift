public import Inference
public import Trust

/// The text of an answer, piece by piece as the node's model says it. Holds content: neither printable nor encodable.
/// For one reader.
///
/// A sequence that ends without an error is whole; one that was cut short throws. It ends with the class of the answer,
/// some time behind the last piece of text: who hangs up before shows the relay how long the answer was.
public struct ChatText: AsyncSequence, Sendable {
  public typealias Element = String
  public typealias Failure = ClientError

  private let answer: ChatAnswer

  init(_ answer: ChatAnswer) { self.answer = answer }

  public var receiptIdentifier: String { answer.receiptIdentifier }
  /// True where the nodes are simulated: they protect nobody.
  public var isSimulated: Bool { answer.isSimulated }

  public func makeAsyncIterator() -> Iterator { Iterator(chunks: answer.makeAsyncIterator()) }

  public struct Iterator: AsyncIteratorProtocol {
    var chunks: ChatAnswer.Iterator

    /// Text made safe to print; still only as true as the model.
    /// - Throws: as `ChatAnswer`.
    public mutating func next() async throws(ClientError) -> String? {
      while let chunk = try await chunks.next() {
        let text = AnswerSanitizer.sanitized(chunk.content)
        if !text.isEmpty { return text }
      }
      return nil
    }
  }
}

extension CloisterClient {
  /// The name that stands for whatever model the nodes run; they have one.
  public static let anyModel = "cloister"

  /// Asks, and streams the answer's text.
  ///
  /// - Parameters:
  ///   - question: what the person wrote.
  ///   - conversation: what was said before, oldest first.
  /// - Throws: as `chat`; `completion-request-invalid` for a conversation that is too long.
  public func ask(
    _ question: String, after conversation: [ChatCompletionRequest.Message] = [], answerClass: AnswerClass = .frames
  ) async throws(ClientError) -> ChatText {
    let request = try coded {
      try ChatCompletionRequest(
        model: Self.anyModel, messages: conversation + [.init(role: .user, content: question)], stream: true)
    }
    return ChatText(try await chat(request, answerClass: answerClass))
  }
}
