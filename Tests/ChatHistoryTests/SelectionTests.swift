import ChatHistory
import Testing

@Suite("chat selection")
struct SelectionTests {
  /// One message an hour up to 2026-08-31 23:00.
  private func chat(_ count: Int, text: String = "hello") throws -> Chat {
    var messages: [Message] = []
    for index in 0..<count {
      let hours = count - 1 - index
      let time = try #require(LocalTime(year: 2026, month: 8, day: 31 - hours / 24, hour: 23 - hours % 24))
      messages.append(Message(time: time, sender: "Ana", kind: .text, text: "\(index) \(text)"))
    }
    return Chat(title: nil, messages: messages, dateOrder: .dayMonthYear, isDateOrderAmbiguous: false)
  }

  @Test("without a range the newest 200 messages are taken when the last day has fewer")
  func newest() throws {
    let selection = ChatSelection(try chat(300))
    #expect(selection.messages.count == 200)
    #expect(selection.messages.last?.text == "299 hello")
    #expect(selection.omission == .init(outsideRangeCount: 100, overLimitCount: 0, shortenedCount: 0))
  }

  @Test("without a range the last 24 hours are taken when they hold more than 200 messages")
  func lastDay() throws {
    var messages: [Message] = []
    for index in 0..<400 {
      let day = index < 100 ? 29 : 31
      let time = try #require(LocalTime(year: 2026, month: 8, day: day, hour: 10, minute: index % 60))
      messages.append(Message(time: time, sender: "Ana", kind: .text, text: "x"))
    }
    let selection = ChatSelection(
      Chat(title: nil, messages: messages, dateOrder: .dayMonthYear, isDateOrderAmbiguous: false))
    #expect(selection.messages.count == 300)
    #expect(selection.omission.outsideRangeCount == 100)
  }

  @Test("unread takes that many messages and the system lines between them", arguments: [0, 1, 3, 10, 11])
  func unread(count: Int) throws {
    let whole = try chat(10)
    var messages = whole.messages
    messages.insert(Message(time: messages[8].time, sender: nil, kind: .system, text: "Bob left"), at: 9)
    let selection = ChatSelection(
      Chat(title: nil, messages: messages, dateOrder: .dayMonthYear, isDateOrderAmbiguous: false), .unread(count))
    #expect(selection.messages.count(where: { $0.kind == .text }) == min(count, 10))
    #expect(selection.messages.contains { $0.kind == .system } == (count > 1))
  }

  @Test("since takes the time itself and what came after it")
  func since() throws {
    let selection = ChatSelection(try chat(100), .since(try time("2026-08-31 20:00")))
    #expect(selection.messages.count == 4)
    #expect(selection.omission.outsideRangeCount == 96)
    #expect(ChatSelection(try chat(100), .since(try time("2026-09-01"))).messages.isEmpty)
    #expect(ChatSelection(try chat(100), .since(try time("2026-01-01"))).omission.isEmpty)
  }

  @Test("the newest messages are kept when a request cannot hold all")
  func overLimit() throws {
    let selection = ChatSelection(try chat(200, text: String(repeating: "x", count: 4100)))
    #expect(selection.transcript.utf8.count <= ChatTranscript.byteCountLimit)
    #expect(selection.messages.last?.text.hasPrefix("199 ") == true)
    #expect(selection.omission.overLimitCount == 200 - selection.messages.count)
    // Each takes 4,129 bytes: `[2026-08-31 23:00] Ana: 199 `, 4,100 letters and a newline.
    #expect(selection.messages.count == (480 << 10) / 4129)
    #expect(try ChatTranscript.parse(selection.transcript).count == selection.messages.count)
  }

  @Test("the limit holds exactly and drops one message one byte below")
  func exactLimit() throws {
    let whole = try chat(3)
    let byteCount = ChatSelection(whole).transcript.utf8.count
    #expect(ChatSelection(whole, byteCountLimit: byteCount).messages.count == 3)
    let less = ChatSelection(whole, byteCountLimit: byteCount - 1)
    #expect(less.messages.count == 2)
    #expect(less.omission == .init(outsideRangeCount: 0, overLimitCount: 1, shortenedCount: 0))
  }

  @Test("a text above the limit of one message is shortened and counted")
  func shortened() throws {
    let selection = ChatSelection(try chat(1, text: String(repeating: "x", count: 40 << 10)))
    #expect(selection.messages.count == 1)
    #expect(selection.omission.shortenedCount == 1)
    #expect(selection.transcript.utf8.count < 33 << 10)
  }

  @Test("an empty chat gives an empty selection")
  func empty() {
    let none = Chat(title: nil, messages: [], dateOrder: .dayMonthYear, isDateOrderAmbiguous: false)
    #expect(ChatSelection(none).messages.isEmpty)
    #expect(ChatSelection(none).transcript.isEmpty)
    #expect(ChatSelection(none).omission.isEmpty)
  }
}

@Suite("local times")
struct LocalTimeTests {
  @Test("dates, minutes and seconds are read, anything else is not")
  func reading() {
    #expect(LocalTime("2026-08-31") == LocalTime(year: 2026, month: 8, day: 31))
    #expect(LocalTime("2026-08-31 13:09") == LocalTime(year: 2026, month: 8, day: 31, hour: 13, minute: 9))
    #expect(LocalTime("2024-02-29T23:59:59")?.second == 59)
    for text in [
      "", "2026-8-31", "2026-08-31 ", "2026-02-29", "1900-02-29", "2026-13-01", "2026-08-31 24:00", "2026-08-31x13:09",
      "2026-08-31 13:60", "0000-01-01", "२०२६-08",
    ] {
      #expect(LocalTime(text) == nil)
    }
  }

  @Test("seconds count whole days across months and leap years")
  func seconds() throws {
    for (earlier, later) in [
      ("2023-12-31", "2024-01-01"), ("2024-02-28", "2024-02-29"), ("2024-02-29", "2024-03-01"),
      ("2023-02-28", "2023-03-01"),
      ("2000-02-29", "2000-03-01"), ("2026-08-31", "2026-09-01"),
    ] {
      let (first, second) = (try time(earlier), try time(later))
      #expect(first < second)
      #expect(second.secondsSinceYearZero - first.secondsSinceYearZero == 86_400)
    }
  }
}
