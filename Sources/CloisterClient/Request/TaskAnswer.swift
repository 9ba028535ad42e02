import Inference
import Trust

/// The answer to a task on its way: words of a model, where the class has room for a stream and the engine tells them, and
/// then the one document. For one reader.
struct TaskAnswer {
  private let content: PrivateRequest.Answer.Content
  private var document: [UInt8]?
  /// All words so far, sanitized.
  private(set) var told = ""

  init(_ content: PrivateRequest.Answer.Content) { self.content = content }

  /// The next words, sanitized; nil once the document is there.
  /// - Throws: the refusal of a node that broke its stream off, `answer-malformed`, `trust-malformed`.
  mutating func nextWords() async throws(ClientError) -> String? {
    guard document == nil else { return nil }
    switch content {
    case .whole(let response): document = response.content
    case .stream(let answer):
      guard let data = try await answer.nextData() else { throw Self.malformed }
      if let words = try coded({ try AnswerWords.words(inEvent: data) }).map(AnswerSanitizer.sanitized) {
        told += words
        return words
      }
      guard try await answer.nextData() == nil else { throw Self.malformed }
      document = data
    }
    return nil
  }

  /// To be asked for behind the last words.
  /// - Throws: `answer-malformed`.
  func whole() throws(ClientError) -> [UInt8] {
    guard let document else { throw Self.malformed }
    return document
  }

  /// What was told must be what is kept.
  /// - Parameter text: of the document.
  /// - Throws: `answer-malformed`.
  func requireTold(_ text: String) throws(ClientError) {
    guard told.isEmpty || told == AnswerSanitizer.sanitized(text) else {
      throw ClientError(ClientError.answerMalformed, "the words of the answer are not those of its document")
    }
  }

  /// What follows in the answer's class.
  var remainder: AnswerRemainder? {
    guard case .stream(let answer) = content else { return nil }
    return AnswerRemainder(answer)
  }

  private static let malformed = ClientError(ClientError.answerMalformed, "answer has not exactly one document")
}
