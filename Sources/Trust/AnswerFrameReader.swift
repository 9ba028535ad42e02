public import BinaryHTTP

/// Reads the frames of one answer layer as they come: each of exactly its size, as many as the class has.
///
/// The same for both layers; only the sizes differ.
public struct AnswerFrameReader: Sendable {
  /// The layer whose frames are read.
  public enum Layer: Sendable { case node, gateway }

  private let layout: AnswerLayout
  private let layer: Layer
  private var parser = MessageParser(.response)
  private var frame = 0

  public init(_ answerClass: AnswerClass, _ layer: Layer) {
    layout = AnswerLayout(answerClass)
    self.layer = layer
  }

  /// - Parameter plaintext: of one chunk, in order.
  /// - Throws: `answer-shape`; the codes of `BinaryHTTPError`.
  public mutating func receive(_ plaintext: [UInt8]) throws -> [MessageEvent] {
    guard frame < layout.frameCount else {
      throw TrustError(TrustError.answerShape, "answer has more than \(layout.frameCount) frames")
    }
    let byteCount =
      layer == .node ? layout.nodePlaintextByteCount : layout.gatewayPlaintextByteCount(ofFrame: frame)
    guard plaintext.count == byteCount else {
      throw TrustError(
        TrustError.answerShape, "frame \(frame) has \(plaintext.count) bytes, expected \(byteCount)")
    }
    frame += 1
    return try parser.receive(plaintext)
  }

  /// Behind the final chunk.
  /// - Throws: `answer-shape` before the class's last frame; the codes of `BinaryHTTPError`.
  public mutating func finish() throws -> [MessageEvent] {
    guard frame == layout.frameCount else {
      throw TrustError(TrustError.answerShape, "answer has \(frame) frames, expected \(layout.frameCount)")
    }
    return try parser.finish()
  }
}
