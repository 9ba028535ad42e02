import CloisterClient
import HTTPMessages
import Inference

/// One task on the private path, apart from the tab that reads its answer: one that is closed changes nothing of what
/// the relay sees.
struct ToldTask<Answer: Sendable>: Sendable {
  private let words: AsyncStream<String>
  private let task: Task<Answer, any Error>

  /// - Parameter ask: sends the request, and says what follows its answer.
  init(_ ask: @escaping @Sendable (_ receive: @escaping WordsReceiver) async throws -> (Answer, AnswerRemainder?)) {
    let (words, continuation) = AsyncStream<String>.makeStream()
    self.words = words
    task = Task {
      defer { continuation.finish() }
      let (answer, remainder) = try await ask { continuation.yield($0) }
      // To hang up before the class ends would show how long the answer was.
      if let remainder { Task { try? await remainder.finish() } }
      return answer
    }
  }

  /// Shows words as they come, line by line, for as long as somebody reads; the answer is waited for in any case.
  /// - Returns: the answer, and whether its text was shown.
  func tell(_ events: PageEvents) async throws -> (answer: Answer, isTold: Bool) {
    var lines = LinesOfWords()
    var isRead = true
    func show(_ line: String) async {
      guard isRead else { return }
      do { try await events.text(line) } catch { isRead = false }
    }
    for await words in words { for line in lines.append(words) { await show(line) } }
    let answer = try await task.value
    if let last = lines.finish() { await show(last) }
    return (answer, lines.hasBegun)
  }
}

/// Whole lines of a text that comes in pieces; empty ones are left out.
package struct LinesOfWords {
  private var rest = ""
  private(set) var hasBegun = false

  package init() {}

  /// Only the new words are searched: a line may come letter by letter, and be as long as an answer.
  package mutating func append(_ words: String) -> [String] {
    hasBegun = hasBegun || !words.isEmpty
    let pieces = words.split(separator: "\n", omittingEmptySubsequences: false)
    rest += pieces[0]
    guard pieces.count > 1 else { return [] }
    let lines = [rest] + pieces[1..<pieces.count - 1].map(String.init)
    rest = String(pieces[pieces.count - 1])
    return lines.filter { !$0.isEmpty }
  }

  /// The line without an end.
  package mutating func finish() -> String? {
    defer { rest = "" }
    return rest.isEmpty ? nil : rest
  }
}
