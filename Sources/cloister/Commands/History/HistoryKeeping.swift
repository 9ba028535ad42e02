import CloisterClient
import Foundation

/// Keeps what was answered where the person turned the history on. An answer that cannot be kept is shown all the same.
enum HistoryKeeping {
  static func keep(_ answer: SummaryAnswer, of chat: ChatExport, in state: ClientState) {
    keep(
      HistoryEntry(
        receiptIdentifier: answer.receiptIdentifier, time: Date(), task: "summarize", subject: chat.title,
        answer: answer.summary, isSimulated: answer.isSimulated),
      in: state)
  }

  static func keep(_ answer: ReplyAnswer, of chat: ChatExport, in state: ClientState) {
    keep(
      HistoryEntry(
        receiptIdentifier: answer.receiptIdentifier, time: Date(), task: ReplyAnswer.task, subject: chat.title,
        answer: answer.text, isSimulated: answer.isSimulated),
      in: state)
  }

  static func keep(_ answer: RewriteAnswer, of draft: String, in state: ClientState) {
    keep(
      HistoryEntry(
        receiptIdentifier: answer.receiptIdentifier, time: Date(), task: RewriteAnswer.task, question: draft,
        answer: answer.text, isSimulated: answer.isSimulated),
      in: state)
  }

  private static func keep(_ entry: HistoryEntry, in state: ClientState) {
    do throws(ClientError) {
      try state.history.keep(entry)
    } catch {
      CommandOutput.note("This answer is not in the history: \(error.code): \(error.message)")
    }
  }
}
