/// The frames behind an answer that is whole: filler until its class ends.
///
/// Who hangs up before shows the relay how long the answer was, so read it to its end, with the answer shown already.
public struct AnswerRemainder: Sendable {
  private let answer: IncomingAnswer

  init(_ answer: IncomingAnswer) { self.answer = answer }

  /// Returns when the class ends.
  /// - Throws: where the class's last frame does not come.
  public func finish() async throws(ClientError) { try await answer.finish() }
}
