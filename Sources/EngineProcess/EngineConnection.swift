import Inference
import NIOCore
import NIOHTTP1
import NIOPosix

/// One HTTP/1.1 exchange over a connected Unix socket that came as a descriptor.
enum EngineConnection {
  typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  /// Of an answer other than 200, in bytes.
  private static let discardLimit = 65_536

  /// - Parameter receive: called with each piece of a 200 answer's body; what it throws ends the exchange.
  /// - Returns: the answer's status.
  static func exchange(
    descriptor: NIOBSDSocket.Handle, group: any EventLoopGroup, method: HTTPMethod, path: String, body: [UInt8],
    receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws -> Int {
    // Where the request itself is served on an event loop, the engine's answer arrives there and changes no thread.
    let group = MultiThreadedEventLoopGroup.currentEventLoop ?? group
    let connection = try await ClientBootstrap(group: group).withConnectedSocket(descriptor) { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        return try Channel(wrappingChannelSynchronously: channel)
      }
    }
    return try await connection.executeThenClose { incoming, outgoing in
      var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
      head.headers = ["host": "engine", "connection": "close", "content-length": "\(body.count)"]
      if !body.isEmpty { head.headers.add(name: "content-type", value: "application/json") }
      // In one write: an engine that answers at the last byte may have closed before another.
      let content: [HTTPClientRequestPart] = body.isEmpty ? [] : [.body(.byteBuffer(ByteBuffer(bytes: body)))]
      try await outgoing.write(contentsOf: [.head(head)] + content + [.end(nil)])
      var status = 0
      var discardedByteCount = 0
      for try await part in incoming {
        switch part {
        case .head(let head): status = Int(head.status.code)
        case .body(let bytes) where status == 200: try await receive(Array(buffer: bytes))
        // What an error says may hold the request.
        case .body(let bytes):
          discardedByteCount += bytes.readableBytes
          guard discardedByteCount <= discardLimit else {
            throw InferenceError(InferenceError.engineFailed, "the engine's refusal is above its limit")
          }
        case .end: return status
        }
      }
      throw InferenceError(InferenceError.engineFailed, "the engine's answer broke off")
    }
  }
}
