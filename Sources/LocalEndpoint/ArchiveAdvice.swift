import ChatArchive
package import CloisterClient
package import ErrorCodes

/// What a person can do about an archive that is not read, on every surface that takes one.
package enum ArchiveAdvice {
  package static func of(_ code: ErrorCode) -> RefusalAdvice? { known[code] }

  private static let exportAnew = "Export the chat again, or unpack the archive and choose the chat's file in it."

  private static let known: [ErrorCode: RefusalAdvice] = [
    ChatArchiveError.malformed: RefusalAdvice("The archive is damaged, or not whole.", exportAnew),
    ChatArchiveError.tooLarge: RefusalAdvice("The archive is too large.", "Export the chat without media."),
    ChatArchiveError.ratio: RefusalAdvice("What is packed there is no text.", exportAnew),
    ChatArchiveError.unsafeName: RefusalAdvice("The archive names its chat as no export does.", exportAnew),
    ChatArchiveError.repeatedName: RefusalAdvice("The archive holds two chats of one name.", exportAnew),
    ChatArchiveError.encrypted: RefusalAdvice(
      "The chat is encrypted in its archive.",
      "Unpack the archive with its password, and choose the chat's file in it."),
    ChatArchiveError.method: RefusalAdvice(
      "The chat is packed in a way that is not read.", "Unpack the archive, and choose the chat's file in it."),
    ChatArchiveError.noChat: RefusalAdvice(
      "No chat is in the archive.",
      "Choose an export of WhatsApp (.txt), Telegram (result.json) or Signal (main.jsonl)."),
    ChatArchiveError.severalChats: RefusalAdvice(
      "The archive holds several files that may be the chat.", "Unpack it, and choose one of them."),
  ]
}
