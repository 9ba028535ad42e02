import ChatHistory
public import ChatImports
import Foundation

/// An exported chat on its way into a request, from any of the apps that `ChatFile` knows. Holds people's words: neither
/// printable nor encodable.
public struct ChatExport: Sendable {
  public static let byteLimit = ChatFile.byteCountLimit

  /// The chat's title as the file's name tells it; nil where it does not.
  public let title: String?
  let bytes: [UInt8]
  /// Name or identifier of the one chat that is meant, where a file holds several.
  let chatName: String?

  /// - Parameters:
  ///   - fileName: the last component of the path.
  ///   - chatName: which chat of the file, by name or identifier; nil where it holds only one.
  public init(fileName: String, bytes: [UInt8], chatName: String? = nil) {
    title = Self.title(fileName: fileName)
    self.bytes = bytes
    self.chatName = chatName
  }

  /// The chats of the file, to choose one from.
  /// - Throws: the codes of `ChatImports` and `ChatHistory`.
  public func listings() throws(ClientError) -> [ChatListing] { try file().listings }

  /// What stands before the title in the names that WhatsApp gives to its exports.
  private static let namePrefixes = [
    "WhatsApp Chat with ", "WhatsApp Chat - ", "WhatsApp Chat mit ", "Chat de WhatsApp con ", "Chat WhatsApp con ",
    "Discussion WhatsApp avec ", "Conversa do WhatsApp com ", "WhatsApp-chat met ",
  ]

  private static func title(fileName: String) -> String? {
    guard let prefix = namePrefixes.first(where: { fileName.hasPrefix($0) }), fileName.hasSuffix(".txt") else {
      return nil
    }
    let title = String(fileName.dropFirst(prefix.count).dropLast(".txt".count))
    return title.isEmpty ? nil : title
  }

  /// The chat as consent knows it.
  /// - Throws: the codes of `ChatHistory`.
  public func identity() throws(ClientError) -> Consent.ExcludedChat { Self.identity(of: try parsed()) }

  static func identity(of chat: Chat) -> Consent.ExcludedChat {
    Consent.ExcludedChat(title: chat.title, senders: chat.participants)
  }

  /// The chat, unless the person excluded it: then it is read no further than its title, or its senders' names.
  /// - Throws: `chat-excluded`, the codes of `ChatHistory`.
  func chat(under consent: Consent) throws(ClientError) -> Chat {
    for title in [title, chatName].compactMap(\.self) {
      try consent.requireNotExcluded(Consent.ExcludedChat(title: title, senders: []))
    }
    let chat = try parsed()
    try consent.requireNotExcluded(Self.identity(of: chat))
    return chat
  }

  private func parsed() throws(ClientError) -> Chat {
    let file = try file()
    do {
      return try file.chat(chatName)
    } catch {
      throw ClientError(error)
    }
  }

  private func file() throws(ClientError) -> ChatFile {
    do {
      return try ChatFile(bytes, title: title, clock: .here)
    } catch {
      throw ClientError(error)
    }
  }
}

extension WallClock {
  /// The device's own zone, with its summer times.
  fileprivate static let here = WallClock { seconds in
    TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
  }
}
