import ChatHistory

/// One chat of a file that may hold several. The name is the person's: neither printed nor logged by accident.
public struct ChatListing: Sendable, Equatable {
  /// As the export names the chat; nil where it does not.
  public let name: String?
  /// As the app numbers the chat; it tells two of one name apart. Empty where a file is one chat.
  public let identifier: String
  public let messageCount: Int

  public init(name: String?, identifier: String, messageCount: Int) {
    self.name = name
    self.identifier = identifier
    self.messageCount = messageCount
  }
}

/// The chats of one file, of which one is read. Holds people's words: neither printable nor encodable.
protocol ImportedChats: Sendable {
  var listings: [ChatListing] { get }
  /// - Parameter index: of one of the listings.
  func chat(at index: Int) throws(ChatImportError) -> Chat
}

extension ImportedChats {
  /// - Parameter choice: a chat's name or identifier; nil where the file holds only one.
  /// - Throws: `chat-not-chosen`, `chat-unknown`, `chat-name-ambiguous`.
  func index(of choice: String?) throws(ChatImportError) -> Int {
    guard let choice else {
      guard listings.count == 1 else {
        throw ChatImportError(
          ChatImportError.chatNotChosen,
          "the file holds \(listings.count) chats: choose one by name or identifier (--chat, --list-chats)")
      }
      return 0
    }
    if let index = listings.firstIndex(where: { $0.identifier == choice && !choice.isEmpty }) { return index }
    let named = listings.indices.filter { listings[$0].name == choice }
    guard let index = named.first else {
      throw ChatImportError(
        ChatImportError.chatUnknown, "none of the file's \(listings.count) chats has the chosen name or identifier")
    }
    guard named.count == 1 else {
      throw ChatImportError(
        ChatImportError.chatNameAmbiguous, "\(named.count) chats have the chosen name: choose by identifier")
    }
    return index
  }
}

/// A file that is one chat.
struct SingleChat: ImportedChats {
  let chat: Chat

  var listings: [ChatListing] {
    [ChatListing(name: chat.title, identifier: "", messageCount: chat.messages.count)]
  }

  func chat(at index: Int) throws(ChatImportError) -> Chat { chat }
}
