import NIOCore
import NIOPosix
import NIOSSL

/// A server on loopback that misbehaves as it is told.
struct ScriptedServer {
  enum Behaviour: Sendable {
    /// Answers a connection at once and reads nothing.
    case answersUnread(String)
    /// Breaks the connection off once so many bytes came.
    case resets(afterByteCount: Int)
    /// Writes this once something came, and nothing after it.
    case answers(String)
    /// Takes everything and says nothing.
    case isSilent
  }

  let server: String
  private let channel: any Channel

  /// - Parameter tls: nil for a server in clear.
  init(_ behaviour: Behaviour, tls: NIOSSLContext? = nil) async throws {
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: { if case .answersUnread = behaviour { false } else { true } }())
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          try channel.pipeline.syncOperations.addHandler(Script(behaviour))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    server = "\(tls == nil ? "http" : "https")://127.0.0.1:\(channel.localAddress?.port ?? 0)"
  }

  func close() async throws { try await channel.close() }
}

private final class Script: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let behaviour: ScriptedServer.Behaviour
  private var byteCount = 0

  init(_ behaviour: ScriptedServer.Behaviour) { self.behaviour = behaviour }

  func channelActive(context: ChannelHandlerContext) {
    if case .answersUnread(let text) = behaviour { write(text, context) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let isFirst = byteCount == 0
    byteCount += unwrapInboundIn(data).readableBytes
    switch behaviour {
    case .resets(let limit) where byteCount >= limit: context.close(promise: nil)
    case .answers(let text) where isFirst: write(text, context)
    default: break
    }
  }

  private func write(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
  }
}
