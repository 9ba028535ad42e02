import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// An OpenAI-compatible server on a Unix socket that gives every chat the same answer, whole or as a stream.
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
  private var body = ByteBuffer()

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      isChat = head.method == .POST && head.uri == "/v1/chat/completions"
      body.clear()
    case .body(let piece): body.writeImmutableBuffer(piece)
    case .end: respond(context)
    }
  }

  private func respond(_ context: ChannelHandlerContext) {
    let isStream = String(buffer: body).contains("\"stream\":true")
    let body = ByteBuffer(string: isChat ? isStream ? Self.stream : Self.whole : "")
    let head = HTTPResponseHead(
      version: .http1_1, status: isChat ? .ok : .notFound,
      headers: [
        "content-length": "\(body.readableBytes)",
        "content-type": isStream ? "text/event-stream" : "application/json",
      ])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private static let whole = """
    {"id":"1","object":"chat.completion","created":1,"model":"stand-in","choices":[{"index":0,"message":\
    {"role":"assistant","content":"\(EngineStandIn.answer)"},"finish_reason":"stop"}],\
    "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"prompt_tokens_details":{"cached_tokens":0}}}
    """

  /// The answer word by word, as events.
  private static let stream: String = {
    let words = EngineStandIn.answer.split(separator: " ")
    let events = words.enumerated().map { index, word in
      let isLast = index == words.count - 1
      return """
        {"id":"1","object":"chat.completion.chunk","created":1,"model":"stand-in","choices":[{"index":0,"delta":\
        {"content":"\(word)\(isLast ? "" : " ")"},"finish_reason":\(isLast ? "\"stop\"" : "null")}]}
        """
    }
    return (events + ["[DONE]"]).map { "data: \($0)\n\n" }.joined()
  }()
}
