import ArgumentParser
import ChatHistory
import CloisterClient
import Inference
import StrictJSON

struct Reply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draft a reply to an exported chat, privately.",
    discussion: """
      EXPORT is the .txt file of a WhatsApp chat export. Without --unread or --since, the reply goes by the last 24 hours \
      or the last 200 messages, whichever is more; at most 480 KiB travel. Read what comes back before you send it.

      A reply needs a node with a model: one without (the embedded engine) refuses with engine-cannot.

      You must have opted in (cloister consent grant --task reply), trusted a policy (cloister policy trust) and drawn \
      tokens (cloister tokens draw). If anything cannot be verified, nothing of the chat is sent and the code of the \
      refusal is printed. --preview prints what would be sent, and sends nothing.

      Exit codes: 0 done, 1 refused, 2 EXPORT is no export, 64 wrong usage.
      """)

  @OptionGroup var state: StateOptions

  @Argument(help: "The exported chat.", completion: .file(extensions: ["txt"]))
  var export: String

  @Option(help: ArgumentHelp("Go by the newest N messages.", valueName: "n"))
  var unread: Int?

  @Option(
    help: ArgumentHelp("Go by what was written from this time on: yyyy-MM-dd or yyyy-MM-dd HH:mm.", valueName: "date"))
  var since: String?

  @Option(help: ArgumentHelp("Your own name in the chat.", valueName: "name"))
  var reader: String?

  @Option(help: ArgumentHelp("What the reply should say, in your words.", valueName: "text"))
  var hint: String?

  @OptionGroup var path: RequestOptions

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

  func run() async throws {
    try await CommandFailure.reporting(json: state.json) {
      let chat = try InputFile.chatExport(export)
      let connection = try PrivateConnection(state: state, path: path)
      do throws(ClientError) {
        if path.preview {
          RequestOptions.show(
            try connection.client.preview(replyingTo: chat, range: range, reader: reader, hint: hint))
          await connection.end()
          return
        }
        let answer = try await connection.reply(to: chat, range: range, reader: reader, hint: hint)
        show(answer)
        // To hang up now would show how long the answer was.
        try? await answer.remainder?.finish()
        await connection.end()
      } catch {
        await connection.end()
        if error.code == ClientError.engineCannot {
          CommandOutput.note("The node's engine has no model, and a reply needs one.")
        }
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
    CommandOutput.note(answer.notes.joined(separator: "\n"))
    if path.timings { CommandOutput.note(answer.timings.text) }
  }
}
