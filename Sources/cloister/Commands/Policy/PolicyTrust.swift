import ArgumentParser
import CloisterClient
import StrictJSON

struct PolicyTrust: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Adopt a trust policy.",
    discussion: """
      FILE is a policy signed by its publishers. A state belongs to one operator and never goes back to a lower \
      version. --custom adopts a policy that you edited by hand, such as the \
      policy-explained.jsonc of cloister init with its comments: it is labelled custom everywhere.
      """)

  @OptionGroup var state: StateOptions

  @Argument(help: "The policy.")
  var file: String

  @Flag(help: "The policy is edited by hand; nobody vouches for it.")
  var custom = false

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let trusted = try InputFile.policy(file, isCustom: custom)
      try state.open().policies.trust(trusted)
      PolicyShow.show(trusted, json: state.json)
    }
  }
}
