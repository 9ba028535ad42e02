import NIOCore
import NIOHTTP1

/// One stream of an HTTP/2 connection to an operator's server: one exchange.
final class HTTP2Upstream: UpstreamChannel, ChannelDuplexHandler, Upstream {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = HTTPClientRequestPart

  private weak var session: UpstreamSession?
  private var isRequestComplete = false

  init(session: UpstreamSession) { self.session = session }

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

  // MARK: The stream

  func channelInactive(context: ChannelHandlerContext) {
    fail()
    session?.streamClosed()
    session = nil
  }
}
