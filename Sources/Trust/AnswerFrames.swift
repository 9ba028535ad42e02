public import BinaryHTTP

/// Makes the frames of a node's answer, pure: what is there when a frame is due goes into it, and filler goes into the
/// rest.
///
/// An answer that is whole is a Binary HTTP response of known length, with padding behind it. A stream is one of
/// indeterminate length with status 200, whose content is server-sent events; filler is a comment line, which readers
/// of events skip, and an event longer than its frame goes on in the next.
public struct AnswerFrames: Sendable {
  private enum Source: Sendable {
    case whole(PaddedMessage)
    case stream
  }

  private let frameByteCount: Int
  private let frameCount: Int
  private let source: Source
  /// Events that wait for their frame.
  private var backlog: ArraySlice<UInt8> = []
  private var nextFrame = 0

  /// An answer that is whole, refusals above all.
  /// - Throws: `bhttp-class-exceeded` when it is longer than the class.
  public init(whole response: Response, _ answerClass: AnswerClass) throws(BinaryHTTPError) {
    frameByteCount = answerClass.frameByteCount
    frameCount = answerClass.frameCount
    source = .whole(try PaddedMessage(response, byteCount: answerClass.answerByteCount))
  }

  /// An answer of events.
  public init(streaming answerClass: AnswerClass) {
    precondition(answerClass.isStream, "the class has no room for events")
    self.init(streamingFramesOf: answerClass.frameByteCount, count: answerClass.frameCount)
  }

  /// Frames of any size, for measuring which is right.
  package init(streamingFramesOf frameByteCount: Int, count: Int) {
    self.frameByteCount = frameByteCount
    frameCount = count
    source = .stream
    room = (0..<count).reduce(0) { $0 + capacity(ofFrame: $1) }
  }

  /// Whether the first frame was made.
  public var hasBegun: Bool { nextFrame > 0 }

  public var isFinished: Bool { nextFrame == frameCount }

  /// Bytes of events that still fit into the frames to come.
  public private(set) var room = 0

  /// Whether everything appended has left.
  public var isUpToDate: Bool { backlog.isEmpty }

  /// Whether the next frame has no room for a further event.
  public var isNextFull: Bool {
    isFinished || backlog.count >= capacity(ofFrame: nextFrame)
  }

  public var isNextLast: Bool { nextFrame == frameCount - 1 }

  /// - Parameter event: whole server-sent events, each with its empty line.
  /// - Returns: false where it does not fit any more; then nothing is appended.
  public mutating func append(_ event: [UInt8]) -> Bool {
    guard event.count <= room else { return false }
    backlog += event
    room -= event.count
    return true
  }

  /// The plaintext of the next frame, always of the class's size; the class's last one is the final chunk.
  public mutating func next() -> [UInt8] {
    precondition(!isFinished, "the class has no further frame")
    defer { nextFrame += 1 }
    switch source {
    case .whole(let message):
      let start = nextFrame * frameByteCount
      return message.bytes(start..<start + frameByteCount)
    case .stream:
      let capacity = capacity(ofFrame: nextFrame)
      let events = backlog.prefix(capacity)
      backlog = backlog.dropFirst(events.count)
      room -= capacity - events.count
      let content = events + Self.filler(byteCount: capacity - events.count)
      return (nextFrame == 0 ? Self.head : []) + MessageSerializer.contentChunk(content)
        + (nextFrame == frameCount - 1 ? Self.end : [])
    }
  }

  private static let head = MessageSerializer.head(
    of: Response(statusCode: 200, headerFields: ["content-type": "text/event-stream"]))
  private static let end = MessageSerializer.end()

  /// Bytes of content in a frame of a stream.
  private func capacity(ofFrame frame: Int) -> Int {
    let room =
      frameByteCount - (frame == 0 ? Self.head.count : 0)
      - (frame == frameCount - 1 ? Self.end.count : 0)
    // The length in front of a chunk of 64 to 16,383 bytes takes two.
    return room - 2
  }

  /// One comment line, between two events.
  private static func filler(byteCount: Int) -> [UInt8] {
    switch byteCount {
    case 0: []
    case 1: [UInt8(ascii: "\n")]
    default: [UInt8(ascii: ":")] + [UInt8](repeating: 0x20, count: byteCount - 2) + [UInt8(ascii: "\n")]
    }
  }
}
