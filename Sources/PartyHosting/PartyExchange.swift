import HTTPMessages
import NIOCore
import NIOHTTP1

/// One exchange of a channel: the request's body that was received and not read yet, and how far its response is.
///
/// Lives on the channel's event loop; the task that answers reaches it through `PartyAnswer`.
final class PartyExchange {
  private enum Progress { case nothing, begun, ended }

  typealias Piece = Result<[UInt8]?, HTTPExchangeError>

  private let context: ChannelHandlerContext
  private let handler: PartyHandler
  private var task: Task<Void, Never>?
  /// The client can get no answer any more.
  private(set) var isGone = false

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
  }

  func start(
    _ hosted: HostedParty, _ head: HTTPRequestHead, from peerAddress: String, on executor: EventLoopTaskExecutor?
  ) {
    let answer = PartyAnswer(self, eventLoop: context.eventLoop)
    let request = StreamedRequest(
      method: head.method.rawValue, path: head.uri, fields: head.headers.lowerCaseFields,
      body: bodyIsWhole ? ByteStream(wholeBody()) : answer.requestBody, peerAddress: peerAddress)
    let respond: @Sendable () async -> Void = {
      await hosted.respond(to: request, answer)
      answer.finish()
    }
    let task =
      if let executor { Task.immediate(executorPreference: executor, operation: respond) } else {
        Task(operation: respond)
      }
    // An answer that was computed at once needs nobody to cancel it.
    if response != .ended { self.task = task }
  }

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
    wakeReader()
  }

  func receiveEnd() {
    bodyIsWhole = true
    wakeReader()
  }

  var hasUnreadBody: Bool { !pieces.isEmpty && response != .ended }

  private func wholeBody() -> [UInt8] {
    guard let first = pieces.popFirst() else { return [] }
    var body = Array(first.readableBytesView)
    while let piece = pieces.popFirst() { body.append(contentsOf: piece.readableBytesView) }
    return body
  }

  func wait(_ reader: CheckedContinuation<Piece, Never>) {
    bodyReader = reader
    wakeReader()
  }

  private func wakeReader() {
    guard bodyReader != nil, let piece = readyPiece() else { return }
    bodyReader.take()?.resume(returning: piece)
  }

  /// Nil where the next piece has not come.
  func readyPiece() -> Piece? {
    if isGone { return .failure(.clientGone) }
    guard let piece = pieces.popFirst() else { return bodyIsWhole ? .success(nil) : nil }
    if pieces.isEmpty { handler.bodyWasRead(context: context) }
    return .success(Array(piece.readableBytesView))
  }

  // MARK: The response

  func begin(status: Int, fields: [HTTPField]) {
    guard !isGone, response == .nothing else { return }
    writeHead(status: status, fields: fields, bodyByteCount: nil)
    flushSoon()
  }

  func write(_ bytes: [UInt8]) {
    guard !isGone, response == .begun else { return }
    write(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
    flushSoon()
  }

  func send(_ whole: WholeResponse) {
    guard !isGone, response == .nothing else { return }
    writeHead(status: whole.status, fields: whole.fields, bodyByteCount: whole.body.count)
    if !whole.body.isEmpty { write(.body(.byteBuffer(ByteBuffer(bytes: whole.body)))) }
    end()
  }

  func abort() {
    guard !isGone, response != .ended else { return }
    response = .ended
    context.close(promise: nil)
  }

  /// The party returned.
  func finish() {
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
    context.eventLoop.assumeIsolated().execute {
      guard self.flushIsDue, !self.isGone else { return }
      self.flushIsDue = false
      self.context.flush()
    }
  }

  /// Whether the client has read enough of what was written that more may follow.
  var isWritable: Bool { !isGone && context.channel.isWritable }

  /// - Parameter writer: resumed once more may be written; with false where the client is gone.
  func wait(_ writer: CheckedContinuation<Bool, Never>) {
    if isGone || isWritable { writer.resume(returning: !isGone) } else { writers.append(writer) }
  }

  func clientReads() { resumeWriters() }

  private func resumeWriters() {
    let waiting = writers
    writers = []
    for writer in waiting { writer.resume(returning: !isGone) }
  }
}

extension HTTPHeaders {
  fileprivate var lowerCaseFields: [HTTPField] {
    var fields: [HTTPField] = []
    fields.reserveCapacity(count)
    for (name, value) in self {
      let isLowerCase = !name.utf8.contains { UInt8(ascii: "A") <= $0 && $0 <= UInt8(ascii: "Z") }
      fields.append(HTTPField(isLowerCase ? name : name.lowercased(), value))
    }
    return fields
  }
}

extension HTTPExchangeError {
  static var clientGone: HTTPExchangeError { HTTPExchangeError(interrupted, "whoever asked is gone") }
}
