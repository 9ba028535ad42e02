import ArgumentParser
import ChatHistory
import CloisterClient
import HTTPTransport
import StrictJSON
import Trust

struct Summarize: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Summarise an exported chat, privately.",
    discussion: """
      EXPORT is an exported chat, told by its content:
        WhatsApp   the .txt file, or the .zip with or without media (only its text is read)
        Telegram   result.json of Telegram Desktop, of one chat or the whole account
        Signal     main.jsonl of Signal's own export; chat.md or data.json of signal-export; the texts of \
      sigtop (text-short) and signalbackup-tools (--exporttxt)
      Where a file holds several chats, --list-chats shows them and --chat names the one that is meant. Media are never \
      read: their captions and file names travel.

      Without --unread or --since, the last 24 hours or the last 200 messages are summarised, whichever is more; at most \
      480 KiB travel. What was left out is said.

      --preview shows exactly what would travel and sends nothing; it needs no opt-in. With --json it is the body of the \
      request, byte for byte.

      --redact replaces names of who wrote or is mentioned, in most forms that languages give them, telephone and card \
      numbers, accounts, e-mail addresses and links by placeholders before anything leaves, and puts them back into \
      the summary. It misses some, and what it does not look for stays: names of others, places, what was said. \
      docs/redaction.md has the figures. Look with --preview; --redact-name adds names of your own.

      You must have opted in (cloister consent grant), trusted a policy (cloister policy trust) and drawn tokens \
      (cloister tokens draw). If anything cannot be verified, nothing of the chat is sent and the code of the refusal \
      is printed.

      --answer chooses how the answer looks to whoever watches the wire: block is one block when it is there; frames \
      and strict are small frames at a constant pace until a fixed time is over, whatever the answer is. The summary \
      is printed as soon as it is there; the command ends with the last frame.
      """)

  @OptionGroup var state: StateOptions

  @Argument(help: "The exported chat.", completion: .file(extensions: ["txt", "zip", "json", "jsonl", "md"]))
  var export: String

  @Option(help: ArgumentHelp("Which chat of a file that holds several, by name or identifier.", valueName: "chat"))
  var chat: String?

  @Flag(help: "List the chats of the file, and send nothing.")
  var listChats = false

  @Flag(help: "Show exactly what would leave the device, and send nothing.")
  var preview = false

  @Flag(help: "Replace names and numbers before anything leaves, and put them back into the summary.")
  var redact = false

  @Option(
    help: ArgumentHelp(
      "Replace this name too: a child's, a place's, a firm's. Implies --redact.", valueName: "name"))
  var redactName: [String] = []

  @Option(help: ArgumentHelp("Summarise the newest N messages.", valueName: "n"))
  var unread: Int?

  @Option(help: ArgumentHelp("Summarise from this time on: yyyy-MM-dd or yyyy-MM-dd HH:mm.", valueName: "date"))
  var since: String?

  @Option(help: ArgumentHelp("Your own name in the chat, to find what is asked of you.", valueName: "name"))
  var reader: String?

  @Option(
    help: ArgumentHelp(
      "How the answer looks on the wire: block, frames (30 seconds) or strict (2 minutes).", valueName: "class"),
    transform: { text in
      guard let answerClass = AnswerClass(rawValue: text) else {
        throw ValidationError("--answer takes block, frames or strict.")
      }
      return answerClass
    })
  var answer = AnswerClass.block

  @Flag(help: "Print where the time went.")
  var timings = false

  @Option(help: ArgumentHelp("Local address that connections start from.", valueName: "address"))
  var clientAddress: String?

  func validate() throws {
    guard unread == nil || since == nil else { throw ValidationError("Use either --unread or --since.") }
    if let unread, unread < 1 { throw ValidationError("--unread takes a number from 1 up.") }
    if let since, LocalTime(since) == nil {
      throw ValidationError("--since takes yyyy-MM-dd or yyyy-MM-dd HH:mm.")
    }
  }

  private var range: ChatSelection.Range {
    if let unread { return .unread(unread) }
    if let time = since.flatMap({ LocalTime($0) }) { return .since(time) }
    return .recent
  }

  private var redaction: ChatRedaction? {
    redact || !redactName.isEmpty ? ChatRedaction(furtherNames: redactName) : nil
  }

  func run() async throws {
    try await CommandFailure.reporting(json: state.json) {
      let export = try InputFile.chatExport(export, chatName: chat)
      if listChats {
        try ChatListings.show(export.listings(), json: state.json)
      } else if preview {
        let preview = try state.open().preview(
          summarizing: export, range: range, reader: reader, redaction: redaction)
        preview.show(json: state.json)
      } else {
        try await summarize(export)
      }
    }
  }

  private func summarize(_ chat: ChatExport) async throws {
    let exchange = SocketHTTPExchange(localAddress: clientAddress)
    let issuerExchange = SocketHTTPExchange(localAddress: clientAddress)
    let client = CloisterClient(state: try state.open(), exchange: exchange, issuerExchange: issuerExchange)
    let (range, reader, redaction) = (range, reader, redaction)
    let answerClass = answer
    let answer: SummaryAnswer
    do {
      answer = try await withProgress("waiting for the summary") {
        try await client.summarize(
          chat, range: range, reader: reader, redaction: redaction, answerClass: answerClass,
          startedAt: Cloister.launch)
      }
    } catch {
      await exchange.shutdown()
      await issuerExchange.shutdown()
      throw error
    }
    show(answer)
    HistoryKeeping.keep(answer, of: chat, in: await client.state)
    // To hang up now would show how long the answer was.
    try? await answer.remainder?.finish()
    await exchange.shutdown()
    await issuerExchange.shutdown()
  }

  private func show(_ answer: SummaryAnswer) {
    if state.json {
      CommandOutput.data(answer.json(withTimings: timings))
      return
    }
    if answer.isSimulated { CommandOutput.note(Notices.simulated) }
    CommandOutput.data(answer.summary)
    CommandOutput.note(answer.notes.joined(separator: "\n"))
    if redaction != nil { CommandOutput.note(Notices.redacted) }
    if timings { CommandOutput.note(answer.timings.text) }
  }
}
