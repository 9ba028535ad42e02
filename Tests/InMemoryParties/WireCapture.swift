import NIOCore
import NIOPosix
import Synchronization

/// Stands before a server of loopback and notes what crosses its connections, as somebody on the path sees it.
public final class WireCapture: Sendable {
  public struct Crossing: Sendable, Hashable {
    public fileprivate(set) var sentByteCount = 0
    /// By the time at which they came.
    public fileprivate(set) var receivedByteCounts: [ContinuousClock.Instant: Int] = [:]
  }

  private let crossing = Mutex(Crossing())
  private let now: @Sendable () -> ContinuousClock.Instant

  private init(now: @escaping @Sendable () -> ContinuousClock.Instant) { self.now = now }

  /// Takes connections in the place of a server.
  ///
  /// - Parameters:
  ///   - port: the server's, on loopback.
  ///   - now: what bytes are timed by.
  /// - Returns: the port to connect to instead; it is open as long as this process.
  static func start(
    before port: Int, now: @escaping @Sendable () -> ContinuousClock.Instant
  ) async throws -> (capture: WireCapture, port: Int) {
    let capture = WireCapture(now: now)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { client in
        ClientBootstrap(group: client.eventLoop)
          .channelInitializer { server in
            server.eventLoop.makeCompletedFuture {
              try server.pipeline.syncOperations.addHandler(PassingHandler(to: client) { capture.noteReceived($0) })
            }
          }
          .connect(host: "127.0.0.1", port: port)
          .flatMapThrowing { server in
            try client.pipeline.syncOperations.addHandler(PassingHandler(to: server) { capture.noteSent($0) })
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return (capture, listener.localAddress?.port ?? 0)
  }

  /// What crossed since the last call, all connections together.
  public func take() -> Crossing {
    crossing.withLock { crossing in
      defer { crossing = Crossing() }
      return crossing
    }
  }

  private func noteSent(_ byteCount: Int) { crossing.withLock { $0.sentByteCount += byteCount } }

  private func noteReceived(_ byteCount: Int) {
    let time = now()
    crossing.withLock { $0.receivedByteCounts[time, default: 0] += byteCount }
  }
}

/// Passes on what one side of a connection says, unchanged.
private final class PassingHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let other: any Channel
  private let note: (Int) -> Void

  init(to other: any Channel, note: @escaping (Int) -> Void) {
    self.other = other
    self.note = note
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    note(bytes.readableBytes)
    other.writeAndFlush(bytes, promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
