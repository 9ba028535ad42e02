public import Foundation
import StrictJSON
import WireFormat

/// One answer that a person keeps, and what they asked where it is short. Holds content: neither printable nor encodable.
public struct HistoryEntry: Sendable, Equatable {
  /// Of the receipt of the same request: 32 hexadecimal digits. It names the entry.
  public let receiptIdentifier: String
  /// Seconds since 1970.
  public let time: UInt64
  public let task: String
  /// What it was about, such as a chat's title.
  public let subject: String?
  public let question: String?
  public let answer: String
  public let isSimulated: Bool

  public init(
    receiptIdentifier: String, time: Date, task: String, subject: String? = nil, question: String? = nil,
    answer: String, isSimulated: Bool
  ) {
    self.receiptIdentifier = receiptIdentifier
    self.time = UInt64(exactly: time.timeIntervalSince1970.rounded(.down)) ?? 0
    self.task = task
    self.subject = subject
    self.question = question
    self.answer = answer
    self.isSimulated = isSimulated
  }

  public var day: CalendarDay { CalendarDay(of: Date(timeIntervalSince1970: Double(time))) }

  /// Whether a text can name an entry, so that no path is made of anything else.
  static func isIdentifier(_ text: String) -> Bool {
    text.utf8.count == 32
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}

// What is sealed: length (32) | JSON | zeros to a multiple of 4,096, so that a file's size tells little.
extension HistoryEntry {
  static let version: UInt64 = 1
  static let paddingByteCount = 4_096
  /// The longest answer with what surrounds it; more is refused.
  package static let contentByteLimit = 1 << 20

  /// - Throws: `history-too-large`.
  package func content() throws(ClientError) -> [UInt8] {
    let json: JSONValue = [
      "version": .integer(Int64(Self.version)), "receipt": .string(receiptIdentifier),
      "time": .integer(Int64(clamping: time)), "task": .string(task),
      "subject": subject.map { .string($0) } ?? .null, "question": question.map { .string($0) } ?? .null,
      "answer": .string(answer), "simulated": .boolean(isSimulated),
    ]
    var writer = WireWriter()
    writer.writePrefixed(UInt32.self, json.canonicalBytes)
    guard writer.bytes.count <= Self.contentByteLimit else {
      throw ClientError(ClientError.historyTooLarge, "entry has more than \(Self.contentByteLimit) bytes")
    }
    let excess = writer.bytes.count % Self.paddingByteCount
    return writer.bytes + [UInt8](repeating: 0, count: excess == 0 ? 0 : Self.paddingByteCount - excess)
  }

  /// - Parameter content: what was sealed.
  /// - Throws: `history-damaged`, also where the entry is another one than its name says.
  package init(decoding content: [UInt8], identifier: String) throws(ClientError) {
    let damaged = ClientError(ClientError.historyDamaged, "an entry of the history is not of its form")
    guard content.count <= Self.contentByteLimit, content.count % Self.paddingByteCount == 0 else { throw damaged }
    do {
      var cursor = WireCursor(content)
      let json = Array(try cursor.readPrefixedBytes(UInt32.self, limit: Self.contentByteLimit, field: "entry"))
      let padding = content.count - 4 - json.count
      guard padding < Self.paddingByteCount, content.suffix(padding).allSatisfy({ $0 == 0 }) else { throw damaged }
      var object = try JSONObject(parsing: json, name: "history entry", byteLimit: Self.contentByteLimit)
      guard try object.count("version") == Self.version else { throw damaged }
      receiptIdentifier = try object.string("receipt")
      time = try object.count("time")
      task = try object.string("task")
      subject = try Self.text(try object.value("subject"))
      question = try Self.text(try object.value("question"))
      answer = try object.string("answer")
      isSimulated = try object.boolean("simulated")
      try object.finish()
    } catch {
      throw damaged
    }
    guard receiptIdentifier == identifier, Self.isIdentifier(identifier) else { throw damaged }
  }

  private static func text(_ value: JSONValue) throws(ClientError) -> String? {
    switch value {
    case .null: return nil
    case .string(let text): return text
    default: throw ClientError(ClientError.historyDamaged, "a member is no text")
    }
  }
}
