public import Inference
import Synchronization

/// An engine that holds every request until it is let go.
public struct WaitingEngine: Engine {
  public let name = "waiting"
  private let gate: Gate

  public init(_ gate: Gate) { self.gate = gate }

  /// Where requests wait.
  public actor Gate {
    private var isOpen = false
    private var arrivedCount = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var watching: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    public init() {}

    /// Returns once this many requests have come.
    public func arrivals(_ count: Int) async {
      guard arrivedCount < count else { return }
      await withCheckedContinuation { watching.append((count, $0)) }
    }

    public func open() {
      isOpen = true
      for continuation in waiting { continuation.resume() }
      waiting = []
    }

    fileprivate func enter() async {
      arrivedCount += 1
      for watcher in watching where watcher.count <= arrivedCount { watcher.continuation.resume() }
      watching.removeAll { $0.count <= arrivedCount }
      if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }
  }

  public func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    await gate.enter()
    return try await EmbeddedEngine().summarize(request)
  }

  public func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    try await EmbeddedEngine().complete(request)
  }
}

/// An engine that says what it is told to say, or fails, and counts how often it was asked.
public final class ScriptedEngine: Engine {
  public enum Behaviour: Sendable {
    /// The generated summary.
    case says(String)
    case repeatsLastMessage
    case fails
  }

  public let name = "scripted"
  private let behaviour: Behaviour
  private let asked = Mutex(0)

  public init(_ behaviour: Behaviour) { self.behaviour = behaviour }

  public var askedCount: Int { asked.withLock { $0 } }

  public func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    asked.withLock { $0 += 1 }
    switch behaviour {
    case .says(let text): return Summary(content: .generated(text), language: .english)
    case .repeatsLastMessage:
      return Summary(content: .generated(request.messages.last?.text ?? ""), language: .english)
    case .fails: throw InferenceError(InferenceError.engineFailed, "the engine gave no answer")
    }
  }

  public func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    asked.withLock { $0 += 1 }
    throw InferenceError(InferenceError.engineCannot, "the engine answers no free chat")
  }
}

/// An engine whose answer a test says piece by piece, and that tells when it was given up.
public final class FedEngine: Engine {
  private enum Feed: Sendable {
    case piece(String)
    case end
    case failure
  }

  public let name = "fed"
  private let feed = AsyncStream<Feed>.makeStream()
  private let cancellation = AsyncStream<Void>.makeStream()

  public init() {}

  public func say(_ text: String) { feed.continuation.yield(.piece(text)) }

  public func end() { feed.continuation.yield(.end) }

  public func fail() { feed.continuation.yield(.failure) }

  /// Returns once a request under way was given up.
  public func cancelled() async { for await _ in cancellation.stream { return } }

  public func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    try await EmbeddedEngine().summarize(request)
  }

  public func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    throw InferenceError(InferenceError.engineCannot, "this engine streams alone")
  }

  public func stream(
    _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
  ) async throws(InferenceError) {
    for await feed in feed.stream {
      switch feed {
      case .piece(let text):
        await receive(ChatCompletionChunk(identifier: "chatcmpl-1", created: 7, model: name, content: text))
      case .end: return
      case .failure: throw InferenceError(InferenceError.engineFailed, "the engine gave no answer")
      }
    }
    cancellation.continuation.yield()
    throw InferenceError(InferenceError.engineFailed, "the request was given up")
  }
}

/// An engine that works on every request until it is given up.
public struct EndlessEngine: Engine {
  public let name = "endless"

  public init() {}

  public func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary { throw await givenUp() }

  public func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    throw await givenUp()
  }

  private func givenUp() async -> InferenceError {
    let never = AsyncStream<Never> { _ in }
    for await _ in never {}
    return InferenceError(InferenceError.engineFailed, "the request was given up")
  }
}
