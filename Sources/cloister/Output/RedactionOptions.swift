import ArgumentParser
import CloisterClient

/// Whether names and numbers of a chat stay on the device.
struct RedactionOptions: ParsableArguments {
  @Flag(help: "Replace names and numbers before anything leaves, and put them back into the answer.")
  var redact = false

  @Option(
    help: ArgumentHelp(
      "Replace this name too: a child's, a place's, a firm's. Implies --redact.", valueName: "name"))
  var redactName: [String] = []

  /// Nil where the chat leaves as it is.
  var redaction: ChatRedaction? {
    redact || !redactName.isEmpty ? ChatRedaction(furtherNames: redactName) : nil
  }
}
