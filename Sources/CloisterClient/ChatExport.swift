import ChatHistory

/// An exported chat on its way into a request. Holds people's words: neither printable nor encodable.
public struct ChatExport: Sendable {
  public static let byteLimit = 64 << 20

  /// The chat's title as the file's name tells it; nil where it does not.
  public let title: String?
  let bytes: [UInt8]

  /// - Parameter fileName: the last component of the path.
  public init(fileName: String, bytes: [UInt8]) {
    title = Self.title(fileName: fileName)
    self.bytes = bytes
  }

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
    if let title { try consent.requireNotExcluded(Consent.ExcludedChat(title: title, senders: [])) }
    let chat = try parsed()
    try consent.requireNotExcluded(Self.identity(of: chat))
    return chat
  }

  private func parsed() throws(ClientError) -> Chat {
    do {
      return try WhatsAppExport.parse(bytes, title: title)
    } catch {
      throw ClientError(error)
    }
  }
}
