import HTTPMessages
import NIOCore

/// What the task that answers holds of an exchange: its request's body, and where the response is written. Every step
/// is made on the exchange's event loop, at once where the task runs there already.
struct PartyAnswer: ResponseWriter {
  private let eventLoop: any EventLoop
  private let exchange: NIOLoopBound<PartyExchange>

  /// On the event loop.
  init(_ exchange: PartyExchange, eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    self.exchange = NIOLoopBound(exchange, eventLoop: eventLoop)
  }

  var requestBody: ByteStream {
    ByteStream {
      { _ throws(HTTPExchangeError) in try await nextPiece() }
    }
  }

  private func nextPiece() async throws(HTTPExchangeError) -> [UInt8]? {
    if eventLoop.inEventLoop, let piece = exchange.value.readyPiece() { return try piece.get() }
    let piece = await withCheckedContinuation { (reader: CheckedContinuation<PartyExchange.Piece, Never>) in
      run { $0.wait(reader) }
    }
    return try piece.get()
  }

  func begin(status: Int, fields: [HTTPField]) async throws(HTTPExchangeError) {
    try await writing { $0.begin(status: status, fields: fields) }
  }

  func write(_ bytes: [UInt8]) async throws(HTTPExchangeError) {
    try await writing { $0.write(bytes) }
    if eventLoop.inEventLoop, exchange.value.isWritable { return }
    let isThere = await withCheckedContinuation { (writer: CheckedContinuation<Bool, Never>) in
      run { $0.wait(writer) }
    }
    guard isThere else { throw .clientGone }
  }

  func send(_ response: WholeResponse) async throws(HTTPExchangeError) {
    try await writing { $0.send(response) }
  }

  func abort() async { run { $0.abort() } }

  /// The party returned.
  func finish() { run { $0.finish() } }

  private func writing(_ body: @escaping @Sendable (PartyExchange) -> Void) async throws(HTTPExchangeError) {
    let isThere: Bool
    if eventLoop.inEventLoop {
      body(exchange.value)
      isThere = !exchange.value.isGone
    } else {
      isThere = await withCheckedContinuation { continuation in
        run { exchange in
          body(exchange)
          continuation.resume(returning: !exchange.isGone)
        }
      }
    }
    guard isThere else { throw .clientGone }
  }

  private func run(_ body: @escaping @Sendable (PartyExchange) -> Void) {
    if eventLoop.inEventLoop {
      body(exchange.value)
    } else {
      eventLoop.execute { body(exchange.value) }
    }
  }
}
