import ArgumentParser
import Confinement

extension CloisterNode {
  /// The launcher's process; a node starts it for itself.
  struct LaunchEngines: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: EngineLauncher.command, shouldDisplay: false)

    @Option var models: Int
    @Option var memoryLimit: UInt64
    @Option var environment: [String] = []
    @Argument(parsing: .postTerminator) var arguments: [String] = []

    func run() throws {
      EngineLauncher.run(
        modelCount: models, memoryByteLimit: memoryLimit, arguments: arguments, environment: environment)
    }
  }

  /// What runs in a sandbox before any engine does, to find whether it holds.
  struct ProbeSandbox: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: EngineLauncher.probeCommand, shouldDisplay: false)

    func run() throws { throw ExitCode(EngineLauncher.probeFromInside()) }
  }
}
