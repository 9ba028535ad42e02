import ArgumentParser
import ChatHistory
import CloisterClient
import Inference
import StrictJSON

struct Reply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draft a reply to an exported chat, privately.",
    discussion: """
      EXPORT is any that summarize reads. Without --unread or --since, the reply goes by the last 24 hours or the last \
      200 messages, whichever is more; at most 480 KiB travel. Read what comes back before you send it.

      --redact replaces names and numbers of the chat and of --hint as summarize does, and puts them back into the \
      draft. It misses some: look with --preview; --redact-name adds names of your own.

      A reply needs nodes with a model: others (the embedded engine) make it engine-cannot, before anything is sent \
      where their release says so.

      You must have opted in (cloister consent grant --task reply), trusted a policy (cloister init POLICY) and drawn \
      tokens (cloister tokens draw). If anything cannot be verified, nothing of the chat is sent and the code of the \
      refusal is printed. --preview prints what would be sent, and sends nothing; with --json it is that byte for byte.

      Exit codes: 0 done, 1 refused, 2 EXPORT is no export, 64 wrong usage.
      """)

  @OptionGroup var state: StateOptions

  @OptionGroup var chat: ChatOptions

  @Option(help: ArgumentHelp("What the reply should say, in your words.", valueName: "text"))
  var hint: String?

  @OptionGroup var redaction: RedactionOptions

  @OptionGroup var path: RequestOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let export = try chat.file()
      try chat.noteUnknownReader(in: export)
      let connection = try PrivateConnection(state: state, path: path)
      do throws(ClientError) {
        if path.preview {
          RequestOptions.show(
            try connection.client.preview(
              replyingTo: export, range: chat.range, reader: chat.reader, hint: hint, redaction: redaction.redaction),
            json: state.json)
          await connection.end()
          return
        }
        let answer = try await connection.reply(
          to: export, range: chat.range, reader: chat.reader, hint: hint, redaction: redaction.redaction)
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
  }

  private func show(_ answer: ReplyAnswer) {
    if state.json {
      CommandOutput.data(answer.json(withTimings: path.timings))
      return
    }
    if answer.isSimulated { CommandOutput.note(Notices.simulated) }
    CommandOutput.data(answer.text)
    CommandOutput.note(answer.notes(state.hint).joined(separator: "\n"))
    if redaction.redaction != nil { CommandOutput.note(Notices.redacted) }
    if path.timings { CommandOutput.note(answer.timings.text) }
  }
}
