import ArgumentParser
import BinaryHTTP
import Inference
import Node
import Trust

/// What constant frames cost a stream of tokens: the time that each waits for its frame, and the bytes around it.
struct CadenceBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cadence",
    abstract: "Simulates token streams through the node's frames, by rate, frame size and cadence.",
    discussion: """
      Time is simulated, the same in every run; frames, events and their joining are the node's own. Added delay is \
      from a token's making to the frame in which its event is whole. Overhead is what the gateway sends per second \
      against the bytes of text per second. A row that says "falls behind" ends with text that waits for more than \
      four frames.
      """)

  private static let rates = [10, 30, 50, 100]
  private static let sizes = [256, 512, 1_024]
  private static let cadences = [25, 50, 100, 250]

  mutating func run() async throws {
    for text in SampleText.allCases {
      for rate in Self.rates {
        for size in Self.sizes {
          for cadence in Self.cadences {
            let run = StreamSimulation(text: text, tokensPerSecond: rate, frameByteCount: size, cadence: cadence)
            print("\(text.rawValue) \(rate)/s, \(size) bytes each \(cadence) ms: \(try run.result().text)")
          }
        }
      }
    }
  }
}

/// Text as models write it, a token at a time.
private enum SampleText: String, CaseIterable {
  /// Four to five bytes a token.
  case english
  /// Three to six bytes a token, none of them ASCII.
  case japanese
  /// Quotes and line ends, which JSON escapes.
  case code

  private var tokens: [String] {
    switch self {
    case .english:
      ["We", " meet", " on", " Friday", " at", " six", ",", " and", " Ben", " brings", " the", " plates", "."]
    case .japanese: ["金曜", "日", "の", "六時", "に", "会い", "ます", "。"]
    case .code: ["let", " name", " =", " \"", "Ada", "\"", "\n", "  ", "print", "(\"", "\\n", "\")", "\n"]
    }
  }

  func token(_ index: Int) -> String { tokens[index % tokens.count] }
}

/// One stream of twenty seconds.
private struct StreamSimulation {
  let text: SampleText
  let tokensPerSecond: Int
  let frameByteCount: Int
  /// Milliseconds.
  let cadence: Int

  struct Result {
    /// Milliseconds that tokens waited, sorted.
    let delays: [Double]
    let overhead: Double
    let isBehind: Bool

    var text: String {
      let (median, most) = (delays[delays.count / 2], delays[delays.count * 99 / 100])
      return "added p50 \(Int(median)) ms, p99 \(Int(most)) ms, overhead \((overhead * 10).rounded() / 10)"
        + (isBehind ? ", falls behind" : "")
    }
  }

  private static let seconds = 20
  /// The longest name that a model may have: every event holds it.
  private static let model = String(repeating: "m", count: ChatCompletionRequest.modelByteLimit)

  /// When each token is there, in milliseconds: regular, moved by up to a third of the interval, the same in every run.
  private var arrivals: [Double] {
    let interval = 1_000 / Double(tokensPerSecond)
    var state: UInt64 = 1
    return (0..<tokensPerSecond * Self.seconds).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return interval * (Double(index) + Double(state >> 33) / Double(UInt64(1) << 31) * 0.66)
    }
  }

  func result() throws -> Result {
    let arrivals = arrivals
    let frameCount = Self.seconds * 1_000 / cadence + 200
    var frames = AnswerFrames(streamingFramesOf: frameByteCount, count: frameCount)
    let pending = PendingAnswer(byteLimit: 1 << 20)
    var reader = MessageParser(.response)
    var events = EventStreamParser()
    // Characters of the text up to each token's end, by which its arrival is found.
    var ends: [Int] = []
    var (made, read, textByteCount) = (0, 0, 0)
    var delays: [Double] = []
    var next = 0
    for frame in 0..<frameCount {
      let time = Double(frame * cadence)
      while next < arrivals.count, arrivals[next] <= time {
        let token = text.token(next)
        (made, textByteCount) = (made + token.unicodeScalars.count, textByteCount + token.utf8.count)
        ends.append(made)
        pending.add(
          ChatCompletionChunk(
            identifier: "chatcmpl-0123456789abcdef0123456789abcdef", created: 1_790_000_000, model: Self.model,
            content: token))
        next += 1
      }
      pending.move(into: &frames)
      for case .content(let piece) in try reader.receive(frames.next()) {
        for event in try events.receive(piece) where event != ServerSentEvents.done {
          read += try ChatCompletionChunk(parsing: event).content.unicodeScalars.count
        }
      }
      while delays.count < ends.count, ends[delays.count] <= read { delays.append(time - arrivals[delays.count]) }
      if delays.count == arrivals.count { break }
    }
    let sealed = frameByteCount + Self.encapsulation
    let sent = Double(sealed * Self.seconds * 1_000 / cadence)
    return Result(
      delays: delays.sorted(), overhead: sent / Double(textByteCount),
      isBehind: delays.count < arrivals.count || delays.suffix(10).contains { $0 > Double(4 * cadence) })
  }

  /// What both layers add to a frame in the middle of an answer.
  private static let encapsulation: Int = {
    let layout = AnswerLayout(.frames)
    return layout.gatewayEncapsulatedByteCount(ofFrame: 1) - layout.nodePlaintextByteCount
  }()
}
