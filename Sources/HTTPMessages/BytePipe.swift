import Synchronization

/// The writing end of a `ByteStream`: suspends while the reader is behind.
///
/// A writer that goes away without `finish` leaves a body that failed, never one that ended.
public struct ByteStreamWriter: Sendable {
  private let end: PipeEnd
  private var pipe: BytePipe { end.pipe }

  fileprivate init(_ pipe: BytePipe) { end = PipeEnd(pipe, onDrop: { $0.end(.otherSideGone) }) }

  /// Hands over one piece; empty ones are left out.
  /// - Throws: `http-interrupted` once nobody reads, or when the task is cancelled.
  public func write(_ bytes: [UInt8]) async throws(HTTPExchangeError) {
    if !bytes.isEmpty { try await pipe.write(bytes) }
  }

  public func finish() { pipe.end(nil) }

  public func fail(_ error: HTTPExchangeError) { pipe.end(error) }
}

extension ByteStream {
  /// A stream and what writes into it.
  /// - Parameter capacity: bytes that may wait unread before `write` suspends; one piece may always wait.
  public static func pipe(capacity: Int = 16_384) -> (writer: ByteStreamWriter, stream: ByteStream) {
    let pipe = BytePipe(capacity: capacity)
    let end = PipeEnd(pipe, onDrop: { $0.readerWentAway() })
    let stream = ByteStream {
      // Swift 6.3 needs the capture written out to keep the reading end alive.
      let end = end
      return { actor throws(HTTPExchangeError) in try await end.pipe.read(isolation: actor) }
    }
    return (ByteStreamWriter(pipe), stream)
  }
}

extension HTTPExchangeError {
  static let otherSideGone = HTTPExchangeError(interrupted, "the other side of the body went away")
}

/// One end of a pipe; its last copy going away says so to the pipe.
private final class PipeEnd: Sendable {
  let pipe: BytePipe
  private let onDrop: @Sendable (BytePipe) -> Void

  init(_ pipe: BytePipe, onDrop: @escaping @Sendable (BytePipe) -> Void) {
    self.pipe = pipe
    self.onDrop = onDrop
  }

  deinit { onDrop(pipe) }
}

/// Pieces on their way from one writer to one reader.
private final class BytePipe: Sendable {
  private typealias Waiter = CheckedContinuation<Result<[UInt8]?, HTTPExchangeError>, Never>

  private struct State {
    var pieces: [[UInt8]] = []
    var byteCount = 0
    /// Whoever waits for a piece.
    var reader: Waiter?
    /// Whoever waits for room.
    var writer: Waiter?
    var isReaderGone = false
    /// How the body ended; nil while it goes on.
    var ending: Result<[UInt8]?, HTTPExchangeError>?
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) { self.capacity = capacity }

  func write(_ bytes: [UInt8]) async throws(HTTPExchangeError) {
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (writer: Waiter) in
        let (reader, isDone): (Waiter?, Result<[UInt8]?, HTTPExchangeError>?) = state.withLock { state in
          guard !state.isReaderGone, state.ending == nil else { return (nil, .failure(.otherSideGone)) }
          if let reader = state.reader {
            state.reader = nil
            return (reader, .success(nil))
          }
          state.pieces.append(bytes)
          state.byteCount += bytes.count
          guard state.byteCount > capacity else { return (nil, .success(nil)) }
          if Task.isCancelled { return (nil, .failure(.otherSideGone)) }
          state.writer = writer
          return (nil, nil)
        }
        reader?.resume(returning: .success(bytes))
        if let isDone { writer.resume(returning: isDone) }
      }
    } onCancel: {
      state.withLock { $0.writer.take() }?.resume(returning: .failure(.otherSideGone))
    }
    _ = try outcome.get()
  }

  func read(isolation: isolated (any Actor)?) async throws(HTTPExchangeError) -> [UInt8]? {
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (reader: Waiter) in
        let (writer, piece): (Waiter?, Result<[UInt8]?, HTTPExchangeError>?) = state.withLock { state in
          if !state.pieces.isEmpty {
            let piece = state.pieces.removeFirst()
            state.byteCount -= piece.count
            return (state.byteCount <= capacity ? state.writer.take() : nil, .success(piece))
          }
          if let ending = state.ending { return (nil, ending) }
          if Task.isCancelled { return (nil, .failure(.otherSideGone)) }
          state.reader = reader
          return (nil, nil)
        }
        writer?.resume(returning: .success(nil))
        if let piece { reader.resume(returning: piece) }
      }
    } onCancel: {
      state.withLock { $0.reader.take() }?.resume(returning: .failure(.otherSideGone))
    }
    return try outcome.get()
  }

  /// - Parameter failure: nil where the body is whole. The first ending counts.
  func end(_ failure: HTTPExchangeError?) {
    let ending: Result<[UInt8]?, HTTPExchangeError> = failure.map { .failure($0) } ?? .success(nil)
    let waiting = state.withLock { state -> (reader: Waiter?, writer: Waiter?) in
      guard state.ending == nil else { return (nil, nil) }
      state.ending = ending
      return (state.reader.take(), state.writer.take())
    }
    waiting.reader?.resume(returning: ending)
    waiting.writer?.resume(returning: .failure(.otherSideGone))
  }

  func readerWentAway() {
    let writer = state.withLock { state in
      state.isReaderGone = true
      state.pieces = []
      state.byteCount = 0
      return state.writer.take()
    }
    writer?.resume(returning: .failure(.otherSideGone))
  }
}
