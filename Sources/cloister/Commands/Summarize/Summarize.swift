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
      EXPORT is the .txt file of a WhatsApp chat export. Without --unread or --since, the last 24 hours or the last \
      200 messages are summarised, whichever is more; at most 480 KiB travel. What was left out is said.

      You must have opted in (cloister consent grant), trusted a policy (cloister policy trust) and drawn tokens \
      (cloister tokens draw). If anything cannot be verified, nothing of the chat is sent and the code of the refusal \
      is printed.

      --answer chooses how the answer looks to whoever watches the wire: block is one block when it is there; frames \
      and strict are small frames at a constant pace until a fixed time is over, whatever the answer is. The summary \
      is printed as soon as it is there; the command ends with the last frame.
      """)

  @OptionGroup var state: StateOptions

  @Argument(help: "The exported chat.", completion: .file(extensions: ["txt"]))
  var export: String

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

  func run() async throws {
    try await CommandFailure.reporting(json: state.json) {
      let chat = try InputFile.chatExport(export)
      let exchange = SocketHTTPExchange(localAddress: clientAddress)
      let issuerExchange = SocketHTTPExchange(localAddress: clientAddress)
      let client = CloisterClient(state: try state.open(), exchange: exchange, issuerExchange: issuerExchange)
      let (range, reader) = (range, reader)
      let answerClass = answer
      let answer: SummaryAnswer
      do {
        answer = try await withProgress("waiting for the summary") {
          try await client.summarize(
            chat, range: range, reader: reader, answerClass: answerClass, startedAt: Cloister.launch)
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
  }

  private func show(_ answer: SummaryAnswer) {
    if state.json {
      CommandOutput.data(answer.json(withTimings: timings))
      return
    }
    if answer.isSimulated { CommandOutput.note(Notices.simulated) }
    CommandOutput.data(answer.summary)
    CommandOutput.note(answer.notes.joined(separator: "\n"))
    if timings { CommandOutput.note(answer.timings.text) }
  }
}
