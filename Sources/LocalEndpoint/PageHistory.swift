import CloisterClient
import Foundation
import Inference
import StrictJSON

// Answers that the person keeps. Nothing here keeps the passphrase, or the key that it opens: each reading needs it anew.
extension PageModel {
  /// In bytes of what is read at once, from the newest on; the newest comes whatever its size.
  private static let readingByteLimit = 4 << 20

  func historyStatus() throws(EndpointError) -> JSONValue {
    try requireOn()
    return try fromClient { () throws(ClientError) in
      [
        "on": .boolean(try state.history.isOn), "exists": .boolean(try state.history.exists),
        "entries": .integer(Int64(try state.history.entryCount)),
      ]
    }
  }

  func turnHistoryOn(_ body: PassphraseBody) throws(EndpointError) -> JSONValue {
    try requireOn()
    try fromClient { () throws(ClientError) in try state.history.turnOn(try HistoryPassphrase(body.passphrase)) }
    return try historyStatus()
  }

  func turnHistoryOff(_ body: EmptyBody) throws(EndpointError) -> JSONValue {
    try requireOn()
    try fromClient { () throws(ClientError) in try state.history.turnOff() }
    return try historyStatus()
  }

  func readHistory(_ body: PassphraseBody) throws(EndpointError) -> JSONValue {
    try requireOn()
    let (readable, damaged) = try fromClient { () throws(ClientError) in
      try state.history.entries(try HistoryPassphrase(body.passphrase))
    }
    var byteCount = 0
    let shown = readable.prefix { entry in
      defer { byteCount += entry.answer.utf8.count + (entry.question?.utf8.count ?? 0) }
      return byteCount < Self.readingByteLimit
    }
    return [
      "entries": .array(shown.map(\.pageJSON)), "older": .integer(Int64(readable.count - shown.count)),
      "damaged": .array(damaged.map { .string($0) }),
    ]
  }

  func removeHistoryEntry(_ body: ReceiptBody) throws(EndpointError) -> JSONValue {
    try requireOn()
    try fromClient { () throws(ClientError) in try state.history.remove(body.identifier) }
    return try historyStatus()
  }

  func purgeHistory(_ body: PurgeBody) throws(EndpointError) -> JSONValue {
    try requireOn()
    return ["removed": .integer(Int64(try fromClient { () throws(ClientError) in try state.history.purge() }))]
  }

  // MARK: What is kept, where the history is on. To be called before an answer is shown, which a closed tab ends.

  func keep(_ answer: SummaryAnswer, of chat: ChatExport) -> [String] {
    keep(
      answer.receiptIdentifier, .summarize, subject: chat.title, answer: answer.summary,
      isSimulated: answer.isSimulated)
  }

  func keep(_ answer: ReplyAnswer, of chat: ChatExport) -> [String] {
    keep(answer.receiptIdentifier, .reply, subject: chat.title, answer: answer.text, isSimulated: answer.isSimulated)
  }

  func keep(_ answer: RewriteAnswer, of draft: String) -> [String] {
    keep(answer.receiptIdentifier, .rewrite, question: draft, answer: answer.text, isSimulated: answer.isSimulated)
  }

  /// - Returns: what the person should know of it. An answer that cannot be kept is shown all the same.
  private func keep(
    _ receipt: String, _ task: PageTask, subject: String? = nil, question: String? = nil, answer: String,
    isSimulated: Bool
  ) -> [String] {
    let entry = HistoryEntry(
      receiptIdentifier: receipt, time: clock.now(), task: task.rawValue, subject: subject, question: question,
      answer: answer, isSimulated: isSimulated)
    do throws(ClientError) {
      return try state.history.keep(entry) ? ["Kept in your history."] : []
    } catch {
      let refusal = PageRefusal(error)
      return ["This answer is not in your history. \(refusal.message) (\(refusal.code.rawValue))"]
    }
  }
}

extension HistoryEntry {
  /// Whoever writes the folder can add entries of their own, so what is read is made safe to show.
  fileprivate var pageJSON: JSONValue {
    func text(_ text: String?) -> JSONValue { text.map { .string(AnswerSanitizer.sanitized($0)) } ?? .null }
    return [
      "receipt": .string(receiptIdentifier), "taskTitle": text(PageTask.title(task)),
      "time": .string(PageTime.text(Date(timeIntervalSince1970: Double(time)))), "subject": text(subject),
      "question": text(question), "answer": text(answer), "simulated": .boolean(isSimulated),
    ]
  }
}
