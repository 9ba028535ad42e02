import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// An OpenAI-compatible server on a Unix socket that gives every chat the same answer.
enum EngineStandIn {
  static let answer = "They meet on Saturday at the north gate."

  static func serve(_ body: (_ path: String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("engine-\(UUID().uuidString.prefix(8))")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(ChatHandler())
        }
      }
      .bind(unixDomainSocketPath: path).get()
    try await body(path)
    try await listener.close()
  }
}

private final class ChatHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private var isChat = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): isChat = head.method == .POST && head.uri == "/v1/chat/completions"
    case .body: break
    case .end: respond(context)
    }
  }

  private func respond(_ context: ChannelHandlerContext) {
    let text = """
      {"id":"1","object":"chat.completion","created":1,"model":"stand-in","choices":[{"index":0,"message":\
      {"role":"assistant","content":"\(EngineStandIn.answer)"},"finish_reason":"stop"}]}
      """
    let body = ByteBuffer(string: isChat ? text : "")
    let head = HTTPResponseHead(
      version: .http1_1, status: isChat ? .ok : .notFound, headers: ["content-length": "\(body.readableBytes)"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
