import HTTPServing
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// One connection of a server without sockets, on a clock that the test moves.
final class EmbeddedConnection {
  let loop = EmbeddedEventLoop()
  let channel: EmbeddedChannel
  let handler: ScriptedHandler
  private var output = ""

  /// - Parameter answer: what the handler does with a request's end.
  init(
    limits: HTTPServerLimits = HTTPServerLimits(), acceptance: ConnectionAcceptance? = nil,
    peer: String = "192.0.2.1", handler: ScriptedHandler = ScriptedHandler()
  ) throws {
    self.handler = handler
    let onLoop = NIOLoopBound(handler, eventLoop: loop)
    let acceptance = acceptance ?? ConnectionAcceptance(limits: limits, certificate: nil) { _ in onLoop.value }
    channel = EmbeddedChannel(loop: loop)
    let address = try SocketAddress(ipAddress: peer, port: 1024)
    channel.remoteAddress = address
    do {
      try acceptance.configure(channel)
    } catch {
      channel.close(promise: nil)
      loop.run()
      throw error
    }
    channel.connect(to: address, promise: nil)
    loop.run()
  }

  func send(_ text: String) throws {
    guard isOpen else { return }
    try channel.writeInbound(ByteBuffer(string: text))
    loop.run()
  }

  /// Everything that was answered so far.
  func received() throws -> String {
    while let bytes = try channel.readOutbound(as: IOData.self) {
      if case .byteBuffer(let bytes) = bytes { output += String(buffer: bytes) }
    }
    return output
  }

  func advance(_ time: Duration) { loop.advanceTime(by: TimeAmount(time)) }

  var isOpen: Bool { channel.isActive }

  deinit {
    channel.close(promise: nil)
    loop.run()
  }
}

/// The handler behind a server's limits, doing what a test says and keeping what it saw.
final class ScriptedHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  enum Script {
    /// Answers each request, at its end, with its body.
    case echoes
    /// Answers with the head alone, before the body.
    case answersEarly
    /// Answers nothing until the test does.
    case waits
    /// Reads nothing.
    case readsNothing
  }

  private let script: Script
  private var body = ByteBuffer()
  private var context: ChannelHandlerContext?
  private(set) var heads: [HTTPRequestHead] = []
  private(set) var bodyByteCount = 0
  private(set) var endCount = 0
  private(set) var errors: [any Error] = []
  private(set) var isGone = false

  init(_ script: Script = .echoes) { self.script = script }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      heads.append(head)
      body.clear()
      if script == .answersEarly { answer() }
    case .body(var bytes):
      bodyByteCount += bytes.readableBytes
      body.writeBuffer(&bytes)
    case .end:
      endCount += 1
      if script == .echoes { answer(body) }
    }
  }

  func read(context: ChannelHandlerContext) {
    if script != .readsNothing { context.read() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }

  func channelInactive(context: ChannelHandlerContext) { isGone = true }

  func answer(_ body: ByteBuffer = ByteBuffer(), length: Bool = true, close: Bool = false) {
    begin(length: length ? body.readableBytes : nil, close: close)
    if body.readableBytes > 0 { write(body) }
    end()
  }

  func begin(length: Int? = nil, status: HTTPResponseStatus = .ok, close: Bool = false) {
    var fields = HTTPHeaders()
    if let length { fields.add(name: "content-length", value: "\(length)") }
    if close { fields.add(name: "connection", value: "close") }
    send(.head(HTTPResponseHead(version: .http1_1, status: status, headers: fields)))
  }

  func write(_ bytes: ByteBuffer) { send(.body(.byteBuffer(bytes))) }

  func end() { send(.end(nil)) }

  private func send(_ part: HTTPServerResponsePart) {
    context?.writeAndFlush(wrapOutboundOut(part), promise: nil)
  }
}
