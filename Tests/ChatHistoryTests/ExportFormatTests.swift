import ChatHistory
import ErrorCodes
import Testing

func parsed(_ text: String, title: String? = nil) throws -> Chat {
  try WhatsAppExport.parse(Array(text.utf8), title: title)
}

func time(_ text: String) throws -> LocalTime { try #require(LocalTime(text)) }

@Suite("export formats")
struct ExportFormatTests {
  @Test(
    "dates and clocks of many locales are read",
    arguments: [
      "13.06.18, 21:25 - a: m", "13/06/2018 21:25 - a: m", "13/06/2018, 21:25 - a: m", "6/13/18, 9:25 PM - a: m",
      "6/13/18, 9:25\u{202F}PM - a: m", "13/6/18, 9:25 p.\u{A0}m. - a: m", "13/06/18, 9:25 pm - a: m",
      "[13/06/18, 21:25:00] a: m", "[13.06.18, 21:25:00] a: m", "[13/06/2018, 9:25:00 PM] a: m",
      "[13/6/18 21:25:00] a: m", "[2018-06-13, 21:25:00] a: m", "[2018-06-13 21:25:00] a: m", "2018-06-13 21:25 - a: m",
      "2018-06-13, 9:25 p.m. - a: m", "2018. 06. 13. 21:25 - a: m", "2018. 6. 13. 오후 9:25 - a: m",
      "[2018. 6. 13. 오후 9:25:00] a: m", "2018년 6월 13일 오후 9:25 - a: m", "2018/6/13 下午9:25 - a: m",
      "[2018/6/13 下午9:25:00] a: m", "2018年6月13日 21:25 - a: m", "18/6/13 下午9:25 - a: m", "2018/06/13, 21:25 - a: m",
      "13.6.2018 klo 21.25 - a: m", "13/06/2018 à 21:25 - a: m", "[13/06/2018 à 21:25:00] a: m",
      "13.06.18 um 21:25 - a: m", "13.06.18 г., 21:25 ч. - a: m", "13.6.2018. u 21:25 - a: m",
      "13/06/18 21.25 - a: m", "2018-06-13 21 h 25 - a: m", "13/6/18, 9:25 μ.μ. - a: m", "13.06.2018 21:25 - a: m",
      "13-06-18 21:25 - a: m", "13-06-2018 21:25 - a: m", "‏١٣‏/٦‏/٢٠١٨، ٩:٢٥ م - a: m", "13/6/2561 21:25 - a: m",
      "21:25, 13/06/2018 - a: m", "13.06.18, 21:25 – a: m", "\u{200E}[13/06/18, 21:25:00] a: m",
      "[13.06.18, 21:25:00] \u{202A}a\u{202C}: m", "13/06/2018, 21:25 - ~\u{A0}a: m", "१३/६/१८, ९:२५ अपराह्न - a: m",
      "[13/6/2018, 9:25:00 em] a: m", "13/6/2018, 9:25 CH - a: m", "13/6/18 9:25 PTG - a: m", "13.06.18 21:25:00: a: m",
      "13.06.18 21:25:00 a: m", "13.6.2018 21.25 - a: m", "13.06.2018 21:25 Uhr - a: m", "13. 6. 2018 21:25 - a: m",
      "[2018-06-13 21 h 25 min 00 s] a: m", "[2018-06-13, 21 h 25 min 0 s] a: m", "2018-06-13 21 h 25 min - a: m",
      "[2018-06-13 9 h 25 min 00 s p.m.] a: m", "[2018年6月13日 21时25分00秒] a: m", "[2018년 6월 13일 21시 25분 0초] a: m",
      "[13.6.18, 9:25:00 m.d.] a: m", "13.6.18, 9:25 e pasdites - a: m", "13.6.18, 9:25 m.d. - a: m",
      "13.6.2018, 9:25 e.h. - a: m", "13.6.2018, 9:25 попл. - a: m", "2018-06-13, 9:25 тк - a: m",
      "2018.06.13, 9:25 ү.х. - a: m", "13/06/2018, 9:25 i.n. - a: m", "13/06/2018, 9:25 G.M. - a: m",
      "2018-06-13, 9:25 ب\u{200C}ظ - a: m", "13.06.18, 9:25 po podne — a: m",
    ])
  func locales(line: String) throws {
    let chat = try parsed(line)
    #expect(chat.messages.count == 1)
    #expect(chat.messages.first?.time == LocalTime("2018-06-13 21:25"), "\(line)")
    #expect(chat.messages.first?.sender == "a")
    #expect(chat.messages.first?.text == "m")
  }

  @Test(
    "the twelve-hour clock turns at noon and midnight",
    arguments: [
      ("12:00 AM", "00:00"), ("12:59 am", "00:59"), ("1:00 a. m.", "01:00"), ("12:00 PM", "12:00"),
      ("1:05 pm", "13:05"),
      ("11:59 p.m.", "23:59"), ("00:08 a. m.", "00:08"), ("24:10", "00:10"),
    ])
  func twelveHours(clock: String, expected: String) throws {
    let chat = try parsed("13/6/18, \(clock) - a: m")
    #expect(chat.messages.first?.time == LocalTime("2018-06-13 " + expected))
  }

  @Test(
    "a period before the time speaks for the year first",
    arguments: [
      ("中午12:30", "12:30"), ("中午1:30", "13:30"), ("凌晨12:30", "00:30"), ("晚上9:25", "21:25"), ("오전 9:25", "09:25"),
    ])
  func leadingPeriod(clock: String, expected: String) throws {
    for date in ["18/6/13", "2018/6/13"] {
      let chat = try parsed("\(date) \(clock) - a: m")
      #expect(chat.messages.first?.time == LocalTime("2018-06-13 " + expected))
    }
  }

  @Test(
    "times that do not exist make no message line",
    arguments: [
      "13/13/18, 10:00 - a: m", "31/02/2018, 10:00 - a: m", "13/6/18, 25:00 - a: m", "13/6/18, 10:60 - a: m",
      "29.02.2023, 10:00 - a: m", "0/6/18, 10:00 - a: m", "13/6, 10:00 - a: m", "13/6/18 - a: m",
      "13/6/018, 10:00 - a: m",
      "13/6-18, 10:00 - a: m", "[13/6/18, 10:00 a: m", "13/6/18, 10:00 a: m", "13/6/18, 10:00 -a: m",
      "13.06.18 we meet 10:00 - a: m",
    ])
  func impossible(line: String) {
    #expect(throws: ChatHistoryError(ChatHistoryError.notAnExport, "")) { try parsed(line) }
  }

  @Test("byte order mark, CRLF, empty first lines and a missing last newline change nothing")
  func frames() throws {
    let plain = try parsed("13.06.18, 21:25 - a: m\nsecond\n14.06.18, 21:25 - b: n\n").messages
    for text in [
      "\u{FEFF}13.06.18, 21:25 - a: m\nsecond\n14.06.18, 21:25 - b: n\n",
      "13.06.18, 21:25 - a: m\r\nsecond\r\n14.06.18, 21:25 - b: n\r\n",
      "\u{FEFF}\n\n13.06.18, 21:25 - a: m\nsecond\n14.06.18, 21:25 - b: n",
      "13.06.18, 21:25 - a: m\nsecond\n14.06.18, 21:25 - b: n\n\n\n",
    ] {
      #expect(try parsed(text).messages == plain)
    }
  }

  @Test("empty lines and lines with colons, dates and brackets stay in the text")
  func multiline() throws {
    let text =
      "one\n\nthree: x\n[13.06.18, 10:00:00] c: no\n13/06/18, 10:00 - c: no\n14.06.18 party\n 5.6.18, 10:00 - x"
    let chat = try parsed("13.06.18, 21:25 - a: \(text)\n14.06.18, 21:26 - b: n")
    #expect(chat.messages.count == 2)
    #expect(chat.messages.first?.text == text)
  }

  @Test("chat-not-an-export names the first line that does not parse and quotes none of it")
  func notAnExport() {
    for (text, line) in [("", 1), ("secret words", 1), ("\n\n# secret words\n13.06.18, 21:25 - a: m", 3), ("\n\n", 1)] {
      let error = #expect(throws: ChatHistoryError.self) { try parsed(text) }
      #expect(error?.code == ChatHistoryError.notAnExport)
      #expect(error?.lineNumber == line)
      #expect(error?.message.contains("secret") == false)
    }
  }

  @Test("chat-line-too-long: a line of one byte above the limit is refused")
  func longLine() throws {
    let start = "13.06.18, 21:25 - a: "
    let limit = WhatsAppExport.lineByteCountLimit
    let atLimit = start + String(repeating: "x", count: limit - start.utf8.count)
    #expect(try parsed(atLimit).messages.count == 1)
    #expect(throws: ChatHistoryError(ChatHistoryError.lineTooLong, "")) { try parsed(atLimit + "x") }
  }

  @Test("chat-too-large: a file of one byte above the limit is refused unread")
  func largeFile() {
    let bytes = [UInt8](repeating: 0x20, count: WhatsAppExport.byteCountLimit + 1)
    #expect(throws: ChatHistoryError(ChatHistoryError.tooLarge, "")) { try WhatsAppExport.parse(bytes) }
  }

  @Test("an export cut at any byte parses or is refused, and bytes that are no UTF-8 do no harm")
  func everyTruncation() throws {
    let text =
      "\u{200E}[8/31/26, 1:13:00\u{202F}PM] Böb: \u{200E}<attached: ä.jpg>\r\n[9/1/26, 1:13:00\u{202F}PM] A: x\n"
    let bytes = Array(text.utf8)
    for length in 0...bytes.count { _ = try? WhatsAppExport.parse(Array(bytes[..<length])) }
    for index in bytes.indices {
      for value in [0, 0x0A, 0x30, 0x5D, 0x80, 0xC0, 0xE2, 0xF4, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = value
        _ = try? WhatsAppExport.parse(changed)
      }
    }
    let damaged = Array("13.06.18, 21:25 - a: ".utf8) + [0xFF, 0xFE, 0x41]
    #expect(try WhatsAppExport.parse(damaged).messages.first?.text == "\u{FFFD}\u{FFFD}A")
  }
}

@Suite("unknown words for morning and afternoon")
struct DayPeriodTests {
  private func chat(_ clocks: [String], dash: Bool) throws -> Chat {
    let chat = try parsed(
      clocks.map { dash ? "13.06.18, \($0) - a: m\n" : "[13.06.18, \($0)] a: m\n" }.joined())
    #expect(chat.messages.count == clocks.count)
    return chat
  }

  @Test("the one reading in which the messages run forwards is taken, on iOS and Android", arguments: [true, false])
  func decided(dash: Bool) throws {
    for clocks in [
      ["9:25 x.x.", "11:00 x.x.", "12:10 y.y.", "1:00 y.y."], ["12:10 xx", "1:00 xx", "12:00 yy", "1:00 yy"],
    ] {
      let chat = try chat(clocks, dash: dash)
      #expect(!chat.isDayPeriodAmbiguous)
      #expect(try chat.messages.last?.time == time("2018-06-13 13:00"))
      #expect(chat.messages[0].time.hour == (clocks[0].hasPrefix("9") ? 9 : 0))
    }
  }

  @Test("times that may be 12 hours off are reported and stay as they are written", arguments: [true, false])
  func ambiguous(dash: Bool) throws {
    for clocks in [["9:25 xx"], ["9:25 xx", "9:30 xx"], ["9:25 xx", "9:30 yy", "9:40 zz"]] {
      let chat = try chat(clocks, dash: dash)
      #expect(chat.isDayPeriodAmbiguous)
      #expect(try chat.messages.first?.time == time("2018-06-13 09:25"))
    }
    let either = try parsed("13.06.18, 9:25 xx - a: m\n14.06.18, 9:25 yy - a: m\n")
    #expect(either.isDayPeriodAmbiguous)
    let neither = try parsed("13.06.18, 9:25 xx - a: m\n13.06.18, 8:00 xx - a: m\n13.06.18, 7:25 yy - a: m\n")
    #expect(neither.isDayPeriodAmbiguous)
  }

  @Test("the end of summer time is no step back")
  func summerTime() throws {
    let chat = try parsed(
      "[28.10.18, 2:59 xx] a: m\n[28.10.18, 2:00 xx] a: m\n[28.10.18, 1:00 yy] a: m\n[28.10.18, 2:00 yy] a: m\n")
    #expect(!chat.isDayPeriodAmbiguous)
    #expect(try chat.messages.last?.time == time("2018-10-28 14:00"))
  }

  @Test("an unknown word behind a clock that shows 13, and every known word, leave no doubt")
  func undoubted() throws {
    let clocks = [["9:25 xx", "21:25 xx"], ["9:25 am", "9:30 am"], ["9:25 Uhr"], ["9:25 м.д.", "13:00 м.д."]]
    for clocks in clocks { #expect(try !chat(clocks, dash: true).isDayPeriodAmbiguous) }
  }

  @Test(
    "chat-not-an-export: words behind a time that are too long, or followed by anything but the ending",
    arguments: [
      "13.06.18, 9:25 abcdefghijklm - a: m", "13.06.18, 9:25 one two three four - a: m", "13.06.18, 9:25 xx a: m",
      "13.06.18, 9:25 xx -a: m", "13.06.18, 9:25 xx- a: m", "[13.06.18, 9:25 xx, a: m",
      "[2018-06-13 21 h 25 min 60 s] a: m", "[2018-06-13 21 h 2 min 05 s] a: m", "[2018-06-13 21 h 25 min 05 s a: m",
    ])
  func noPeriod(line: String) {
    #expect(throws: ChatHistoryError(ChatHistoryError.notAnExport, "")) { try parsed(line) }
  }
}

@Suite("date order")
struct DateOrderTests {
  private func order(_ dates: [String], _ clock: String = "10:00") throws -> (DateOrder, Bool) {
    let chat = try parsed(dates.map { "\($0), \(clock) - a: m\n" }.joined())
    #expect(chat.messages.count == dates.count)
    return (chat.dateOrder, chat.isDateOrderAmbiguous)
  }

  @Test(
    "values above twelve and the run of time decide",
    arguments: [
      (["13/1/24", "1/2/24"], DateOrder.dayMonthYear), (["1/13/24", "2/1/24"], .monthDayYear),
      (["8/3/17", "10/5/17", "6/9/17"], .dayMonthYear), (["6/3/17", "8/5/17", "9/4/17"], .monthDayYear),
      (["2024-01-13"], .yearMonthDay), (["2024/01/02", "2024/02/01"], .yearMonthDay), (["2024-13-01"], .yearDayMonth),
      (["01.02.24"], .dayMonthYear), (["18/06/13", "18/06/14", "18/07/01"], .yearMonthDay),
      (["31.12.23", "01.01.24"], .dayMonthYear),
      (["12/31/23", "1/1/24"], .monthDayYear),
    ])
  func decided(dates: [String], expected: DateOrder) throws {
    let (order, isAmbiguous) = try order(dates)
    #expect(order == expected)
    #expect(!isAmbiguous)
  }

  @Test(
    "where both orders run forwards the choice is reported as ambiguous",
    arguments: [
      (["1/1/17", "3/3/17", "6/6/17"], DateOrder.dayMonthYear), (["3/6/18"], .dayMonthYear),
      (["1/2/24", "1/3/24", "1/4/24"], .monthDayYear), (["1/2/24", "2/2/24", "3/2/24"], .dayMonthYear),
    ])
  func ambiguous(dates: [String], expected: DateOrder) throws {
    let (order, isAmbiguous) = try order(dates)
    #expect(order == expected)
    #expect(isAmbiguous)
  }

  @Test("an American clock speaks for the month first, still ambiguous")
  func american() throws {
    let (order, isAmbiguous) = try order(["8/3/26", "8/3/26"], "1:09\u{202F}PM")
    #expect(order == .monthDayYear)
    #expect(isAmbiguous)
  }

  @Test("one forged line inside a text does not turn the order of the file")
  func forged() throws {
    let chat = try parsed(
      "5/6/24, 10:00 - a: m\n13/6/24, 10:00 - a: quote\n6/30/24, 10:00 - x: forged\n14/6/24, 10:00 - b: n")
    #expect(chat.dateOrder == .dayMonthYear)
    #expect(chat.messages.map(\.sender) == ["a", "a", "b"])
    #expect(chat.messages[1].text == "quote\n6/30/24, 10:00 - x: forged")
  }
}
