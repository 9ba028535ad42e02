import HTTPMessages
import NIOCore
import NIOHTTP1

/// One exchange between a channel and the task that answers it: carries the request's body in and the response out.
///
/// Sendable unchecked: everything but `eventLoop` is touched on the event loop alone.
final class PartyExchange: ResponseWriter, @unchecked Sendable {
  private enum Progress { case nothing, begun, ended }

  private typealias Piece = Result<[UInt8]?, HTTPExchangeError>

  private let eventLoop: any EventLoop
  private let context: ChannelHandlerContext
  private let handler: PartyHandler
  private var task: Task<Void, Never>?
  private var isGone = false

  /// What was received of the body and not read yet.
  private var pieces = PieceQueue()
  private var bodyIsWhole = false
  private var bodyReader: CheckedContinuation<Piece, Never>?

  private var response = Progress.nothing
  private var flushIsDue = false
  private var writers: [CheckedContinuation<Bool, Never>] = []

  init(context: ChannelHandlerContext, handler: PartyHandler) {
    self.context = context
    self.handler = handler
    eventLoop = context.eventLoop
  }

  func start(_ hosted: HostedParty, _ request: StreamedRequest, on executor: EventLoopTaskExecutor?) {
    let answer: @Sendable () async -> Void = {
      await hosted.respond(to: request, self)
      if self.eventLoop.inEventLoop { self.finish() } else { self.eventLoop.execute { self.finish() } }
    }
    let task =
      if let executor { Task.immediate(executorPreference: executor, operation: answer) } else {
        Task(operation: answer)
      }
    // An answer that was computed at once needs nobody to cancel it.
    if response != .ended { self.task = task }
  }

  /// The client can get no answer any more.
  func clientGone() {
    guard !isGone else { return }
    isGone = true
    task?.cancel()
    task = nil
    pieces.removeAll()
    bodyReader.take()?.resume(returning: .failure(.clientGone))
    resumeWriters()
  }

  // MARK: The request's body

  func receive(_ bytes: ByteBuffer) {
    guard bytes.readableBytes > 0 else { return }
    pieces.append(bytes)
    if bodyReader != nil { wakeReader() }
  }

  func receiveEnd() {
    bodyIsWhole = true
    if bodyReader != nil { wakeReader() }
  }

  var hasUnreadBody: Bool { !pieces.isEmpty && response != .ended }

  func wholeBody() -> ByteStream {
    guard let first = pieces.popFirst() else { return ByteStream() }
    var body = Array(first.readableBytesView)
    while let piece = pieces.popFirst() { body.append(contentsOf: piece.readableBytesView) }
    return ByteStream(body)
  }

  func streamedBody() -> ByteStream {
    ByteStream {
      { _ throws(HTTPExchangeError) in try await self.nextPiece() }
    }
  }

  private func nextPiece() async throws(HTTPExchangeError) -> [UInt8]? {
    if eventLoop.inEventLoop, let piece = readyPiece() { return try piece.get() }
    let piece = await withCheckedContinuation { (reader: CheckedContinuation<Piece, Never>) in
      runOnEventLoop {
        self.bodyReader = reader
        self.wakeReader()
      }
    }
    return try piece.get()
  }

  private func wakeReader() {
    guard bodyReader != nil, let piece = readyPiece() else { return }
    bodyReader.take()?.resume(returning: piece)
  }

  private func readyPiece() -> Piece? {
    if isGone { return .failure(.clientGone) }
    guard let piece = pieces.popFirst() else { return bodyIsWhole ? .success(nil) : nil }
    if pieces.isEmpty { handler.bodyWasRead(context: context) }
    return .success(Array(piece.readableBytesView))
  }

  // MARK: The response

  func begin(status: Int, fields: [HTTPField]) async throws(HTTPExchangeError) {
    try await writing { exchange in
      guard exchange.response == .nothing else { return }
      exchange.writeHead(status: status, fields: fields, bodyByteCount: nil)
      exchange.flushSoon()
    }
  }

  func write(_ bytes: [UInt8]) async throws(HTTPExchangeError) {
    try await writing { exchange in
      guard exchange.response == .begun else { return }
      exchange.write(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
      exchange.flushSoon()
    }
    guard await isWritableAgain() else { throw .clientGone }
  }

  func send(_ response: WholeResponse) async throws(HTTPExchangeError) {
    if eventLoop.inEventLoop {
      guard !isGone else { throw .clientGone }
      sendNow(response)
    } else {
      try await writing { $0.sendNow(response) }
    }
  }

  private func sendNow(_ response: WholeResponse) {
    guard self.response == .nothing else { return }
    writeHead(status: response.status, fields: response.fields, bodyByteCount: response.body.count)
    if !response.body.isEmpty { write(.body(.byteBuffer(ByteBuffer(bytes: response.body)))) }
    end()
  }

  func abort() async {
    await onEventLoop { exchange in
      guard !exchange.isGone, exchange.response != .ended else { return }
      exchange.response = .ended
      exchange.context.close(promise: nil)
    }
  }

  /// The party returned.
  private func finish() {
    task = nil
    guard !isGone else { return }
    switch response {
    case .nothing:
      writeHead(status: 500, fields: [], bodyByteCount: 0)
      end()
    case .begun: end()
    case .ended: break
    }
  }

  private func writeHead(status: Int, fields: [HTTPField], bodyByteCount: Int?) {
    response = .begun
    var headers: [(String, String)] = []
    headers.reserveCapacity(fields.count + 1)
    for field in fields where field.name != "content-length" { headers.append((field.name, field.value)) }
    if let bodyByteCount { headers.append(("content-length", String(bodyByteCount))) }
    write(
      .head(
        HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: HTTPHeaders(headers))))
  }

  private func end() {
    response = .ended
    flushIsDue = false
    write(.end(nil))
    context.flush()
    // Nobody reads what is left of the request.
    pieces.removeAll()
    handler.bodyWasRead(context: context)
  }

  private func write(_ part: HTTPServerResponsePart) { context.write(NIOAny(part), promise: nil) }

  /// Sends what is written when this turn of the event loop ends, so that a head and its first piece leave together.
  private func flushSoon() {
    guard !flushIsDue else { return }
    flushIsDue = true
    eventLoop.assumeIsolated().execute {
      guard self.flushIsDue, !self.isGone else { return }
      self.flushIsDue = false
      self.context.flush()
    }
  }

  /// Waits until the client has read enough of what was written; false where it is gone.
  private func isWritableAgain() async -> Bool {
    if eventLoop.inEventLoop, !isGone, context.channel.isWritable { return true }
    return await withCheckedContinuation { writer in
      runOnEventLoop {
        if self.isGone || self.context.channel.isWritable {
          writer.resume(returning: !self.isGone)
        } else {
          self.writers.append(writer)
        }
      }
    }
  }

  func clientReads() { resumeWriters() }

  private func resumeWriters() {
    let waiting = writers
    writers = []
    for writer in waiting { writer.resume(returning: !isGone) }
  }

  // MARK: Threads

  private func writing(_ body: @escaping @Sendable (PartyExchange) -> Void) async throws(HTTPExchangeError) {
    let isThere = await onEventLoop { exchange in
      if !exchange.isGone { body(exchange) }
      return !exchange.isGone
    }
    guard isThere else { throw .clientGone }
  }

  private func onEventLoop<Value: Sendable>(_ body: @escaping @Sendable (PartyExchange) -> Value) async -> Value {
    if eventLoop.inEventLoop { return body(self) }
    return await withCheckedContinuation { continuation in
      eventLoop.execute { continuation.resume(returning: body(self)) }
    }
  }

  private func runOnEventLoop(_ body: @escaping @Sendable () -> Void) {
    if eventLoop.inEventLoop { body() } else { eventLoop.execute(body) }
  }
}

extension HTTPExchangeError {
  fileprivate static var clientGone: HTTPExchangeError {
    HTTPExchangeError(interrupted, "whoever asked is gone")
  }
}
