import Confinement
import EngineProcess
import Foundation
import Inference
import NIOPosix
import StrictJSON
import TestSupport

/// llama-server with the tiny model, as `scripts/llama-engine` describes it for a node: `CLOISTER_ENGINE` names the
/// file with that description. `./test --only engine` makes both.
enum EngineUnderTest {
  static let path = ProcessInfo.processInfo.environment["CLOISTER_ENGINE"]

  struct NoEngine: Error {}

  static func description() throws -> JSONValue {
    guard let path, let data = FileManager.default.contents(atPath: path) else { throw NoEngine() }
    return try JSONValue(parsing: Array(data), byteLimit: 65_536)
  }

  /// - Parameter edit: changes its argument vector.
  static func program(editing edit: (inout [String]) -> Void = { _ in }) throws -> EngineProgram {
    guard case .object(var members) = try description(), case .array(let written)? = members["arguments"] else {
      throw NoEngine()
    }
    var arguments = written.compactMap { if case .string(let argument) = $0 { argument } else { nil } }
    edit(&arguments)
    members["arguments"] = .array(arguments.map { .string($0) })
    guard case .program(let program) = try EngineLocation(.object(members)) else { throw NoEngine() }
    return program
  }

  /// As a server that nobody told to forget: reuses a prompt's beginning from request to request, as llama-server does
  /// by itself.
  static func rememberingProgram() throws -> EngineProgram {
    try program { arguments in
      arguments.removeAll { $0 == "--no-cache-prompt" }
      if let similarity = arguments.firstIndex(of: "--slot-prompt-similarity") {
        arguments.removeSubrange(similarity...(similarity + 1))
      }
    }
  }

  /// A launcher that starts it as a node would: from sealed memory, with the same vector, environment and descriptors.
  static func launcher(_ program: EngineProgram) throws -> EngineLauncher {
    let node = try SealedFile(
      copying: CommandRun.folder.appendingPathComponent("cloister-node").path, name: "node", isExecutable: true,
      byteLimit: 1 << 30)
    let engine = try SealedFile(
      copying: program.binary.path, name: "engine", isExecutable: true, byteLimit: 1 << 30)
    let models = try program.models.map { try SealedFile(copying: $0.file.path, name: "model", byteLimit: 1 << 30) }
    let control = try withExtendedLifetime((node, engine, models)) {
      try EngineLauncher.spawn(
        from: node, engine: engine, models: models,
        arguments: program.arguments(modelPath: EngineLauncher.modelPath, socketPath: EngineLauncher.socketPath),
        environment: program.environment, memoryByteLimit: program.memoryByteLimit)
    }
    return EngineLauncher(inheriting: control)
  }

  /// The engine as a node holds it, after the trial.
  static func process(_ program: EngineProgram) async throws -> EngineProcess {
    let process = EngineProcess(launcher: try launcher(program), group: .singletonMultiThreadedEventLoopGroup)
    try await process.replace(startTime: .seconds(program.startSeconds), trial: EngineTrial(model: program.name))
    return process
  }

  static func isPossible() throws -> Bool { try path != nil && launcher(program()).verifySandbox() }
}
