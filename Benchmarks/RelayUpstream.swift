import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// The server behind the relays that are compared: SwiftNIO's own HTTP/1.1, which answers every request with a body of
/// one size.
struct RelayUpstream: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "relay-upstream", shouldDisplay: false)

  @Option var bodyByteCount = 4_096

  mutating func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let body = ByteBuffer(repeating: 0x61, count: bodyByteCount)
    let listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
          try channel.pipeline.syncOperations.addHandler(RelayUpstreamHandler(body: body))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    print("listening 127.0.0.1:\(listener.localAddress?.port ?? 0)")
    fflush(nil)
    // Until whoever started it is gone.
    _ = try await NIOThreadPool.singleton.runIfActive { FileHandle.standardInput.readDataToEndOfFile() }
  }
}

private final class RelayUpstreamHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let body: ByteBuffer
  private let headers: HTTPHeaders

  init(body: ByteBuffer) {
    self.body = body
    headers = ["content-type": "message/ohttp-res", "content-length": "\(body.readableBytes)"]
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .end = unwrapInboundIn(data) else { return }
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
