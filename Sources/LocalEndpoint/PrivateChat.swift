import CloisterClient
import Inference
import Trust

/// One chat on the private path, apart from whoever reads its answer here: an app that hangs up, or has all that it
/// wants, changes nothing of what the relay sees. What comes is kept until it is read; a class of answers has an end.
struct PrivateChat: Sendable {
  enum Event: Sendable {
    /// The answer begins, with the receipt of its request.
    case began(receipt: String)
    case chunk(ChatCompletionChunk)
  }

  /// Ends when the answer is whole; throws a `ClientError` where it fails.
  let events: AsyncThrowingStream<Event, any Error>

  /// - Parameter whenOver: called once, when the last frame of the answer's class has come or the exchange has failed.
  init(
    _ request: ChatCompletionRequest, _ answerClass: AnswerClass, client: CloisterClient,
    whenOver: @escaping @Sendable () -> Void = {}
  ) {
    let (events, continuation) = AsyncThrowingStream<Event, any Error>.makeStream()
    self.events = events
    // A task of its own, since that of an exchange is cancelled with it.
    Task {
      defer { whenOver() }
      do throws(ClientError) {
        let answer = try await client.chat(request, answerClass: answerClass)
        continuation.yield(.began(receipt: answer.receiptIdentifier))
        while let chunk = try await answer.nextUntilWhole() { continuation.yield(.chunk(chunk)) }
        continuation.finish()
        try await answer.remainder.finish()
      } catch {
        // Behind a whole answer nobody is told.
        continuation.finish(throwing: error)
      }
    }
  }
}
