import ErrorCodes
import HTTPMessages
package import NIOCore
package import NIOHTTP1
import PartyHosting

/// The end of a client's HTTP exchange stream: reads requests, writes new ones to operators' servers, and passes the
/// bytes of both bodies on as they come.
///
/// Nothing is kept of a body beyond what one read gave: while one side takes no more, nothing is read from the other.
/// The server before it holds the client to its limits and sees to framing; the times of an operator are kept here.
package final class RelayHandler: ChannelDuplexHandler {
  package typealias InboundIn = HTTPServerRequestPart
  package typealias OutboundIn = HTTPServerResponsePart
  package typealias OutboundOut = HTTPServerResponsePart

  private enum Phase {
    /// Between exchanges; what comes of a request that was answered early is dropped. To `fetching` or `connecting`.
    case idle
    /// The head of a request without a body was read, its end was not. To `connecting` or `idle`.
    case fetching
    /// Waits for a connection, with what was read so far. To `relaying` or `idle`.
    case connecting
    /// To `idle`.
    case relaying
  }

  private let loop: RelayLoop
  private let peerAddress: String
  private var context: ChannelHandlerContext?
  private var phase = Phase.idle
  private var upstream: (any Upstream)?
  private var isReadWithheld = false
  private var isUpstreamUnflushed = false

  // Of the exchange under way.
  private var forwarding: RelayRules.Forwarding?
  /// Index of the server that is asked.
  private var server = 0
  /// Servers that may still be asked where this one gives no connection.
  private var furtherServerCount = 0
  private var request = RequestHead()
  /// What was read before the connection was there: at most what one read gave.
  private var held: [ByteBuffer] = []
  private var requestByteCount = 0
  private var answerByteCount = 0
  private var isRequestComplete = false
  /// Nil until the answer has begun.
  private var status: Int?
  /// The relay's second of the last step.
  private var lastStep = 0
  /// The relay's second in which the exchange with the operator began.
  private var beginning = 0
  /// What the observer is told.
  private var seen: RelayedExchange?

  init(loop: RelayLoop, peerAddress: String) {
    self.loop = loop
    self.peerAddress = peerAddress
  }

  // MARK: The request

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head)
    case .body(let body): take(body)
    case .end: takeEnd()
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    request = RequestHead(head)
    requestByteCount = 0
    answerByteCount = 0
    isRequestComplete = false
    status = nil
    lastStep = loop.now
    if loop.observer != nil { seen = RelayedExchange(head, peerAddress: peerAddress) }
    let decision = loop.rules.decide(
      method: head.method.rawValue, path: head.uri, mediaType: request.mediaType, hasBody: request.hasBody)
    switch decision {
    case .health: answer(.json(#"{"status":"ok"}"#))
    case .refuse(let code, let status): refuse(code, status: status)
    case .forward(let forwarding):
      self.forwarding = forwarding
      guard request.byteCount ?? 0 <= loop.limits.requestByteCount else { return refuseSize() }
      if forwarding.method == .get { phase = .fetching } else { connect(forwarding) }
    }
  }

  private func take(_ body: ByteBuffer) {
    guard phase != .idle, body.readableBytes > 0 else { return }
    requestByteCount += body.readableBytes
    lastStep = loop.now
    guard phase != .fetching else { return refuse(RelayError.requestRefused, status: 400) }
    guard requestByteCount <= loop.limits.requestByteCount else { return refuseSize() }
    if let upstream {
      upstream.send(body)
      isUpstreamUnflushed = true
    } else {
      held.append(body)
    }
  }

  private func takeEnd() {
    isRequestComplete = true
    lastStep = loop.now
    if phase == .fetching, let forwarding { connect(forwarding) }
    if let upstream {
      upstream.sendEnd()
      isUpstreamUnflushed = true
    }
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    guard isUpstreamUnflushed else { return }
    isUpstreamUnflushed = false
    upstream?.flush()
  }

  /// Reads of the request wait for its connection, and for that to take more.
  package func read(context: ChannelHandlerContext) {
    if phase == .connecting || upstream?.isWritable == false { isReadWithheld = true } else { context.read() }
  }

  private func readAgain() {
    guard isReadWithheld else { return }
    isReadWithheld = false
    context?.read()
  }

  private func connect(_ forwarding: RelayRules.Forwarding) {
    guard let server = loop.choose(among: forwarding.servers) else {
      return refuse(RelayError.gatewayUnreachable, status: 502)
    }
    furtherServerCount = forwarding.servers.count - 1
    connect(to: server)
  }

  private func connect(to server: Int) {
    self.server = server
    phase = .connecting
    switch loop.pool(of: server).request(for: self) {
    case .ready(let upstream): upstreamReady(upstream)
    case .later: break
    case .busy: upstreamFailed(.busy)
    }
  }

  /// The exchange is over, or given up. State comes before writing: the next request may arrive within a write.
  private func end() {
    let upstream = upstream
    self.upstream = nil
    if phase == .connecting { loop.pool(of: server).forget(self) }
    phase = .idle
    held = []
    report()
    upstream?.cancel()
  }

  // MARK: The answer

  private func refuse(_ code: ErrorCode, status: Int) { answer(.refusal(code, status: status)) }

  private func refuseSize() { if status == nil { answer(.requestTooLarge) } else { abort() } }

  private func answer(_ answer: WholeResponse) {
    var headers = HTTPHeaders(answer.fields.map { ($0.name, $0.value) })
    headers.add(name: "content-length", value: "\(answer.body.count)")
    writeHead(status: answer.status, headers)
    answerByteCount = answer.body.count
    write(.body(.byteBuffer(ByteBuffer(bytes: answer.body))))
    writeEnd()
  }

  private func writeHead(status: Int, _ headers: HTTPHeaders) {
    self.status = status
    write(
      .head(HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)))
  }

  private func write(_ part: HTTPServerResponsePart) { context?.write(wrapOutboundOut(part), promise: nil) }

  private func writeEnd() {
    end()
    context?.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    readAgain()
  }

  /// Breaks off an answer that has begun and cannot be completed: its client sees that it is cut short.
  private func abort() {
    end()
    context?.close(promise: nil)
  }

  private func report() {
    guard var seen, let observer = loop.observer else { return }
    seen.requestByteCount = requestByteCount
    seen.answerByteCount = answerByteCount
    seen.status = status ?? 0
    self.seen = nil
    observer(seen)
  }

  // MARK: The client's channel

  package func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    loop.add(self)
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    loop.remove(self)
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    lastStep = loop.now
    if context.channel.isWritable { upstream?.readAgain() }
    context.fireChannelWritabilityChanged()
  }

  package func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  /// Whoever raised it sees to the connection.
  package func errorCaught(context: ChannelHandlerContext, error: any Error) {}

  // MARK: Time

  /// Once a second: holds the operator of the exchange under way to its limits.
  func checkTime() {
    let waited = loop.now - lastStep
    switch phase {
    case .idle, .fetching: break
    case .connecting:
      guard waited > loop.limits.connectSeconds else { return }
      upstreamFailed(loop.pool(of: server).isInUse ? .busy : .unreachable)
    case .relaying: if isOverdue(waited) { timeOut() }
    }
  }

  private func isOverdue(_ waited: Int) -> Bool {
    if loop.now - beginning > loop.limits.answerSeconds { return true }
    // While the client leaves its answer unread, the operator waits with it.
    guard takesMore else { return false }
    let isUnderWay = status != nil || upstream?.isWritable == false
    let limit = isUnderWay ? loop.limits.stallSeconds : isRequestComplete ? loop.limits.headSeconds : .max
    return waited > limit
  }

  private func timeOut() { if status == nil { refuse(RelayError.gatewayTimeout, status: 504) } else { abort() } }
}

extension RelayHandler: UpstreamClient {
  var takesMore: Bool { context?.channel.isWritable ?? true }

  func upstreamReady(_ upstream: any Upstream) {
    guard phase == .connecting, let forwarding else { return upstream.cancel() }
    phase = .relaying
    self.upstream = upstream
    lastStep = loop.now
    beginning = loop.now
    upstream.begin(
      for: self,
      request: UpstreamRequest(
        forwarding: forwarding, authority: loop.authorities[server], byteCount: request.byteCount))
    for body in held { upstream.send(body) }
    held = []
    if isRequestComplete { upstream.sendEnd() }
    // Within a read, more may follow, and its end flushes.
    if isReadWithheld || isRequestComplete { upstream.flush() } else { isUpstreamUnflushed = true }
    readAgain()
  }

  func upstreamAnswered(_ answer: UpstreamAnswer) {
    lastStep = loop.now
    guard answer.byteCount ?? 0 <= loop.limits.answerByteCount else { return upstreamFailed(.unreachable) }
    var headers = HTTPHeaders()
    if let mediaType = answer.mediaType { headers.add(name: "content-type", value: mediaType) }
    if RelayRules.isIncremental(answer: answer.mediaType) { headers.add(name: "incremental", value: "?1") }
    if let byteCount = answer.byteCount { headers.add(name: "content-length", value: "\(byteCount)") }
    writeHead(status: answer.status, headers)
  }

  func upstreamSent(_ body: ByteBuffer) {
    lastStep = loop.now
    answerByteCount += body.readableBytes
    guard answerByteCount <= loop.limits.answerByteCount else { return abort() }
    write(.body(.byteBuffer(body)))
  }

  func upstreamPaused() { context?.flush() }

  func upstreamEnded() {
    upstream = nil
    writeEnd()
  }

  func upstreamWritabilityChanged() {
    lastStep = loop.now
    if upstream?.isWritable == true { readAgain() }
  }

  func upstreamFailed(_ failure: UpstreamFailure) {
    guard phase == .connecting || phase == .relaying else { return }
    if status != nil { return abort() }
    // Nothing was sent: another server may be asked without sending a request twice.
    if phase == .connecting, furtherServerCount > 0, let forwarding,
      let other = loop.choose(among: forwarding.servers, besides: server)
    {
      loop.pool(of: server).forget(self)
      furtherServerCount -= 1
      lastStep = loop.now
      return connect(to: other)
    }
    switch failure {
    case .unreachable: refuse(RelayError.gatewayUnreachable, status: 502)
    case .busy: refuse(RelayError.busy, status: 503)
    }
  }
}
