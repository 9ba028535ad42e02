import NIOCore
import NIOHTTP1

/// One stream of an HTTP/2 connection to an operator's server: one exchange.
final class HTTP2Upstream: ChannelDuplexHandler, Upstream {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = HTTPClientRequestPart

  private weak var session: UpstreamSession?
  private var client: (any UpstreamClient)?
  private var context: ChannelHandlerContext?
  private var isRequestComplete = false
  private var isReadWithheld = false

  init(session: UpstreamSession) { self.session = session }

  var isActive: Bool { context?.channel.isActive ?? false }
  var isWritable: Bool { context?.channel.isWritable ?? false }

  // MARK: The request

  func begin(for client: any UpstreamClient, request: UpstreamRequest) {
    self.client = client
    let forwarding = request.forwarding
    var headers = HTTPHeaders([("host", request.authority)])
    if let mediaType = forwarding.mediaType { headers.add(name: "content-type", value: mediaType) }
    if forwarding.isIncremental {
      headers.add(name: "incremental", value: "?1")
    } else if forwarding.mediaType != nil, let byteCount = request.byteCount {
      headers.add(name: "content-length", value: "\(byteCount)")
    }
    let method: HTTPMethod = forwarding.method == .post ? .POST : .GET
    write(.head(HTTPRequestHead(version: .http1_1, method: method, uri: forwarding.path, headers: headers)))
  }

  func send(_ body: ByteBuffer) { write(.body(.byteBuffer(body))) }

  func sendEnd() {
    isRequestComplete = true
    write(.end(nil))
  }

  func flush() { context?.flush() }

  private func write(_ part: HTTPClientRequestPart) { context?.write(wrapOutboundOut(part), promise: nil) }

  func cancel() {
    client = nil
    context?.close(promise: nil)
  }

  // MARK: The answer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let client else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      // The codec hands over interim answers too.
      guard head.status.code >= 200 else { return }
      client.upstreamAnswered(
        UpstreamAnswer(
          status: Int(head.status.code), mediaType: head.headers.first(name: "content-type"),
          byteCount: head.headers.first(name: "content-length").flatMap { Int($0) }))
    case .body(let body): client.upstreamSent(body)
    case .end:
      self.client = nil
      client.upstreamEnded()
      // With both sides ended the stream ends by itself.
      if !isRequestComplete { context.close(promise: nil) }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) { client?.upstreamPaused() }

  func read(context: ChannelHandlerContext) {
    if let client, !client.takesMore { isReadWithheld = true } else { context.read() }
  }

  func readAgain() {
    guard isReadWithheld else { return }
    isReadWithheld = false
    context?.read()
  }

  // MARK: The stream

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelWritabilityChanged(context: ChannelHandlerContext) { client?.upstreamWritabilityChanged() }

  func channelInactive(context: ChannelHandlerContext) {
    fail(context)
    session?.streamClosed()
    session = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(context) }

  private func fail(_ context: ChannelHandlerContext) {
    let client = client
    self.client = nil
    context.close(promise: nil)
    client?.upstreamFailed(.unreachable)
  }
}
