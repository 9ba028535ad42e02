import NIOCore
import NIOHTTP1

/// Writes answers as HTTP/1.1 has them (RFC 9112), gathering head, short pieces and end in one buffer, so that a short
/// answer is one write. Who writes the head's fields says how long the body is.
struct HTTP1ResponseEncoder {
  /// The longest piece that is copied, in bytes: longer ones are cheaper sent as they are.
  static let copiedByteCount = 4096

  private var buffer = ByteBuffer()
  private var isChunked = false

  var hasBytes: Bool { buffer.readableBytes > 0 }
  /// More would better be on its way first.
  var isLong: Bool { buffer.readableBytes > 4 * Self.copiedByteCount }

  /// What is written so far; nothing is left.
  mutating func take() -> ByteBuffer {
    defer { buffer = ByteBuffer() }
    return buffer
  }

  mutating func append(_ status: HTTPResponseStatus, _ fields: HTTPHeaders, version: HTTPVersion) {
    buffer.reserveCapacity(minimumWritableBytes: 512)
    buffer.writeStaticString(version == .http1_1 ? "HTTP/1.1 " : "HTTP/1.0 ")
    if status == .ok {
      buffer.writeStaticString("200 OK\r\n")
    } else {
      buffer.writeString("\(status.code) \(status.reasonPhrase)\r\n")
    }
    append(fields)
    isChunked = fields.contains(name: "transfer-encoding")
  }

  /// Copies a piece of the body; false where it is too long for that.
  mutating func append(_ piece: ByteBuffer) -> Bool {
    guard piece.readableBytes <= Self.copiedByteCount else { return false }
    // An empty chunk would end the body.
    guard piece.readableBytes > 0 else { return true }
    appendStart(of: piece)
    buffer.writeImmutableBuffer(piece)
    appendEnd(of: piece)
    return true
  }

  mutating func appendStart(of piece: ByteBuffer) {
    guard isChunked else { return }
    buffer.writeString(String(piece.readableBytes, radix: 16))
    buffer.writeStaticString("\r\n")
  }

  mutating func appendEnd(of piece: ByteBuffer) {
    if isChunked { buffer.writeStaticString("\r\n") }
  }

  mutating func appendEnd(_ trailers: HTTPHeaders?) {
    guard isChunked else { return }
    buffer.writeStaticString("0\r\n")
    append(trailers ?? [:])
  }

  /// Leaves out a field that would break the lines.
  private mutating func append(_ fields: HTTPHeaders) {
    for (name, value) in fields where Self.isLine(name) && Self.isLine(value) {
      buffer.writeString(name)
      buffer.writeStaticString(": ")
      buffer.writeString(value)
      buffer.writeStaticString("\r\n")
    }
    buffer.writeStaticString("\r\n")
  }

  private static func isLine(_ text: String) -> Bool {
    !text.utf8.contains { $0 < UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
  }
}
