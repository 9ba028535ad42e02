import ErrorCodes
import NIOCore
import NIOHTTP1

/// The server's own answers: the stable code and nothing else, `{"code":"..."}`, on a connection that then ends.
enum Refusal {
  static func write(
    _ code: ErrorCode, _ status: HTTPResponseStatus, isHEAD: Bool = false, context: ChannelHandlerContext,
    promise: EventLoopPromise<Void>? = nil
  ) {
    let body = ByteBuffer(string: #"{"code":"\#(code.rawValue)"}"#)
    let fields: HTTPHeaders = [
      "content-type": "application/json", "content-length": "\(body.readableBytes)", "connection": "close",
    ]
    write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: fields)), context)
    if !isHEAD { write(.body(.byteBuffer(body)), context) }
    context.write(NIOAny(HTTPServerResponsePart.end(nil)), promise: promise)
    context.flush()
  }

  private static func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
    context.write(NIOAny(part), promise: nil)
  }
}
