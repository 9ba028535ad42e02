import ChatHistory
import Foundation
import TestSupport
import Testing

/// `chat-exports/whatsapp`: whole exports and single lines of public parsers' test suites.
@Suite("chat export vectors", .enabled(if: VectorFolder.isPresent))
struct VectorTests {
  private struct Expected: Decodable {
    struct Entry: Decodable {
      let time: String
      let sender: String?
      let kind: String
      let text: String?
      let attachment: String?
      let edited: Bool?
    }
    let dateOrder: String?
    let messages: [Entry]

    enum CodingKeys: String, CodingKey {
      case messages
      case dateOrder = "date_order"
    }
  }

  private static let folder = "chat-exports/whatsapp/"

  private func check(_ file: String, _ expectedFile: String, count: Int, order: DateOrder) throws {
    let chat = try WhatsAppExport.parse(VectorFolder.bytes(Self.folder + file + ".txt"))
    let expected = try VectorFolder.json(Self.folder + expectedFile, as: Expected.self)
    #expect(chat.dateOrder == order)
    #expect(!chat.isDateOrderAmbiguous)
    #expect(chat.messages.count == count)
    #expect(expected.messages.count == count)
    for (index, (message, entry)) in zip(chat.messages, expected.messages).enumerated() {
      #expect(message.time == LocalTime(entry.time), "message \(index)")
      #expect(message.sender == entry.sender, "message \(index)")
      #expect(message.kind == kinds[entry.kind], "message \(index)")
      #expect(message.text == entry.text ?? ".", "message \(index)")
      #expect(message.attachment == entry.attachment, "message \(index)")
      #expect(message.isEdited == (entry.edited ?? false), "message \(index)")
    }
  }

  @Test(
    "an export gives every message of its list",
    arguments: [
      ("android_de_24h", 6, DateOrder.dayMonthYear), ("android_en_us_12h", 11, .monthDayYear),
      ("ios_de", 4, .dayMonthYear), ("ios_en_us", 12, .monthDayYear),
    ])
  func exports(name: String, count: Int, order: DateOrder) throws {
    try check(name, name + ".expected.json", count: count, order: order)
  }

  @Test(
    "one chat exported in three formats gives the same messages",
    arguments: [
      ("chatminer_ddmmyy_24hrs", DateOrder.dayMonthYear), ("chatminer_mmddyyyy_12hrs", .monthDayYear),
      ("chatminer_yyyymmdd_24hrs", .yearMonthDay),
    ])
  func formats(name: String, order: DateOrder) throws {
    try check(name, "chatminer_expected.json", count: 9, order: order)
  }

  @Test("iOS's first line gives the title", arguments: [("ios_de", "Familie"), ("ios_en_us", "Trip to Lisbon")])
  func titles(name: String, title: String) throws {
    let bytes = try VectorFolder.bytes(Self.folder + name + ".txt")
    #expect(try WhatsAppExport.parse(bytes).title == title)
    #expect(try WhatsAppExport.parse(bytes, title: "Given").title == "Given")
  }

  @Test(
    "an export of another app is refused at its first line",
    arguments: ["chat-exports/telegram/single.json", "chat-exports/README.md"])
  func others(path: String) throws {
    let bytes = try VectorFolder.bytes(path)
    let error = #expect(throws: ChatHistoryError.self) { try WhatsAppExport.parse(bytes) }
    #expect(error?.lineNumber == 1)
  }

  private struct LineFormats: Decodable {
    struct Line: Decodable {
      let line: String
      let expectedTime: String
      let sender: String
      let text: String

      enum CodingKeys: String, CodingKey {
        case line, sender, text
        case expectedTime = "expected_time"
      }
    }
    struct Attachment: Decodable {
      let line: String
      let attachment: String
    }
    struct Time: Decodable { let h12, h24: String }
    struct Order: Decodable {
      let dates: [[Int]]
      let order: String
    }
    let lines: [Line]
    let attachments: [Attachment]
    let times: [Time]
    let dayMonthOrder: [Order]

    enum CodingKeys: String, CodingKey {
      case lines, attachments, times
      case dayMonthOrder = "day_month_order"
    }
  }

  @Test("every published line format, attachment mark, clock and date order is read")
  func lineFormats() throws {
    let file = try VectorFolder.json(Self.folder + "line-formats.json", as: LineFormats.self)
    var executedCount = 0
    for line in file.lines {
      let chat = try WhatsAppExport.parse(Array(line.line.utf8))
      let message = try #require(chat.messages.first)
      #expect(message.time == LocalTime(line.expectedTime), "\(line.line)")
      #expect(message.sender == line.sender && message.text == line.text && message.kind == .text, "\(line.line)")
      executedCount += 1
    }
    for line in file.attachments {
      let message = try #require(try WhatsAppExport.parse(Array(line.line.utf8)).messages.first)
      #expect(message.attachment == line.attachment && message.kind == .media, "\(line.line)")
      #expect(message.text == (line.line.contains("\n") ? "Dir auch frohe Ostern." : ""))
      executedCount += 1
    }
    for time in file.times {
      let line = "13/6/18, \(time.h12) - a: m"
      let message = try #require(try WhatsAppExport.parse(Array(line.utf8)).messages.first)
      #expect(message.time == LocalTime("2018-06-13 " + time.h24), "\(line)")
      executedCount += 1
    }
    for order in file.dayMonthOrder {
      let lines = order.dates.map { "\($0[0])/\($0[1])/\($0[2]), 10:00 - a: m\n" }.joined()
      let chat = try WhatsAppExport.parse(Array(lines.utf8))
      #expect(chat.messages.count == order.dates.count)
      #expect(chat.isDateOrderAmbiguous == (order.order == "undecidable"))
      #expect(chat.dateOrder == (order.order == "month first" ? .monthDayYear : .dayMonthYear))
      executedCount += 1
    }
    let held = file.lines.count + file.attachments.count + file.times.count + file.dayMonthOrder.count
    #expect(executedCount == held)
    #expect(
      try executedCount
        == VectorFolder.caseCount(Self.folder + "line-formats.json", published: 12 + 4 + 4 + 5, held: held))
  }
}

private let kinds: [String: Message.Kind] = ["text": .text, "media": .media, "deleted": .deleted, "system": .system]
