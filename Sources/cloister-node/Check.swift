import ArgumentParser
import Confinement
import Node
import StrictJSON

extension CloisterNode {
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Try which protections this machine gives a node.",
      discussion: """
        Takes each as a node would, tries what must fail, and prints what held. The configuration of a node for this machine \
        must name the others as weaknesses, and every receipt will show them.
        """)

    @Flag(help: "Print JSON: protections in force, and the weaknesses to name.")
    var json = false

    @Option(help: .hidden)
    var sealed: Descriptors?

    func run() throws {
      guard let sealed else {
        try SealedStart.execute(configurationPath: nil, reachable: [], arguments: CommandLine.arguments)
      }
      var held = StartProtections.take(try sealed.open())
      held[.closedSystemCalls] = ProcessProtections.closeSystemCalls(mayDial: .nothing, mayCallDevices: false)
      let report = ProtectionReport(held)
      if json {
        let value: JSONValue = [
          "protections": .array(report.inForce.map { .string($0.summary) }),
          "weaknesses": .array(report.lacking.map { .string($0.rawValue) }),
        ]
        print(value.indentedText)
      } else {
        for protection in report.inForce { print("held     \(protection.summary)") }
        for protection in report.lacking { print("lacking  \(protection.summary): name \(protection.rawValue)") }
      }
    }
  }
}
