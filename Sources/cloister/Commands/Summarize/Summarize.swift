import ArgumentParser
import ChatHistory
import CloisterClient
import StrictJSON

struct Summarize: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Summarise an exported chat, privately.",
    discussion: """
      EXPORT is an exported chat, told by its content:
        WhatsApp   the .txt file, or the .zip with or without media (only its text is read)
        Telegram   result.json of Telegram Desktop, of one chat or the whole account
        Signal     main.jsonl of Signal's own export; chat.md or data.json of signal-export; the texts of \
      sigtop (text-short) and signalbackup-tools (--exporttxt)
      A .zip is read for the one .txt, result.json or main.jsonl in it. Where a file holds several chats, --list-chats \
      shows them and --chat names the one that is meant. Media are never read: their captions and file names travel.

      Without --unread or --since, the last 24 hours or the last 200 messages are summarised, whichever is more; at most \
      480 KiB travel. What was left out is said.

      --preview shows exactly what would travel and sends nothing; it needs no opt-in. With --json it is the body of the \
      request, byte for byte.

      --redact replaces names of who wrote or is mentioned, in most forms that languages give them, telephone and card \
      numbers, accounts, e-mail addresses and links by placeholders before anything leaves, and puts them back into \
      the summary. It misses some, and what it does not look for stays: names of others, places, what was said. \
      docs/redaction.md has the figures. Look with --preview; --redact-name adds names of your own.

      You must have opted in (cloister consent grant), trusted a policy (cloister init POLICY) and drawn tokens \
      (cloister tokens draw). If anything cannot be verified, nothing of the chat is sent and the code of the refusal \
      is printed.

      --answer chooses how the answer looks to whoever watches the wire: block is one block when it is there; frames \
      and strict are small frames at a constant pace until a fixed time is over, whatever the answer is. The summary \
      is printed as soon as it is there; the command ends with the last frame.
      """)

  @OptionGroup var state: StateOptions

  @OptionGroup var chat: ChatOptions

  @Flag(help: "List the chats of the file, and send nothing.")
  var listChats = false

  @OptionGroup var redaction: RedactionOptions

  @OptionGroup var path: RequestOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let export = try chat.file()
      if listChats { return try ChatListings.show(export.listings(), json: state.json) }
      try chat.noteUnknownReader(in: export)
      if path.preview {
        let preview = try state.open().preview(
          summarizing: export, range: chat.range, reader: chat.reader, redaction: redaction.redaction)
        preview.show(json: state.json)
      } else {
        try await summarize(export)
      }
    }
  }

  private func summarize(_ export: ChatExport) async throws {
    let connection = try PrivateConnection(state: state, path: path)
    do {
      let answer = try await connection.summarize(
        export, range: chat.range, reader: chat.reader, redaction: redaction.redaction)
      show(answer)
      HistoryKeeping.keep(answer, of: export, in: await connection.client.state)
      // To hang up now would show how long the answer was.
      try? await answer.remainder?.finish()
      await connection.end()
    } catch {
      await connection.end()
      throw error
    }
  }

  private func show(_ answer: SummaryAnswer) {
    if state.json {
      CommandOutput.data(answer.json(withTimings: path.timings))
      return
    }
    if answer.isSimulated { CommandOutput.note(Notices.simulated) }
    CommandOutput.data(answer.summary)
    CommandOutput.note(answer.notes(state.hint).joined(separator: "\n"))
    if redaction.redaction != nil { CommandOutput.note(Notices.redacted) }
    if path.timings { CommandOutput.note(answer.timings.text) }
  }
}
