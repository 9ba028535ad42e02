/// The newest part of a chat that goes into one request, and what was left out of it.
public struct ChatSelection: Sendable {
  /// Which messages the person asks about.
  public enum Range: Sendable, Equatable {
    /// The newest that many messages; system lines between them come along uncounted.
    case unread(Int)
    /// From the first message at or after a time.
    case since(LocalTime)
    /// The 24 hours before the newest message or the newest 200 messages, whichever is more.
    case recent
  }

  /// How many messages of the chat are not in the selection, or not in full.
  public struct Omission: Sendable, Equatable {
    /// Older than the range.
    public let outsideRangeCount: Int
    /// In the range, but the oldest of it: the request holds no more.
    public let overLimitCount: Int
    /// In the selection with the end of their text cut off.
    public let shortenedCount: Int
    /// Anywhere in the chat, without a time: the exporting app could not write them.
    public let unexportedCount: Int

    public init(outsideRangeCount: Int, overLimitCount: Int, shortenedCount: Int, unexportedCount: Int = 0) {
      self.outsideRangeCount = outsideRangeCount
      self.overLimitCount = overLimitCount
      self.shortenedCount = shortenedCount
      self.unexportedCount = unexportedCount
    }

    public var isEmpty: Bool {
      outsideRangeCount == 0 && overLimitCount == 0 && shortenedCount == 0 && unexportedCount == 0
    }
  }

  public static let recentMessageCount = 200
  public static let recentDuration = Duration.seconds(24 * 60 * 60)

  /// In the order of the chat.
  public let messages: [Message]
  public let omission: Omission

  /// - Parameter byteCountLimit: of the transcript; at most `ChatTranscript.byteCountLimit` counts.
  public init(_ chat: Chat, _ range: Range = .recent, byteCountLimit: Int = ChatTranscript.byteCountLimit) {
    let all = chat.messages
    let start = Self.start(of: range, in: all)
    let limit = min(byteCountLimit, ChatTranscript.byteCountLimit)
    var first = all.count
    var byteCount = 0
    var shortenedCount = 0
    while first > start, all.count - first < ChatTranscript.messageCountLimit {
      let next = ChatTranscript.byteCount(of: all[first - 1])
      guard byteCount + next <= limit else { break }
      byteCount += next
      first -= 1
      if all[first].text.utf8.count > ChatTranscript.textByteCountLimit { shortenedCount += 1 }
    }
    messages = Array(all[first...])
    omission = Omission(
      outsideRangeCount: start, overLimitCount: first - start, shortenedCount: shortenedCount,
      unexportedCount: chat.unexportedCount)
  }

  /// The selection as it travels; `ChatTranscript.parse` reads it.
  public var transcript: String { ChatTranscript.text(of: messages) }

  private static func start(of range: Range, in messages: [Message]) -> Int {
    switch range {
    case .unread(let count):
      var left = count
      var index = messages.count
      while index > 0, left > 0 {
        index -= 1
        if messages[index].kind != .system { left -= 1 }
      }
      return index
    case .since(let time):
      return messages.firstIndex { $0.time >= time } ?? messages.count
    case .recent:
      guard let newest = messages.last?.time.secondsSinceYearZero else { return 0 }
      let oldest = newest - Int(recentDuration.components.seconds)
      var index = messages.count
      while index > 0, messages[index - 1].time.secondsSinceYearZero >= oldest { index -= 1 }
      return min(index, max(messages.count - recentMessageCount, 0))
    }
  }
}
