import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// One TCP connection of a test, byte by byte: nothing is sent, read or understood but by the test.
final class Wire: Sendable {
  struct Closed: Error {}

  private struct Waiting {
    let isMet: @Sendable (_ received: [UInt8], _ isClosed: Bool) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var received: [UInt8] = []
    var isClosed = false
    var waiting: [Waiting] = []
  }

  let channel: any Channel
  private let state = Mutex(State())

  private init(_ channel: any Channel) { self.channel = channel }

  /// Connects to a loopback port.
  static func connect(to port: Int, reads: Bool = true) async throws -> Wire {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reads)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture { try attach(to: channel) }
      }
  }

  /// - Parameter heard: called with the first bytes that are received.
  static func attach(to channel: any Channel, heard: ((Wire) -> Void)? = nil) throws -> Wire {
    let wire = Wire(channel)
    try channel.pipeline.syncOperations.addHandler(WireHandler(wire, heard: heard))
    return wire
  }

  func send(_ text: String) async throws { try await send(ByteBuffer(string: text)) }

  func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes) }

  /// Ends the connection at once, with a reset where bytes are unread or unsent.
  func reset() async {
    try? await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    try? await channel.close()
  }

  func close() async { try? await channel.close() }

  func setReads(_ reads: Bool) async throws { try await channel.setOption(.autoRead, value: reads).get() }

  var receivedBytes: [UInt8] { state.withLock { $0.received } }

  var receivedText: String { String(decoding: receivedBytes, as: UTF8.self) }

  /// Everything received so far, once the text is in it.
  @discardableResult
  func read(until text: String) async throws -> String {
    let wanted = Array(text.utf8)
    await wait { received, isClosed in isClosed || received.firstRange(of: wanted) != nil }
    guard receivedBytes.firstRange(of: wanted) != nil else { throw Closed() }
    return receivedText
  }

  @discardableResult
  func read(byteCount: Int) async throws -> Int {
    await wait { received, isClosed in isClosed || received.count >= byteCount }
    let count = receivedBytes.count
    guard count >= byteCount else { throw Closed() }
    return count
  }

  /// Everything that was received until the peer closed the connection.
  @discardableResult
  func readUntilClosed() async -> String {
    await wait { _, isClosed in isClosed }
    return receivedText
  }

  func forget() { state.withLock { $0.received = [] } }

  private func wait(_ isMet: @escaping @Sendable ([UInt8], Bool) -> Bool) async {
    await withCheckedContinuation { continuation in
      state.withLock { $0.waiting.append(Waiting(isMet: isMet, continuation: continuation)) }
      resume()
    }
  }

  fileprivate func update(_ bytes: [UInt8], isClosed: Bool) {
    state.withLock { state in
      state.received += bytes
      state.isClosed = state.isClosed || isClosed
    }
    resume()
  }

  private func resume() {
    let met = state.withLock { state in
      let met = state.waiting.filter { $0.isMet(state.received, state.isClosed) }
      state.waiting.removeAll { $0.isMet(state.received, state.isClosed) }
      return met
    }
    for waiting in met { waiting.continuation.resume() }
  }
}

private final class WireHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let wire: Wire
  private var heard: ((Wire) -> Void)?

  init(_ wire: Wire, heard: ((Wire) -> Void)?) {
    self.wire = wire
    self.heard = heard
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    wire.update(Array(unwrapInboundIn(data).readableBytesView), isClosed: false)
    heard?(wire)
    heard = nil
  }

  func channelInactive(context: ChannelHandlerContext) { wire.update([], isClosed: true) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// A server whose every connection is a `Wire`.
final class WireServer: Sendable {
  let port: Int
  private let listener: any Channel
  private let accepted: AsyncStream<Wire>

  private init(listener: any Channel, accepted: AsyncStream<Wire>) {
    self.listener = listener
    self.accepted = accepted
    port = listener.localAddress?.port ?? 0
  }

  static func start() async throws -> WireServer {
    let (accepted, continuation) = AsyncStream.makeStream(of: Wire.self)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { _ = try Wire.attach(to: channel) { continuation.yield($0) } }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return WireServer(listener: listener, accepted: accepted)
  }

  /// The next connection over which somebody says something: a relay's spare ones do not count.
  func next() async -> Wire? {
    var iterator = accepted.makeAsyncIterator()
    return await iterator.next()
  }

  func stop() async { try? await listener.close() }
}
