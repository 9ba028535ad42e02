import ArgumentParser
import ReleasePublishing

/// `cloister release sbom`: the software bill of materials of one executable.
struct ReleaseBill: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sbom",
    abstract: "Write the software bill of materials of an executable (CycloneDX 1.6).",
    discussion: """
      It is made from what SwiftPM says; `scripts/sbom` in the repository asks for all three files:

        swift package dump-package > manifest.json
        swift package show-dependencies --format json > graph.json

      A package of which any target is linked counts whole, with what it depends on. The same input gives the same \
      bytes: there is no serial number and no time in it.

      Exit codes: 0 printed; 1 a file is refused; 64 wrong usage.
      """)

  @Option(help: ArgumentHelp("What `swift package dump-package` prints.", valueName: "file"))
  var manifest: String

  @Option(help: ArgumentHelp("What `swift package show-dependencies --format json` prints.", valueName: "file"))
  var graph: String

  @Option(help: ArgumentHelp("Package.resolved.", valueName: "file"))
  var pins: String

  @Option(help: "The executable.")
  var product = "cloister-node"

  @Option(help: "The executable's version.")
  var version: String

  @Option(help: ArgumentHelp("Another component, such as the compiler's runtime.", valueName: "name=version"))
  var component: [String] = []

  func run() async throws {
    try await CommandFailure.reporting(json: false) {
      let others = try component.map { text in
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
          throw CommandError(
            CommandError.argumentInvalid, "--component is \(text), expected NAME=VERSION",
            advice: "Give both, such as swift=6.3.")
        }
        return (name: parts[0], version: parts[1])
      }
      let bill = try SoftwareBill(
        manifest: try InputFile.bytes(manifest, byteLimit: 64 << 20),
        graph: try InputFile.bytes(graph, byteLimit: 64 << 20), pins: try InputFile.bytes(pins, byteLimit: 64 << 20),
        product: product)
      CommandOutput.data(bill.json(version: version, others: others))
    }
  }
}
