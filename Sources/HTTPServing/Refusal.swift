import ErrorCodes
import NIOCore
import NIOHTTP1

/// The server's own answers: the stable code and nothing else, `{"code":"..."}`, on a connection that then ends.
enum Refusal {
  static func parts(_ code: ErrorCode, _ status: HTTPResponseStatus) -> [HTTPServerResponsePart] {
    let body = ByteBuffer(string: #"{"code":"\#(code.rawValue)"}"#)
    let fields: HTTPHeaders = [
      "content-type": "application/json", "content-length": "\(body.readableBytes)", "connection": "close",
    ]
    return [
      .head(HTTPResponseHead(version: .http1_1, status: status, headers: fields)), .body(.byteBuffer(body)), .end(nil),
    ]
  }
}
