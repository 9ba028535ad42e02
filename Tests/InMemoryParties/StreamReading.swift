public import HTTPMessages

extension HandmadeRequest {
  /// A chat whose answer is a stream.
  public static func chatBody(_ text: String = "hello") -> [UInt8] {
    Array(#"{"messages":[{"content":"\#(text)","role":"user"}],"model":"any","stream":true}"#.utf8)
  }

  /// Sends a request and returns with the answer's head.
  public func stream(_ request: WholeRequest, to server: String) async throws -> StreamedResponse {
    try await deployment.network.exchange(from: "client", address: "127.0.0.2")
      .stream(StreamedRequest(request), to: server)
  }
}

/// Reads pieces of a body until so many bytes are there.
public final class FrameReading {
  private var pieces: ByteStream.Iterator
  private var buffer: [UInt8] = []

  public init(_ body: ByteStream) { pieces = body.makeAsyncIterator() }

  /// - Returns: nil where the body ends before.
  public func next(_ byteCount: Int) async throws -> [UInt8]? {
    while buffer.count < byteCount {
      guard let piece = try await pieces.next() else { return nil }
      buffer += piece
    }
    defer { buffer.removeFirst(byteCount) }
    return Array(buffer.prefix(byteCount))
  }

  /// Whether the body ends here.
  public func isAtEnd() async throws -> Bool { try await next(1) == nil }
}
