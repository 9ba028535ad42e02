import ChatHistory
import Inference
public import Redaction

/// That names and numbers are replaced before a chat leaves the device, and put back into the answer.
public struct ChatRedaction: Sendable {
  /// What is replaced besides the names of who wrote or is mentioned: children, places, firms.
  public let furtherNames: [String]

  public init(furtherNames: [String] = []) { self.furtherNames = furtherNames }
}

/// How much was replaced.
public struct RedactionCounts: Sendable, Equatable {
  /// Different things of each kind; of names, their words, whether the chat says them or not.
  public let replacedCounts: [RedactedKind: Int]
}

/// The part of a chat that may leave, as it leaves: as it is, or redacted. Holds content, and what was redacted.
struct OutgoingChat: Sendable {
  let chat: Chat
  /// Of `chat`: all of it once it is redacted, since it holds no more than may leave.
  let range: ChatSelection.Range
  let reader: String?
  /// What a reply should say, redacted with the chat.
  let hint: String?
  let isDateOrderAmbiguous: Bool
  let isDayPeriodAmbiguous: Bool
  let counts: RedactionCounts?
  private let restorer: Restorer?
  private let omission: ChatSelection.Omission?
  /// Which messages of `chat` lack their end; empty where the chat leaves as it is.
  private let isShortened: [Bool]

  /// What is read beyond the end of a text that is too long, so that what lies across it is known, in bytes.
  private static let lookaheadByteCount = 1 << 10

  /// As the initializer, not on the caller's actor: a long chat takes a while.
  @concurrent
  static func prepared(
    _ chat: Chat, range: ChatSelection.Range, reader: String?, hint: String? = nil, redaction: ChatRedaction?
  ) async -> OutgoingChat {
    OutgoingChat(chat, range: range, reader: reader, hint: hint, redaction: redaction)
  }

  /// - Parameter redaction: nil where the chat leaves as it is.
  init(
    _ chat: Chat, range: ChatSelection.Range, reader: String?, hint: String? = nil, redaction: ChatRedaction?
  ) {
    isDateOrderAmbiguous = chat.isDateOrderAmbiguous
    isDayPeriodAmbiguous = chat.isDayPeriodAmbiguous
    guard let redaction else {
      (self.chat, self.range, self.reader, self.hint) = (chat, range, reader, hint)
      (counts, restorer, omission, isShortened) = (nil, nil, nil, [])
      return
    }
    let selection = ChatSelection(chat, range)
    // Redacted is what a transcript makes of a message, so that nothing in it becomes a placeholder on the way. What the
    // app said itself names members who never write, and no engine reads it.
    let messages = selection.messages.compactMap { message in
      let sender = message.sender.map(ChatTranscript.canonicalSender) ?? ""
      return sender.isEmpty ? nil : (message: message, sender: sender, text: Self.beginning(message.text))
    }
    let reader = reader.map(ChatTranscript.canonicalSender)
    // Who wrote what leaves, and what the person named, come before everybody else: not of all are forms looked for.
    var redactor = Redactor(
      names: messages.map(\.sender) + [reader].compactMap(\.self) + redaction.furtherNames
        + chat.participants.map(ChatTranscript.canonicalSender),
      texts: messages.map(\.text) + [hint].compactMap(\.self))
    let nameLimit = ChatTranscript.nameByteCountLimit
    self.reader = reader.map { redactor.redactName($0, byteCountLimit: nameLimit) }
    var redacted: [Message] = []
    var isShortened: [Bool] = []
    for (message, sender, text) in messages {
      let (text, isCut) = redactor.redact(text, byteCountLimit: ChatTranscript.textByteCountLimit)
      // A file's name says what nobody reads.
      redacted.append(
        Message(
          time: message.time, sender: redactor.redactName(sender, byteCountLimit: nameLimit), kind: message.kind,
          text: text, isEdited: message.isEdited))
      isShortened.append(isCut)
    }
    // Placeholders may make it too long: then the task refuses it, and nothing of it is cut off.
    self.hint = hint.map { redactor.redact($0) }
    self.isShortened = isShortened
    self.chat = Chat(
      title: nil, messages: redacted, dateOrder: chat.dateOrder, isDateOrderAmbiguous: chat.isDateOrderAmbiguous)
    self.range = .unread(.max)
    counts = RedactionCounts(
      replacedCounts: Dictionary(
        uniqueKeysWithValues: RedactedKind.allCases.map { ($0, redactor.count(of: $0)) }))
    restorer = redactor.restorer
    omission = selection.omission
  }

  private static func beginning(_ text: String) -> String {
    let limit = ChatTranscript.textByteCountLimit + lookaheadByteCount
    return ChatTranscript.canonicalText(String(decoding: text.utf8.prefix(limit), as: UTF8.self))
  }

  /// Puts everything back into an answer that comes in pieces.
  struct Restoring {
    fileprivate var restorer: Restorer?

    /// - Returns: what can be shown of the piece and of what was held back before.
    mutating func append(_ words: String) -> String {
      AnswerSanitizer.sanitized(restorer?.append(words) ?? words)
    }

    /// What is left at the end.
    mutating func finish() -> String { AnswerSanitizer.sanitized(restorer?.finish() ?? "") }
  }

  var restoring: Restoring { Restoring(restorer: restorer) }

  /// The answer with everything put back.
  func restored(_ answer: String) -> String { restorer?.restored(answer) ?? answer }

  /// What was left out of the chat, before and after it was redacted.
  func omission(of selection: ChatSelection) -> ChatSelection.Omission {
    guard let omission else { return selection.omission }
    return ChatSelection.Omission(
      outsideRangeCount: omission.outsideRangeCount,
      overLimitCount: omission.overLimitCount + selection.omission.overLimitCount,
      shortenedCount: isShortened.suffix(selection.messages.count).count { $0 },
      unexportedCount: omission.unexportedCount)
  }
}
