import ObliviousHTTP
package import Trust

/// The sizes and times of an answer on the wire: the same for every answer of one class, refusals included.
package enum AnswerShape: Sendable {
  /// One Binary HTTP message of known length, padded, and sent when it is there.
  case whole(byteCount: Int)
  /// The class's frames at its cadence.
  case frames(AnswerClass)

  /// What a request gets that cannot be read.
  static func `default`(_ form: OHTTPForm) -> AnswerShape { AnswerShape(.block, form) }

  /// - Parameter form: a single-shot answer cannot come in frames, so it holds them all.
  init(_ answerClass: AnswerClass, _ form: OHTTPForm) {
    switch form {
    case .chunked: self = .frames(answerClass)
    case .singleShot:
      self = .whole(
        byteCount: max(GatewayAnswer.singleShotByteCount, AnswerLayout(answerClass).gatewayAnswerByteCount))
    }
  }

  /// The shape that a request asks for.
  init(for head: DecryptedHead) {
    self.init(head.fields[AnswerClass.fieldName].flatMap { AnswerClass(rawValue: $0) } ?? .block, head.form)
  }

  /// The plaintext of the whole answer, in bytes.
  var byteCount: Int {
    switch self {
    case .whole(let byteCount): byteCount
    case .frames(let answerClass): AnswerLayout(answerClass).gatewayAnswerByteCount
    }
  }
}

/// Cuts a node's answer at the borders of its frames, however it came in pieces: what TCP does with a stream must not
/// show in the sizes of the gateway's chunks.
package struct FrameCutter {
  private let layout: AnswerLayout
  private var index = 0
  private var buffer: [UInt8] = []

  package init(_ answerClass: AnswerClass) { layout = AnswerLayout(answerClass) }

  /// True once every frame was taken; whatever comes then is too much.
  package var isComplete: Bool { index == layout.frameCount }

  /// Bytes that belong to no frame any more.
  package var hasExcess: Bool { isComplete && !buffer.isEmpty }

  package mutating func append(_ bytes: [UInt8]) { buffer += bytes }

  /// The next frame, once all of its bytes are there, and which it is.
  package mutating func takeFrame() -> (index: Int, bytes: [UInt8])? {
    guard !isComplete else { return nil }
    let byteCount = layout.nodeEncapsulatedByteCount(ofFrame: index)
    guard buffer.count >= byteCount else { return nil }
    defer { index += 1 }
    let bytes = Array(buffer.prefix(byteCount))
    buffer.removeFirst(byteCount)
    return (index, bytes)
  }
}
