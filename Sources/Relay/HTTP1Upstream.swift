import NIOCore

/// An HTTP/1.1 connection to an operator's server.
///
/// It writes heads itself and reads answers with `UpstreamAnswerParser`, since a relay drops most of what SwiftNIO's
/// decoder would make of them.
final class HTTP1Upstream: UpstreamChannel, ChannelDuplexHandler, Upstream {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// A body part of at most so many bytes leaves in one buffer with the head.
  private static let joinedByteCount = 16_384

  private weak var pool: UpstreamPool?
  private var parser = UpstreamAnswerParser()
  private var head: ByteBuffer?
  private var isChunked = false
  private var isRequestComplete = false
  /// The relay's second in which it was last used.
  var idleSince = 0

  init(pool: UpstreamPool) { self.pool = pool }

  // MARK: The request

  func begin(for client: any UpstreamClient, request: UpstreamRequest) {
    self.client = client
    isRequestComplete = false
    parser.begin()
    let forwarding = request.forwarding
    isChunked = forwarding.mediaType != nil && (forwarding.isIncremental || request.byteCount == nil)
    var head = ByteBuffer()
    head.reserveCapacity(256 + min(request.byteCount ?? 0, Self.joinedByteCount))
    head.writeString("\(forwarding.method.rawValue) \(forwarding.path) HTTP/1.1\r\nhost: \(request.authority)\r\n")
    if let mediaType = forwarding.mediaType { head.writeString("content-type: \(mediaType)\r\n") }
    if forwarding.isIncremental { head.writeString("incremental: ?1\r\n") }
    if isChunked {
      head.writeString("transfer-encoding: chunked\r\n")
    } else if forwarding.mediaType != nil, let byteCount = request.byteCount {
      head.writeString("content-length: \(byteCount)\r\n")
    }
    head.writeString("\r\n")
    self.head = head
  }

  func send(_ body: ByteBuffer) {
    if !isChunked {
      if body.readableBytes <= Self.joinedByteCount, var head = head.take() {
        head.writeImmutableBuffer(body)
        return write(head)
      }
      writeHead()
      return write(body)
    }
    writeHead()
    write(ByteBuffer(string: String(body.readableBytes, radix: 16) + "\r\n"))
    write(body)
    write(ByteBuffer(string: "\r\n"))
  }

  func sendEnd() {
    writeHead()
    if isChunked { write(ByteBuffer(string: "0\r\n\r\n")) }
    isRequestComplete = true
  }

  func flush() {
    writeHead()
    context?.flush()
  }

  private func writeHead() { if let head = head.take() { write(head) } }

  private func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }

  // MARK: The answer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    parser.feed(unwrapInboundIn(data))
    do {
      while let event = try parser.next() { hand(event) }
      // Nobody asked for more.
      if client == nil, parser.hasBytes { close() }
    } catch {
      fail()
    }
  }

  private func hand(_ event: UpstreamAnswerParser.Event) {
    guard let client else { return }
    switch event {
    case .head(let answer): client.upstreamAnswered(answer)
    case .body(let body): client.upstreamSent(body)
    case .end:
      self.client = nil
      client.upstreamEnded()
      if isWhole { pool?.isFree(self) } else { close() }
    }
  }

  /// Whether a whole exchange passed and another may follow: the request left as a whole too, and nothing is left, so
  /// that neither a part of it nor of its answer can stand before the next.
  private var isWhole: Bool {
    guard isRequestComplete, parser.staysOpen, !parser.hasBytes, let channel = context?.channel, channel.isActive
    else { return false }
    return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0
  }

  // MARK: The connection

  func channelInactive(context: ChannelHandlerContext) {
    // An answer without a length ends here.
    if client != nil, parser.endsWithConnection { hand(.end) }
    fail()
    pool?.closed(self)
  }
}
