import ChatHistory
import CloisterClient
import ErrorCodes
import HTTPMessages
import Inference

/// What happened and what to do, in words for a person, by the code of a refusal.
struct PageAdvice {
  /// Nil where the library's own message serves.
  let words: String?
  let advice: String

  private init(_ words: String?, _ advice: String) {
    self.words = words
    self.advice = advice
  }

  /// Every check that can fail before a request leaves ends here.
  private static let nothingSent = PageAdvice(
    nil, "Nothing was sent. If it stays like this, tell the operator the code, and whoever publishes your trust policy."
  )

  static func of(_ code: ErrorCode) -> PageAdvice { known[code] ?? nothingSent }

  private static let known: [ErrorCode: PageAdvice] = setUp.merging(asked) { first, _ in first }
    .merging(reached) { first, _ in first }.merging(kept) { first, _ in first }.merging(page) { first, _ in first }

  private static let setUp: [ErrorCode: PageAdvice] = [
    ClientError.policyMissing: PageAdvice(
      "This device trusts nobody yet.", "Run cloister policy trust FILE with the policy that you were given."),
    ClientError.accountMissing: PageAdvice(
      "There is no account key to draw tokens with.",
      "Run cloister tokens draw --account-key FILE with the key that the operator gave you."),
    ClientError.walletEmpty: PageAdvice(
      "No token is left.", "Draw today’s tokens in Settings. A request never draws any by itself."),
    ClientError.tokensDrawn: PageAdvice(
      "Today’s tokens were drawn already.", "Draw again on the operator’s next day. Receipts show what they were for."),
    ClientError.issuerRefused: PageAdvice(
      "The operator gave no tokens.", "Try again later. If it stays like this, ask the operator about your account."),
    ClientError.conflictKept: PageAdvice(
      "The operator or its log contradicted itself, and the proof is kept.",
      "Nothing is sent until you looked at it. Show the folder conflicts of your state to whoever publishes your policy."
    ),
    ClientError.consentMissing: PageAdvice("This task is off.", "Turn it on in Settings if you want it."),
    ClientError.chatExcluded: PageAdvice("You excluded this chat.", "Settings can allow it again."),
    ClientError.stateUnusable: PageAdvice(
      nil, "Look whether the state folder can be written and its disk has room."),
    ClientError.stateDamaged: PageAdvice(
      nil, "A file of the state folder was changed by something else. Restore it from a copy, or remove it."),
  ]

  private static let asked: [ErrorCode: PageAdvice] = [
    ChatHistoryError.notAnExport: PageAdvice(
      "This is no chat export that is known here.",
      "In WhatsApp: open the chat, More, Export chat, Without media. Then choose the .txt or .zip file."),
    ChatHistoryError.tooLarge: PageAdvice("The export is too large.", "Export it without media, or choose less."),
    ClientError.requestTooLarge: PageAdvice("The request is too large.", "Choose fewer messages."),
    ClientError.chatTooLong: PageAdvice("That is more than one request may ask for.", "Choose fewer messages."),
    ClientError.engineCannot: PageAdvice(
      "The operator’s machines cannot do this.",
      "Their engine has no model for it, and nothing is invented. Summaries need none, and neither do drafts made "
        + "concise or professional."),
    InferenceError.draftTooLong: PageAdvice("The draft is too long.", "Ask for a part of it."),
    InferenceError.taskInvalid: PageAdvice(nil, "Choose other messages, or shorten what you wrote."),
    ClientError.engineTooSlow: PageAdvice("The machine was not done in its time.", "Ask for less, or again later."),
    ClientError.nodeBusy: PageAdvice("The machines are busy.", "Ask again in a minute. The tokens used are gone."),
  ]

  private static let reached: [ErrorCode: PageAdvice] = [
    ClientError.epochUnavailable: PageAdvice(
      "The keys of this hour cannot be fetched.", "Nothing was sent. Look at your connection, and try again later."),
    ClientError.relayRefused: PageAdvice("The relay refused.", "Try again later: another relay may be chosen."),
    ClientError.nodeUnreachable: PageAdvice("The chosen machines cannot be reached.", "Try again in a few minutes."),
    HTTPExchangeError.unreachable: PageAdvice("Nobody answers there.", "Look at your connection, and try again."),
    HTTPExchangeError.interrupted: PageAdvice("The connection broke off.", "Look at your connection, and try again."),
    ClientError.nodeRefused: PageAdvice(
      "The machine did not take the request.", "It was sent, sealed to that machine. Tell the operator the code."),
    ClientError.gatewayRefused: PageAdvice(
      "The operator’s gateway refused.", "Nobody but a verified machine could read the request. Try again later."),
    ClientError.tokenRefused: PageAdvice(
      "The gateway did not take the token.", "Nobody but a verified machine could read the request. Try again."),
    ClientError.answerMalformed: PageAdvice(
      "The answer is not of its form.", "The request was sent to a verified machine. Tell the operator the code."),
    ClientError.answerTooLarge: PageAdvice(
      "The answer is larger than there is room for.", "Ask for less: the request was sent, and its token is spent."),
    ClientError.answerTruncated: PageAdvice(
      "The answer was cut short.", "What is shown may not be all of it. Ask again."),
    ClientError.receiptUnknown: PageAdvice("There is no such receipt.", "It may have been deleted."),
    ClientError.receiptBundleMissing: PageAdvice(
      "The stored proofs of this receipt are gone.", "Its checks cannot be repeated without them."),
    ClientError.receiptPolicyMissing: PageAdvice(
      "The policy of this receipt is gone.", "Its checks cannot be repeated without it."),
    ClientError.receiptMismatch: PageAdvice(
      "The receipt says something else than its proofs.", "One of them was changed after the request."),
  ]

  private static let kept: [ErrorCode: PageAdvice] = [
    ClientError.historyEmpty: PageAdvice("No answer was ever kept.", "Turn the history on first."),
    ClientError.historyLocked: PageAdvice(
      "The passphrase is another one.", "Try again. Nobody can restore it; deleting all of the history begins anew."),
    ClientError.historyDamaged: PageAdvice(
      "A file of the history was changed by something else.",
      "Restore the state folder from a copy, or delete all of the history."),
    ClientError.historyPassphraseWeak: PageAdvice(
      "The passphrase is too short.",
      "Take at least \(HistoryPassphrase.minimumByteCount) characters; several random words are better."),
    ClientError.historyTooLarge: PageAdvice("The answer is too large to be kept.", "Copy it, if you want it."),
    ClientError.historyUnknown: PageAdvice("There is no such answer.", "It may have been deleted."),
  ]

  private static let page: [ErrorCode: PageAdvice] = [
    EndpointError.pageOff: PageAdvice("Private AI is off.", "Turn it on first."),
    EndpointError.pageRequest: PageAdvice(nil, "Correct it and try again."),
    EndpointError.pageChatUnknown: PageAdvice("This chat is not open any more.", "Choose its export again."),
    EndpointError.pagePreviewUnknown: PageAdvice(
      "That is not the preview shown last.", "Look at what would leave once more, then send."),
    EndpointError.pageChoiceUnknown: PageAdvice("There is nothing of that name.", "Reload the page and choose again."),
    EndpointError.secretWrong: PageAdvice(
      "This page is of an earlier run.", "Open the address that cloister proxy printed when it started."),
    EndpointError.bodyTooLarge: PageAdvice("That is too large.", "A chat export may have 64 MiB. Leave media out."),
    EndpointError.contentType: PageAdvice(nil, "Only this page’s own script asks here."),
    EndpointError.hostForeign: PageAdvice(nil, "Open the address that cloister proxy printed, with its numbers."),
    EndpointError.originForeign: PageAdvice(nil, "Another page asked. Nothing was done."),
    EndpointError.siteForeign: PageAdvice(nil, "Another page asked. Nothing was done."),
    EndpointError.notFound: PageAdvice(nil, "Open the address that cloister proxy printed."),
    EndpointError.methodNotAllowed: PageAdvice(nil, "Open the address that cloister proxy printed."),
  ]
}
