import ChatHistory
import StrictJSON

/// Reads `data.json` of signal-export (github.com/carderne/signal-export): one message a line.
///
///     {"date": "2026-06-13T07:45:00", "sender", "body", "attachments"?: [{"name"}], "deleted"?, "call"?, …}
enum SignalExportJSON {
  /// - Throws: `chat-not-an-export`, `chat-too-large`, `chat-line-too-long`, the codes of StrictJSON.
  static func parse(_ bytes: [UInt8], title: String?) throws(ChatImportError) -> Chat {
    var messages: [Message] = []
    for (index, line) in try TextLines.ranges(of: bytes).enumerated() where !line.isEmpty {
      let text: JSONText
      do {
        text = try JSONText(parsing: Array(bytes[line]), byteLimit: TextLines.byteCountLimit)
      } catch {
        throw ChatImportError(error)
      }
      guard let message = message(text.root) else {
        throw .notAnExport("line \(index + 1) has no date, sender or body")
      }
      guard messages.count < WhatsAppExport.messageCountLimit else {
        throw .tooLarge("export has more than \(WhatsAppExport.messageCountLimit) messages")
      }
      messages.append(message)
    }
    guard !messages.isEmpty else { throw .notAnExport("no line holds a message") }
    return Chat(title: title, messages: messages, dateOrder: .yearMonthDay, isDateOrderAmbiguous: false)
  }

  private static func message(_ value: JSONText.Value) -> Message? {
    // Seconds may have a fraction.
    guard let date = value.text("date"), let time = LocalTime(String(date.prefix(19))),
      let sender = value.text("sender"), let body = value.member("body")?.string
    else { return nil }
    if value.member("deleted")?.isTrue == true { return Message(time: time, sender: sender, kind: .deleted, text: "") }
    let text = SignalText.withoutTrailingBlanks(body)
    if value.member("call")?.isTrue == true { return Message(time: time, sender: sender, kind: .system, text: text) }
    let attachments = value.member("attachments")?.elements ?? []
    let sticker = value.member("sticker").map { $0.isObject } ?? false
    return Message(
      time: time, sender: sender, kind: attachments.isEmpty && !sticker ? .text : .media, text: text,
      attachment: attachments.first?.text("name"))
  }
}
