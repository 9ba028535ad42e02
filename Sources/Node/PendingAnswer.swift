package import Inference
import Synchronization
package import Trust

/// What an engine said and no frame has taken yet: the engine writes whenever it likes, frames leave at their times.
///
/// Text of a chat completion that waits is joined into one event, so that frames are never behind for its envelope.
package final class PendingAnswer: Sendable {
  private struct State {
    /// An event before all others.
    var hops: [UInt8]?
    var chunk: ChatCompletionChunk?
    var event: [UInt8]?
    /// Of a task's answer, before its event.
    var words = ""
    /// The last event of a chat completion that was moved; nil where none had text.
    var moved: ChatCompletionChunk?
    /// How the engine ended; nil while it works.
    var ending: Result<Void, TaskRefusal>?
    /// Nothing follows what was moved.
    var isClosed = false
    var waiter: CheckedContinuation<Void, Never>?

    var hasNews: Bool { isClosed || hops != nil || chunk != nil || event != nil || !words.isEmpty || ending != nil }

    mutating func close(_ frames: inout AnswerFrames, with event: [UInt8]) {
      guard frames.append(event) else { preconditionFailure("room for the last event is always kept") }
      isClosed = true
    }

    /// Ends an answer at a limit. Text of a chat that was sent stands, as where an engine's tokens are used up; where there
    /// is none, it is refused.
    mutating func cutOff(_ frames: inout AnswerFrames, _ refusal: TaskRefusal = .answerTooLarge) {
      if moved?.finishReason != nil { return close(&frames, with: PendingAnswer.done) }
      for rest in [chunk.take(), moved.map { $0.saying("") }, moved?.saying("").unnamed].compactMap({ $0 }) {
        guard moved != nil || !rest.content.isEmpty else { continue }
        let ending = rest.cutOffEvents
        if ending.count <= frames.room { return close(&frames, with: ending) }
      }
      close(&frames, with: refusal.event)
    }
  }

  private let byteLimit: Int
  private let state = Mutex(State())

  /// - Parameter byteLimit: the most text that may wait.
  package init(byteLimit: Int) { self.byteLimit = byteLimit }

  package func add(_ next: ChatCompletionChunk) {
    change { state in
      guard state.ending == nil else { return }
      if state.chunk == nil { state.chunk = next } else { state.chunk?.append(next) }
      // An engine that never ends must not fill the node's memory.
      if let chunk = state.chunk, chunk.content.utf8.count > byteLimit {
        state.chunk = nil
        state.ending = .failure(.answerTooLarge)
      }
    }
  }

  /// Says which nodes are asked, before any of the answer.
  func add(hops: [[UInt8]]) { change { $0.hops = AnswerHops.event(hops) } }

  /// Words of a task's answer, which follows.
  package func add(words: String) { change { if $0.ending == nil { $0.words += words } } }

  /// - Parameter data: the whole answer.
  package func add(event data: [UInt8]) { change { $0.event = data } }

  /// The answer is whole.
  package func finish() { end(.success(())) }

  package func fail(_ error: InferenceError) { fail(TaskRefusal(error)) }

  func fail(_ refusal: TaskRefusal) { end(.failure(refusal)) }

  private func end(_ ending: Result<Void, TaskRefusal>) { change { if $0.ending == nil { $0.ending = ending } } }

  private func change(_ body: (inout State) -> Void) {
    let waiter = state.withLock { state in
      if !state.isClosed { body(&state) }
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// Returns once there is something to move.
  func news() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isThere = state.withLock { state in
          if state.hasNews || Task.isCancelled { return true }
          state.waiter = continuation
          return false
        }
        if isThere { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiter.take() }?.resume()
    }
  }

  /// Moves what the next frame has room for, and the end where it is due.
  package func move(into frames: inout AnswerFrames) {
    state.withLock { state in
      guard !state.isClosed, !frames.isNextFull else { return }
      if let hops = state.hops.take().map(ServerSentEvents.event) {
        guard hops.count <= frames.room - TaskRefusal.eventByteLimit, frames.append(hops) else {
          return state.close(&frames, with: TaskRefusal.answerTooLarge.event)
        }
      }
      if !state.words.isEmpty {
        let event = ServerSentEvents.event(AnswerWords.event(state.words))
        guard event.count <= frames.room - TaskRefusal.eventByteLimit, frames.append(event) else {
          return state.close(&frames, with: TaskRefusal.answerTooLarge.event)
        }
        state.words = ""
      }
      if let event = state.event.take().map(ServerSentEvents.event) {
        guard event.count <= frames.room - TaskRefusal.eventByteLimit, frames.append(event) else {
          return state.close(&frames, with: TaskRefusal.answerTooLarge.event)
        }
      }
      if let chunk = state.chunk {
        let kept = if case .success? = state.ending { Self.done.count } else { Self.endingByteLimit }
        // Counts of tokens take no room from text.
        let event = [chunk, chunk.uncounted].lazy.map { ServerSentEvents.event($0.jsonValue.canonicalBytes) }
          .first { $0.count <= frames.room - kept }
        guard let event, frames.append(event) else { return state.cutOff(&frames) }
        state.chunk = nil
        if state.moved != nil || !chunk.content.isEmpty { state.moved = chunk }
      }
      switch state.ending {
      case .success: state.close(&frames, with: Self.done)
      case .failure(let refusal) where refusal.isLimit: state.cutOff(&frames, refusal)
      case .failure(let refusal): state.close(&frames, with: refusal.event)
      // The class ends before the engine does.
      case nil: if frames.isNextLast { state.cutOff(&frames) }
      }
    }
  }

  /// Room that is kept for the end of a chat completion: an event without text that says why, and the end of the stream.
  private static let endingByteLimit = 384

  fileprivate static let done = ServerSentEvents.event(ServerSentEvents.done)
}

extension ChatCompletionChunk {
  /// The last events of a stream that ends at a limit.
  fileprivate var cutOffEvents: [UInt8] {
    var last = uncounted
    last.finishReason = .length
    return ServerSentEvents.event(last.jsonValue.canonicalBytes) + PendingAnswer.done
  }

  fileprivate var uncounted: ChatCompletionChunk {
    var chunk = self
    chunk.usage = nil
    return chunk
  }

  fileprivate func saying(_ text: String) -> ChatCompletionChunk {
    var chunk = self
    chunk.content = text
    return chunk
  }

  /// An engine's names may be of any length.
  fileprivate var unnamed: ChatCompletionChunk {
    ChatCompletionChunk(identifier: "", created: created, model: "", content: content)
  }
}
