import ArgumentParser
import CloisterClient
import HTTPTransport
import Inference
import StrictJSON

struct Rewrite: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put a draft into other words, privately.",
    discussion: """
      The draft comes from FILE or, without one or with -, from standard input. Tones:

        concise       as short as it can be
        professional  as one writes at work
        friendlier    warmer
        clearer       simple words, one thought in each sentence
        spelling      mistakes mended, and nothing else

      A node with a model knows them all. One without (the embedded engine) knows concise, professional and spelling \
      by fixed rules, says so, and refuses the others with engine-cannot. Its spelling leaves what may be a name, and \
      every word that has no clear correction, as it is, and lists those.

      You must have opted in (cloister consent grant --task rewrite), trusted a policy (cloister init POLICY) and drawn \
      tokens (cloister tokens draw). If anything cannot be verified, nothing of the draft is sent and the code of the \
      refusal is printed. --preview prints what would be sent, and sends nothing; with --json it is that byte for byte.

      Exit codes: 0 done, 1 refused, 64 wrong usage.
      """)

  @OptionGroup var state: StateOptions

  @Option(
    help: ArgumentHelp("How it should read afterwards.", valueName: "tone"),
    completion: .list(RewriteRequest.Tone.allCases.map(\.rawValue)),
    transform: { text in
      guard let tone = RewriteRequest.Tone(rawValue: text) else {
        throw ValidationError("--tone takes \(RewriteRequest.Tone.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      return tone
    })
  var tone: RewriteRequest.Tone

  @Argument(help: ArgumentHelp("The draft; - for standard input.", valueName: "file"), completion: .file())
  var draft = "-"

  @OptionGroup var path: RequestOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let text = try DraftFile.text(draft)
      if path.preview {
        RequestOptions.show(try CloisterClient.preview(rewriting: text, tone: tone), json: state.json)
        return
      }
      let connection = try PrivateConnection(state: state, path: path)
      do throws(ClientError) {
        let answer = try await connection.rewrite(text, tone: tone)
        show(answer)
        HistoryKeeping.keep(answer, of: text, in: await connection.client.state)
        // To hang up now would show how long the answer was.
        try? await answer.remainder?.finish()
        await connection.end()
      } catch {
        await connection.end()
        throw error
      }
    }
  }

  private func show(_ answer: RewriteAnswer) {
    if state.json {
      CommandOutput.data(answer.json(withTimings: path.timings))
      return
    }
    if answer.isSimulated { CommandOutput.note(Notices.simulated) }
    CommandOutput.data(answer.text)
    CommandOutput.note(answer.notes(state.hint).joined(separator: "\n"))
    if path.timings { CommandOutput.note(answer.timings.text) }
  }
}
