public import ChatHistory
import StrictJSON

/// A file of exported chats, of whichever app, told by its content.
///
/// The file is anybody's text and not trusted: parsing is pure, bounded and total, and nothing in it is followed.
/// Holds people's words: neither printable nor encodable.
public struct ChatFile: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    /// WhatsApp's `.txt`.
    case whatsApp = "whatsapp"
    /// `result.json` of Telegram Desktop.
    case telegram
    /// `main.jsonl` of Signal's own export.
    case signal
    /// `data.json` of signal-export.
    case signalExportJSON = "signal-export-json"
    /// `chat.md` of signal-export, or the one-line texts of sigtop and signalbackup-tools.
    case signalText = "signal-text"
  }

  /// Of the file, in bytes.
  public static let byteCountLimit = WhatsAppExport.byteCountLimit

  public let format: Format
  private let chats: any ImportedChats

  /// - Parameters:
  ///   - title: what the caller knows the chat as; only for formats that name none themselves.
  ///   - clock: reads instants as the person's clock showed them.
  /// - Throws: `chat-not-an-export`, `chat-too-large`, `chat-line-too-long`, and the codes of StrictJSON.
  public init(_ bytes: [UInt8], title: String? = nil, clock: WallClock = .utc) throws(ChatImportError) {
    guard bytes.count <= Self.byteCountLimit else {
      throw .tooLarge("export has \(bytes.count) bytes, at most \(Self.byteCountLimit) are read")
    }
    format = Self.format(of: bytes)
    switch format {
    case .whatsApp:
      do {
        chats = SingleChat(chat: try WhatsAppExport.parse(bytes, title: title))
      } catch {
        throw ChatImportError(error)
      }
    case .telegram: chats = try TelegramExport(bytes, clock: clock)
    case .signal: chats = try SignalExport(bytes, clock: clock)
    case .signalExportJSON: chats = SingleChat(chat: try SignalExportJSON.parse(bytes, title: title))
    case .signalText: chats = SingleChat(chat: try SignalText.parse(bytes, title: title))
    }
  }

  public var listings: [ChatListing] { chats.listings }

  /// - Parameter choice: a chat's name or identifier; nil where the file holds only one.
  /// - Throws: `chat-not-chosen`, `chat-unknown`, `chat-name-ambiguous`, `chat-not-an-export`, `chat-too-large`.
  public func chat(_ choice: String? = nil) throws(ChatImportError) -> Chat {
    try chats.chat(at: chats.index(of: choice))
  }

  /// JSON is told by its first brace, and its kinds by the members of the first value on the first line; every other
  /// text is WhatsApp's unless it begins as one of Signal's.
  private static func format(of bytes: [UInt8]) -> Format {
    let start = TextLines.start(of: bytes)
    guard start < bytes.count, bytes[start] == UInt8(ascii: "{") else {
      return SignalText.isBeginning(bytes) ? .signalText : .whatsApp
    }
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    let line = bytes[start..<min(end, start + firstLineByteCountLimit)]
    // Telegram writes one value over many lines.
    guard let first = try? JSONText(parsing: Array(line), byteLimit: firstLineByteCountLimit).root else {
      return .telegram
    }
    if first.member("messages") != nil || first.member("chats") != nil { return .telegram }
    return first.member("sender") != nil && first.member("body") != nil ? .signalExportJSON : .signal
  }

  /// What is read of the first line to tell its kind; longer ones are Telegram's.
  private static let firstLineByteCountLimit = 1 << 20
}
