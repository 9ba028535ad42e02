public import BinaryHTTP
import HybridPublicKeyEncryption
import ObliviousHTTP
import WireFormat

/// The exact sizes of an answer's frames in each layer, frames counted from 0.
///
///     node plaintext          a piece of the node's Binary HTTP answer
///     node encapsulated       [response nonce] | length | sealed chunk           the nonce before the first
///     gateway plaintext       [head] | content chunk (node encapsulated) | [end] of the gateway's Binary HTTP answer
///     gateway encapsulated    [response nonce] | length | sealed chunk
public struct AnswerLayout: Sendable, Hashable {
  public let answerClass: AnswerClass

  public init(_ answerClass: AnswerClass) { self.answerClass = answerClass }

  public var frameCount: Int { answerClass.frameCount }

  private func isFinal(_ frame: Int) -> Bool { frame == frameCount - 1 }

  public var nodePlaintextByteCount: Int { answerClass.frameByteCount }

  public func nodeEncapsulatedByteCount(ofFrame frame: Int) -> Int {
    Self.encapsulated(nodePlaintextByteCount, frame, isFinal: isFinal(frame))
  }

  public func gatewayPlaintextByteCount(ofFrame frame: Int) -> Int {
    let content = nodeEncapsulatedByteCount(ofFrame: frame)
    var length = WireWriter()
    length.writeVariableLengthInteger(UInt64(content))
    return (frame == 0 ? GatewayAnswer.head.count : 0) + length.bytes.count + content
      + (isFinal(frame) ? GatewayAnswer.end.count : 0)
  }

  /// With the suite that the client uses in both layers.
  public func gatewayEncapsulatedByteCount(ofFrame frame: Int) -> Int {
    Self.encapsulated(gatewayPlaintextByteCount(ofFrame: frame), frame, isFinal: isFinal(frame))
  }

  /// The whole Binary HTTP answer of the gateway, in bytes.
  public var gatewayAnswerByteCount: Int {
    (0..<frameCount).reduce(0) { $0 + gatewayPlaintextByteCount(ofFrame: $1) }
  }

  private static func encapsulated(_ byteCount: Int, _ frame: Int, isFinal: Bool) -> Int {
    (frame == 0 ? OHTTPChunk.responseNonceByteCount(.aes256GCM) : 0)
      + OHTTPChunk.encapsulatedByteCount(of: byteCount, isFinal: isFinal)
  }
}

/// The gateway's Binary HTTP answer around a node's, frame by frame.
public enum GatewayAnswer {
  /// Before the content of the first frame.
  public static let head = MessageSerializer.head(
    of: Response(statusCode: 200, headerFields: ["content-type": OHTTPForm.chunked.responseMediaType]))
  /// Behind the content of the last frame.
  public static let end = MessageSerializer.end()

  /// A whole answer to a single-shot request, padded, in bytes: for clients that are not ours.
  public static let singleShotByteCount = AnswerClass.block.answerByteCount + 1_024

  /// What the gateway seals as one chunk, final where the frame is the class's last.
  /// - Parameter content: exactly the bytes that the node wrote as this frame.
  public static func plaintext(ofFrame frame: Int, content: [UInt8], _ answerClass: AnswerClass) -> [UInt8] {
    (frame == 0 ? head : []) + MessageSerializer.contentChunk(content)
      + (frame == answerClass.frameCount - 1 ? end : [])
  }

  /// The gateway's own answer, a refusal, in frames of the same sizes: it must be sent at the class's cadence, too.
  /// - Throws: `bhttp-class-exceeded`.
  public static func frames(of refusal: Response, _ answerClass: AnswerClass) throws(BinaryHTTPError) -> [[UInt8]] {
    Array(try RefusalFrames(refusal, answerClass))
  }

  /// The same, one frame at a time: a class may last for minutes, and whoever has no token could have its padding lie in
  /// memory all the while.
  public struct RefusalFrames: Sequence, IteratorProtocol, Sendable {
    private let layout: AnswerLayout
    private let message: PaddedMessage
    private var nextFrame = 0
    private var start = 0

    /// - Throws: `bhttp-class-exceeded`.
    public init(_ refusal: Response, _ answerClass: AnswerClass) throws(BinaryHTTPError) {
      layout = AnswerLayout(answerClass)
      message = try PaddedMessage(refusal, byteCount: layout.gatewayAnswerByteCount)
    }

    public var isFinished: Bool { nextFrame == layout.frameCount }

    /// For tests: what is kept from frame to frame.
    package var heldByteCount: Int { message.heldByteCount }

    public mutating func next() -> [UInt8]? {
      guard !isFinished else { return nil }
      let end = start + layout.gatewayPlaintextByteCount(ofFrame: nextFrame)
      defer { (nextFrame, start) = (nextFrame + 1, end) }
      return message.bytes(start..<end)
    }
  }
}

/// A message of known length with zero bytes behind it, of which only the message is kept.
struct PaddedMessage: Sendable {
  private let message: [UInt8]

  /// - Throws: `bhttp-class-exceeded` where the message alone is longer.
  init(_ response: Response, byteCount: Int) throws(BinaryHTTPError) {
    message = response.encoded()
    guard message.count <= byteCount else {
      throw BinaryHTTPError(
        BinaryHTTPError.classExceeded, "message has \(message.count) bytes, its size class \(byteCount)")
    }
  }

  var heldByteCount: Int { message.count }

  func bytes(_ range: Range<Int>) -> [UInt8] {
    var bytes = Array(message[range.clamped(to: message.indices)])
    bytes.append(contentsOf: repeatElement(0, count: range.count - bytes.count))
    return bytes
  }
}
