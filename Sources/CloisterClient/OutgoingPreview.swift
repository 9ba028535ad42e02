import BinaryHTTP
public import ChatHistory
import Trust

/// Exactly what would leave the device for a task that reads a chat, before it does. Holds content: neither printable
/// nor encodable.
///
/// Beside this a request holds one token and what is the same for everybody: method, path, media type and the class of
/// the answer. What the relay sees is the address, the time and the size class.
public struct OutgoingPreview: Sendable {
  /// The body that the node reads: JSON, byte for byte.
  public let content: [UInt8]
  /// The chat in it, as its text form has it.
  public let transcript: String
  /// The person's own name in it, where one was given.
  public let reader: String?
  /// What a reply should say, where the person said it.
  public let hint: String?
  public let path: String
  public let messageCount: Int
  /// Who wrote, as the node would read it, in the order of their first message.
  public let senders: [String]
  /// Of the first and the last message.
  public let firstTime: LocalTime?
  public let lastTime: LocalTime?
  /// On which any message was written.
  public let dayCount: Int
  /// Messages with media, of which nothing but the caption and the file's name would leave.
  public let mediaCount: Int
  public let omission: ChatSelection.Omission
  public let isDateOrderAmbiguous: Bool
  /// True where times may be 12 hours off: the export's words for morning and afternoon are not known.
  public let isDayPeriodAmbiguous: Bool
  /// What the request is padded to, in bytes.
  public let sizeClassByteCount: Int?
  /// Nil where the chat would leave as it is.
  public let redaction: RedactionCounts?

  init(_ outgoing: OutgoingChat, _ selection: ChatSelection, _ task: PrivateTask, operatorOrigin: String) {
    let messages = selection.messages
    content = task.content
    transcript = selection.transcript
    reader = outgoing.reader
    hint = outgoing.hint
    path = task.path
    messageCount = messages.count
    var seen: Set<String> = []
    senders = messages.map(ChatTranscript.canonical).compactMap(\.sender).filter { seen.insert($0).inserted }
    firstTime = messages.first?.time
    lastTime = messages.last?.time
    dayCount = Set(messages.map { $0.time.secondsSinceYearZero / 86_400 }).count
    mediaCount = messages.count { $0.kind == .media }
    omission = outgoing.omission(of: selection)
    isDateOrderAmbiguous = outgoing.isDateOrderAmbiguous
    isDayPeriodAmbiguous = outgoing.isDayPeriodAmbiguous
    sizeClassByteCount = (try? task.request(origin: operatorOrigin))?.requestClass.byteCount
    redaction = outgoing.counts
  }
}

extension CloisterClient {
  /// What `summarize` would send. Sends nothing, and asks for no consent but that the chat is not excluded.
  ///
  /// - Throws: `chat-excluded`, the codes of `ChatHistory` and `ChatImports`.
  public nonisolated func preview(
    summarizing export: ChatExport, range: ChatSelection.Range = .recent, reader: String? = nil,
    redaction: ChatRedaction? = nil
  ) throws(ClientError) -> OutgoingPreview {
    try state.preview(summarizing: export, range: range, reader: reader, redaction: redaction)
  }
}

extension ClientState {
  /// The same where no client is needed, since nothing is sent.
  ///
  /// - Throws: `chat-excluded`, the codes of `ChatHistory` and `ChatImports`.
  public func preview(
    summarizing export: ChatExport, range: ChatSelection.Range = .recent, reader: String? = nil,
    redaction: ChatRedaction? = nil
  ) throws(ClientError) -> OutgoingPreview {
    let chat = try export.chat(under: try consent.current())
    let outgoing = OutgoingChat(chat, range: range, reader: reader, redaction: redaction)
    let task = SummaryTask(
      chat: outgoing.chat, range: outgoing.range, reader: outgoing.reader, answerClass: .block)
    return OutgoingPreview(outgoing, task.selection, task.task, operatorOrigin: operatorOrigin)
  }

  /// What `reply` would send. Sends nothing, and asks for no consent but that the chat is not excluded.
  ///
  /// - Throws: `chat-excluded`, `task-request-invalid`, the codes of `ChatHistory` and `ChatImports`.
  public func preview(
    replyingTo export: ChatExport, range: ChatSelection.Range = .recent, reader: String? = nil, hint: String? = nil,
    redaction: ChatRedaction? = nil
  ) throws(ClientError) -> OutgoingPreview {
    let chat = try export.chat(under: try consent.current())
    let outgoing = OutgoingChat(chat, range: range, reader: reader, hint: hint, redaction: redaction)
    let task = try ReplyTask(outgoing, answerClass: .block)
    return OutgoingPreview(outgoing, task.selection, task.task, operatorOrigin: operatorOrigin)
  }

  /// Without a policy it is not known: the longest stands for it.
  private var operatorOrigin: String {
    (try? policies.current())?.policy.operatorOrigin ?? String(repeating: "x", count: 255)
  }
}
