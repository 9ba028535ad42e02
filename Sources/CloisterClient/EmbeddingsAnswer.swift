public import Inference
public import Trust

/// The vectors of texts. Tells about content: neither printable nor encodable.
public struct EmbeddingsAnswer: Sendable {
  /// The word of consent and receipt.
  public static let task = "embeddings"
  /// The release role of the nodes that answer.
  static let nodeRole = "embedder"

  public let response: EmbeddingsResponse
  public let receiptIdentifier: String
  /// True where the nodes are simulated: they protect nobody.
  public let isSimulated: Bool
  /// What is left to read of a stream; nil for a block.
  public let remainder: AnswerRemainder?
}

extension CloisterClient {
  /// Asks a node that embeds for a vector of each text.
  ///
  /// - Parameter answerClass: a block holds some 3,000 numbers in all; a stream 55,000, and takes its class's time.
  /// - Throws: as `chat`; `answer-too-large` where the vectors do not fit the class: ask for fewer texts at a time.
  public func embed(
    _ request: EmbeddingsRequest, answerClass: AnswerClass = .block
  ) async throws(ClientError) -> EmbeddingsAnswer {
    let task = PrivateTask(
      name: EmbeddingsAnswer.task, nodeRole: EmbeddingsAnswer.nodeRole, capabilities: [.embeddings],
      path: "/v1/embeddings", content: request.jsonValue.canonicalBytes, answerClass: answerClass)
    let answer = try await perform(task)
    let (content, remainder) = try await Self.whole(answer.content)
    do {
      return EmbeddingsAnswer(
        response: try EmbeddingsResponse(parsing: content, inputCount: request.inputs.count),
        receiptIdentifier: answer.receipt.identifier, isSimulated: answer.receipt.isSimulated, remainder: remainder)
    } catch {
      throw ClientError(ClientError.answerMalformed, "answer is not embeddings")
    }
  }
}
