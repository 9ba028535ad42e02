import Inference
import Synchronization

/// An engine with a model's tasks whose model is a closure, and that keeps every request.
final class RecordingEngine: GenerativeEngine {
  typealias Model = @Sendable (ChatCompletionRequest) throws(InferenceError) -> String

  let name = "recording"
  let budget: ContextBudget
  private let finishReason: ChatCompletionResponse.FinishReason
  private let model: Model
  private let recorded = Mutex<[ChatCompletionRequest]>([])

  init(
    _ budget: ContextBudget = .standard, finishReason: ChatCompletionResponse.FinishReason = .stop,
    _ model: @escaping Model = { _ in "said" }
  ) {
    self.budget = budget
    self.finishReason = finishReason
    self.model = model
  }

  var requests: [ChatCompletionRequest] { recorded.withLock { $0 } }

  func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    recorded.withLock { $0.append(request) }
    return ChatCompletionResponse(
      identifier: "c", created: 0, model: name, content: try model(request), finishReason: finishReason)
  }
}

extension ChatCompletionRequest {
  /// All of its text in bytes.
  var byteCount: Int { messages.reduce(0) { $0 + $1.content.utf8.count } }

  /// The user message's lines that are quoted, without their mark.
  var quotedLines: [String] { dataLines.filter { $0.hasPrefix("> ") }.map { String($0.dropFirst(2)) } }

  /// The others: where sections begin and the message ends.
  var markerLines: [String] { dataLines.filter { !$0.hasPrefix("> ") } }

  private var dataLines: [String] {
    (messages.last?.content ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}

/// Chats of tests.
enum TestChat {
  static func message(_ text: String, sender: String = "Eve", minute: Int = 0) -> ChatMessage {
    guard
      let time = LocalMinute(year: 2025, month: 1, day: 2 + minute / 1_440, hour: minute / 60 % 24, minute: minute % 60)
    else { preconditionFailure("a minute of January") }
    return ChatMessage(time: time, sender: sender, text: text)
  }

  /// Messages of about 60 bytes, each with its number.
  static func numbered(_ count: Int) -> [ChatMessage] {
    (0..<count).map { message("message number \($0), we should talk about it", sender: "Ann", minute: $0) }
  }
}
