/// The sizes of requests on the wire, so that all of one class look alike.
public enum RequestClass: Int, Sendable, CaseIterable {
  case small = 8_192
  case medium = 32_768
  case large = 131_072
  case huge = 524_288

  /// Of the Binary HTTP request that a node opens.
  public var byteCount: Int { rawValue }

  public static let largest = RequestClass.huge

  /// The smallest class that holds an encoded request; nil when none does.
  public static func smallest(holding byteCount: Int) -> RequestClass? {
    allCases.first { $0.byteCount >= byteCount }
  }
}

/// How an answer looks on the wire, refusals included: frames of one size, the first at once, the next each after the
/// same time, until the class ends. The client chooses it, in one field of both of its requests
/// (docs/formats/message-shape.md).
public enum AnswerClass: String, Sendable, CaseIterable {
  /// One frame: the whole answer, when it is there.
  case block
  /// Many small frames, fast enough to read along.
  case frames
  /// Frames of the same size, slower and for longer, so that even their number tells little.
  case strict

  /// The field of the outer and of the inner request that holds `rawValue`.
  public static let fieldName = "cloister-answer"

  /// What a node seals in each frame, in bytes.
  public var frameByteCount: Int {
    switch self {
    // With both layers around it, the largest that fits a chunk which every implementation of Oblivious HTTP takes.
    case .block: 16_256
    case .frames, .strict: 512
    }
  }

  public var frameCount: Int {
    switch self {
    case .block: 1
    case .frames: 600
    case .strict: 480
    }
  }

  /// From the start of one frame to the start of the next.
  public var cadence: Duration {
    switch self {
    case .block: .zero
    case .frames: .milliseconds(50)
    case .strict: .milliseconds(250)
    }
  }

  /// Whether the answer is a stream of events; else it is one JSON document.
  public var isStream: Bool { self != .block }

  /// The Binary HTTP answer of a node, in bytes.
  public var answerByteCount: Int { frameByteCount * frameCount }

  /// From the first frame to the last.
  public var duration: Duration { cadence * (frameCount - 1) }
}
