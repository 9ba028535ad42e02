import ArgumentParser
import CloisterClient
import Trust

/// How a request travels, and whether it does.
struct RequestOptions: ParsableArguments {
  @Flag(help: "Print what would be sent, as the node would read it, and send nothing.")
  var preview = false

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

  /// - Parameter json: the body byte for byte. Otherwise whatever a terminal would act on is escaped: a chat is written
  ///   by others.
  static func show(_ preview: RequestPreview, json: Bool) {
    CommandOutput.note("One node would read this, and nobody else. Nothing was sent.")
    let content = String(decoding: preview.content, as: UTF8.self)
    CommandOutput.data(json ? content : content.printable)
  }
}
