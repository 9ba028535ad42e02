public import HTTPMessages
import Synchronization

/// Runs what writes a response, and gives the response to whoever reads it: the two sides of an exchange in one process.
public struct StreamedAnswer: Sendable {
  private let writer: PipedResponse

  /// - Parameter respond: the response ends when it returns; its task is cancelled once the response's body is dropped.
  public init(respond: @escaping @Sendable (any ResponseWriter) async -> Void) {
    let writer = PipedResponse()
    self.writer = writer
    writer.start(respond)
  }

  /// The head, once it is there, and a body that follows what is written.
  /// - Throws: `http-interrupted` where nothing was written.
  public func response() async throws(HTTPExchangeError) -> StreamedResponse { try await writer.response() }
}

private final class PipedResponse: ResponseWriter {
  private typealias Head = Result<StreamedResponse, HTTPExchangeError>

  private struct State {
    var head: Head?
    var reader: CheckedContinuation<Head, Never>?
    var body: ByteStreamWriter?
    var task: Task<Void, Never>?
  }

  private let state = Mutex(State())

  func start(_ respond: @escaping @Sendable (any ResponseWriter) async -> Void) {
    let task = Task {
      await respond(self)
      self.finish()
    }
    state.withLock { $0.task = task }
  }

  func response() async throws(HTTPExchangeError) -> StreamedResponse {
    let head = await withTaskCancellationHandler {
      await withCheckedContinuation { (reader: CheckedContinuation<Head, Never>) in
        let head = state.withLock { state -> Head? in
          if state.head == nil { state.reader = reader }
          return state.head
        }
        if let head { reader.resume(returning: head) }
      }
    } onCancel: {
      state.withLock { $0.task }?.cancel()
    }
    var response = try head.get()
    if let task = state.withLock({ $0.task }) { response.body = response.body.holding(TaskOwner(task)) }
    return response
  }

  private func give(_ head: Head, body: ByteStreamWriter?) {
    let reader = state.withLock { state -> CheckedContinuation<Head, Never>? in
      guard state.head == nil else { return nil }
      state.head = head
      state.body = body
      return state.reader.take()
    }
    reader?.resume(returning: head)
  }

  func begin(status: Int, fields: [HTTPField]) async throws(HTTPExchangeError) {
    let (writer, body) = ByteStream.pipe()
    give(.success(StreamedResponse(status: status, fields: fields, body: body)), body: writer)
  }

  func write(_ bytes: [UInt8]) async throws(HTTPExchangeError) {
    try await state.withLock { $0.body }?.write(bytes)
  }

  func abort() async {
    give(.failure(.brokenOff), body: nil)
    state.withLock { $0.body }?.fail(.brokenOff)
  }

  func send(_ response: WholeResponse) async throws(HTTPExchangeError) {
    give(
      .success(StreamedResponse(status: response.status, fields: response.fields, body: ByteStream(response.body))),
      body: nil)
  }

  private func finish() {
    give(.failure(.brokenOff), body: nil)
    state.withLock { $0.body }?.finish()
  }
}

private final class TaskOwner: Sendable {
  private let task: Task<Void, Never>

  init(_ task: Task<Void, Never>) { self.task = task }

  deinit { task.cancel() }
}

extension HTTPExchangeError {
  fileprivate static let brokenOff = HTTPExchangeError(interrupted, "the answer was broken off")
}
