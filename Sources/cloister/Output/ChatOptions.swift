import ArgumentParser
import ChatHistory
import CloisterClient

/// Which chat a request is about, and which part of it.
struct ChatOptions: ParsableArguments {
  @Argument(help: "The exported chat.", completion: .file(extensions: ["txt", "zip", "json", "jsonl", "md"]))
  var export: String

  @Option(help: ArgumentHelp("Which chat of a file that holds several, by name or identifier.", valueName: "chat"))
  var chat: String?

  @Option(help: ArgumentHelp("Go by the newest N messages.", valueName: "n"))
  var unread: Int?

  @Option(
    help: ArgumentHelp("Go by what was written from this time on: yyyy-MM-dd or yyyy-MM-dd HH:mm.", valueName: "date"))
  var since: String?

  @Option(help: ArgumentHelp("Your own name in the chat, to find what is asked of you.", valueName: "name"))
  var reader: String?

  func validate() throws {
    guard unread == nil || since == nil else { throw ValidationError("Use either --unread or --since.") }
    if let unread, unread < 1 { throw ValidationError("--unread takes a number from 1 up.") }
    if let since, LocalTime(since) == nil {
      throw ValidationError("--since takes yyyy-MM-dd or yyyy-MM-dd HH:mm.")
    }
  }

  var range: ChatSelection.Range {
    if let unread { return .unread(unread) }
    if let time = since.flatMap({ LocalTime($0) }) { return .since(time) }
    return .recent
  }

  /// - Throws: `chat-not-chosen` where the file holds several, and the codes of its format.
  func file() throws -> ChatExport { try InputFile.chatExport(export, chatName: chat) }

  /// Says where nobody of the chat has the reader's name: then nothing is found that is asked of them.
  /// - Throws: as `file`.
  func noteUnknownReader(in file: ChatExport) throws {
    guard let reader, try !file.identity().senders.contains(reader) else { return }
    CommandOutput.note("Nobody in the chat writes as \(reader.printable): what is asked of you is not found.")
  }
}
