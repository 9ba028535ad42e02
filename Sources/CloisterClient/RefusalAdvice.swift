import ChatHistory
import ChatImports
public import ErrorCodes
import HTTPMessages
import Inference
import Trust

/// What a refusal means to a person and what they can do about it, by its code: one table for every surface.
///
/// Commands of `cloister` stand between grave accents, so that a command line can complete them.
public struct RefusalAdvice: Sendable, Equatable {
  /// What happened, in a sentence; nil where the refusal's own message serves.
  public let words: String?
  /// What to do, in an app that has settings.
  public let advice: String
  /// What to do where there is a command line.
  public let commandLineAdvice: String

  /// - Parameter commandLine: nil where the same is to be done as in an app.
  package init(_ words: String?, _ advice: String, commandLine: String? = nil) {
    self.words = words
    self.advice = advice
    commandLineAdvice = commandLine ?? advice
  }

  /// Nil where nobody but the publishers of the policy and the operator can do something.
  public static func of(_ code: ErrorCode) -> RefusalAdvice? { known[code] }

  private static let known: [ErrorCode: RefusalAdvice] = setUp.merging(asked) { first, _ in first }
    .merging(reached) { first, _ in first }.merging(kept) { first, _ in first }

  private static let setUp: [ErrorCode: RefusalAdvice] = [
    ClientError.policyMissing: RefusalAdvice(
      "This device trusts nobody yet.", "Run `cloister init POLICY` with the policy that you were given."),
    ClientError.accountMissing: RefusalAdvice(
      "There is no account key to draw tokens with.",
      "Run `cloister tokens draw --account-key FILE` with the key that the operator gave you."),
    ClientError.credentialUnavailable: RefusalAdvice(
      "Your account could not be shown to the issuer.",
      "See that the program of `--account-command` prints a token of your identity provider, and nothing else."),
    ClientError.walletEmpty: RefusalAdvice(
      nil, "Where today’s tokens are not drawn yet, Settings draws them. A request never draws any by itself.",
      commandLine: "`cloister tokens draw`, once on each of the operator's days; a request never draws any by itself."),
    ClientError.tokensDrawn: RefusalAdvice(
      nil, "Draw again on the operator’s next day. Receipts show what they were for."),
    ClientError.issuerRefused: RefusalAdvice(
      "The operator gave no tokens.", "Try again later. If it stays like this, ask the operator about your account."),
    ClientError.conflictKept: RefusalAdvice(
      "The operator or its log contradicted itself, and the proof is kept.",
      "Nothing is sent until you looked at it. Show the folder conflicts of your state to whoever publishes your policy."
    ),
    ClientError.consentMissing: RefusalAdvice(
      "This task is off.", "Turn it on in Settings if you want it.",
      commandLine: "`cloister consent grant --task TASK`, if you want it."),
    ClientError.appConsentMissing: RefusalAdvice(
      "This task is off for this app.", "Turn it on in Settings if you want it.",
      commandLine: "`cloister consent grant --app NAME --task TASK`, if you want it."),
    ClientError.chatExcluded: RefusalAdvice(
      "You excluded this chat, or one with the same people.", "Settings can allow it again.",
      commandLine: "`cloister consent grant --include-chat EXPORT`, given the chat you excluded, allows it again."),
    ClientError.stateUnusable: RefusalAdvice(
      nil, "Look whether the state folder can be written and its disk has room."),
    ClientError.stateDamaged: RefusalAdvice(
      nil, "A file of the state folder was changed by something else. Restore it from a copy, or remove it.",
      commandLine: "`cloister doctor` names the file. Restore it from a copy, or remove it."),
    ClientError.stateForeign: RefusalAdvice(
      nil, "Name a folder of your own that is empty or a client's state.",
      commandLine: "Name a folder of your own that is empty or a client's state: --state, or CLOISTER_STATE."),
    ClientError.stateVersion: RefusalAdvice(nil, "Use the version of cloister that wrote it, or another state folder."),
    ClientError.walletDamaged: RefusalAdvice(
      nil, "The tokens in it are lost. Remove the folder wallet of your state, and draw on the operator's next day."),
    ClientError.walletKeyMissing: RefusalAdvice(
      nil,
      "Restore wallet.key from a copy. Without one the tokens are lost: remove the folder wallet of your state, and draw "
        + "on the operator's next day."),
    ClientError.appName: RefusalAdvice(nil, "Choose a name of these characters."),
    ClientError.appExists: RefusalAdvice(
      nil, "Choose another name.",
      commandLine: "Choose another name, or `cloister app revoke NAME` and add it anew, with a new key."),
    ClientError.appUnknown: RefusalAdvice(nil, "Choose another name.", commandLine: "`cloister app list` names them."),
    ClientError.appLimit: RefusalAdvice(
      nil, "Take the key of one away first.", commandLine: "`cloister app revoke NAME` takes the key of one away."),
    TrustError.beforeFirstEpoch: RefusalAdvice(nil, "Set the clock of this device. Nothing was sent."),
  ]

  private static let asked: [ErrorCode: RefusalAdvice] = [
    ChatHistoryError.notAnExport: RefusalAdvice(
      "This is no chat export that is known here.",
      "In WhatsApp: open the chat, More, Export chat, Without media. Then choose the .txt or .zip file.",
      commandLine: "Name an export of WhatsApp (.txt or .zip), Telegram (result.json) or Signal (main.jsonl, chat.md, "
        + "data.json): `cloister summarize --help` lists the forms."),
    ChatHistoryError.tooLarge: RefusalAdvice("The export is too large.", "Export it without media, or choose less."),
    ChatHistoryError.lineTooLong: RefusalAdvice(
      "A line of the export is longer than any message.", "Look whether it is the file that is meant."),
    ChatImportError.chatNotChosen: RefusalAdvice(
      "The file holds several chats.", "Choose one of them.",
      commandLine: "`cloister summarize EXPORT --list-chats` shows them, and --chat names one."),
    ChatImportError.chatUnknown: RefusalAdvice(
      "The file holds no such chat.", "Choose one of those that it holds.",
      commandLine: "`cloister summarize EXPORT --list-chats` shows those that it holds."),
    ChatImportError.chatNameAmbiguous: RefusalAdvice(
      "Several chats of the file have this name.", "Choose one of them.",
      commandLine: "`cloister summarize EXPORT --list-chats` shows their identifiers: give --chat one of those."),
    ClientError.requestTooLarge: RefusalAdvice("The request is too large.", "Choose fewer messages."),
    ClientError.chatTooLong: RefusalAdvice("That is more than one request may ask for.", "Choose fewer messages."),
    ClientError.engineCannot: RefusalAdvice(
      "The operator’s machines cannot do this.",
      "They run no model for it, and nothing is invented. Without a model there are summaries, drafts made concise or "
        + "professional, and spelling in the languages whose dictionary they have."),
    InferenceError.draftTooLong: RefusalAdvice("The draft is too long.", "Ask for a part of it."),
    InferenceError.taskInvalid: RefusalAdvice(nil, "Choose other messages, or shorten what you wrote."),
    ClientError.engineTooSlow: RefusalAdvice(
      "The machine was not done in its time.", "Its model is too slow for this. Ask for less, or again later."),
    ClientError.nodeBusy: RefusalAdvice("The machines are busy.", "Ask again in a minute. The tokens used are gone."),
  ]

  private static let reached: [ErrorCode: RefusalAdvice] = [
    ClientError.epochUnavailable: RefusalAdvice(
      "The keys of this hour cannot be fetched.",
      "Nothing was sent. Look at the clock of this device and at its connection, and try again later.",
      commandLine: "Nothing was sent. Look at the clock of this device, and try again later; `cloister doctor` looks "
        + "further."),
    ClientError.relayRefused: RefusalAdvice("The relay refused.", "Try again later: another relay may be chosen."),
    ClientError.nodeUnreachable: RefusalAdvice("The chosen machines cannot be reached.", "Try again in a few minutes."),
    HTTPExchangeError.unreachable: RefusalAdvice(
      "Nobody answers there.", "Look at your connection, and try again."),
    HTTPExchangeError.interrupted: RefusalAdvice(
      "The connection broke off, or no answer came in time.", "Look at your connection, and try again."),
    ClientError.nodeRefused: RefusalAdvice(
      "The machine did not take the request.", "It was sent, sealed to that machine. Tell the operator the code."),
    ClientError.gatewayRefused: RefusalAdvice(
      "The operator’s gateway refused.", "Nobody but a verified machine could read the request. Try again later."),
    ClientError.tokenRefused: RefusalAdvice(
      "The gateway did not take the token.", "Nobody but a verified machine could read the request. Try again."),
    ClientError.answerMalformed: RefusalAdvice(
      "The answer is not of its form.", "The request was sent to a verified machine. Tell the operator the code."),
    ClientError.answerTooLarge: RefusalAdvice(
      "The answer is larger than there is room for.", "Ask for less: the request was sent, and its token is spent."),
    ClientError.answerTruncated: RefusalAdvice(
      "The answer was cut short.", "What is shown may not be all of it. Ask again."),
    ClientError.receiptUnknown: RefusalAdvice(
      "There is no such receipt.", "It may have been deleted.", commandLine: "`cloister receipts list` names them."),
    ClientError.receiptBundleMissing: RefusalAdvice(
      "The stored proofs of this receipt are gone.", "Its checks cannot be repeated without them."),
    ClientError.receiptPolicyMissing: RefusalAdvice(
      "The policy of this receipt is gone.", "Its checks cannot be repeated without it."),
    ClientError.receiptMismatch: RefusalAdvice(
      "The receipt says something else than its proofs.", "One of them was changed after the request."),
  ]

  private static let kept: [ErrorCode: RefusalAdvice] = [
    ClientError.historyEmpty: RefusalAdvice(
      "No answer was ever kept.", "Turn the history on first.", commandLine: "`cloister history on` turns it on."),
    ClientError.historyLocked: RefusalAdvice(
      "The passphrase is another one.", "Try again. Nobody can restore it; deleting all of the history begins anew."),
    ClientError.historyDamaged: RefusalAdvice(
      "A file of the history was changed by something else.",
      "Restore the state folder from a copy, or delete all of the history.",
      commandLine: "Restore the state folder from a copy, or `cloister history purge --all`."),
    ClientError.historyPassphraseWeak: RefusalAdvice(
      "The passphrase is too short.",
      "Take at least \(HistoryPassphrase.minimumByteCount) characters; several random words are better."),
    ClientError.historyTooLarge: RefusalAdvice("The answer is too large to be kept.", "Copy it, if you want it."),
    ClientError.historyUnknown: RefusalAdvice(
      "There is no such answer.", "It may have been deleted.", commandLine: "`cloister history list` names them."),
  ]
}
