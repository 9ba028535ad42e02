import Confinement
import EngineProcess
import HTTPTransport
import Inference
import ModelFiles
import NIOPosix
import Node
import ServiceLifecycle
import Spelling
import WireFormat

/// The engine that a configuration names, ready to answer.
struct LocalEngine {
  let engine: AnsweringEngine
  /// What the node dials for it.
  let dials: ProcessProtections.Dialling
  let services: [any Service]
  /// As many requests as the engine works on, and as many that wait for one of them.
  var admission = AdmissionLimits.standard

  /// - Throws: `node-engine-file-refused`, `engine-failed`, `engine-keeps-state`, the codes of `ModelFileError` and
  ///   `ConfinementError`.
  init(_ configuration: NodeConfiguration, _ files: SealedStart.Files, _ exchange: SocketHTTPExchange) async throws {
    switch configuration.engine {
    case .embedded:
      let dictionaries = try Self.dictionaries(configuration.dictionaries, files)
      (engine, dials, services) = (.own(EmbeddedEngine(dictionaries: dictionaries)), .nothing, [])
    case .unixSocket(let path):
      let tried = TriedEngine(
        EngineSocket(path: path, exchange: exchange), trial: EngineTrial(model: "local", demandsCount: false))
      do throws(InferenceError) {
        try await tried.passTrial()
      } catch {
        // One that is not there yet is tried before its first request.
        guard error.code == InferenceError.engineFailed else { throw error }
      }
      engine = .own(OpenAICompatibleEngine(model: "local", transport: tried))
      (dials, services) = (.unixSockets, [])
    case .peer(let model):
      (engine, dials, services) = (.peers(exchange), .peers, [])
      admission = AdmissionLimits(
        runningCount: model.parallel, waitingCount: model.parallel, waitLimit: AdmissionLimits.standard.waitLimit)
    case .program(let program):
      try Self.check(files, against: program)
      guard let launcher = files.launcher else {
        throw ConfinementError(ConfinementError.noSandbox, "no launcher of engines was handed on")
      }
      let process = EngineProcess(launcher: launcher, group: .singletonMultiThreadedEventLoopGroup)
      let renewal = EngineRenewal(process, program: program, epochSeconds: configuration.epochs.epochSeconds)
      try await renewal.renew()
      engine = .own(
        OpenAICompatibleEngine(
          model: program.name, transport: process, capabilities: program.capabilities, budget: program.budget))
      (dials, services) = (.nothing, [renewal])
      admission = AdmissionLimits(
        runningCount: program.parallel, waitingCount: program.parallel, waitLimit: AdmissionLimits.standard.waitLimit)
    }
  }

  /// Dictionaries from sealed memory, where the library opens them by their descriptors.
  private static func dictionaries(
    _ named: [SpellingFiles], _ files: SealedStart.Files
  ) throws -> [any SpellingDictionary] {
    guard files.dictionaries.map(\.digest.hexadecimal) == named.flatMap({ [$0.affix.digest, $0.words.digest] }) else {
      throw NodeError(NodeError.engineFileRefused, "a dictionary is not the one that the configuration names")
    }
    return try named.enumerated().map { index, dictionary in
      func path(_ offset: Int) -> String { "/proc/self/fd/\(files.dictionaries[2 * index + offset].descriptor)" }
      return try HunspellDictionary(language: dictionary.language, affixPath: path(0), wordsPath: path(1))
    }
  }

  /// What lies in sealed memory, against what the release says through the configuration. A model is read as the format
  /// that is named for it, so that the engine maps no file that could be anything else.
  private static func check(_ files: SealedStart.Files, against program: EngineProgram) throws {
    let found = ([files.engine] + files.models).map { $0?.digest.hexadecimal }
    guard found == [program.binary.digest] + program.models.map(\.file.digest) else {
      throw NodeError(NodeError.engineFileRefused, "the engine or a model is not the one that the configuration names")
    }
    for (model, file) in zip(program.models, files.models) {
      _ = try ModelFile.verify(format: model.format, reader: SealedModel(file: file))
    }
  }
}

/// Replaces the engine once an epoch, each node at a minute of its own.
struct EngineRenewal: Service {
  private let process: EngineProcess
  private let program: EngineProgram
  private let epoch: Duration

  init(_ process: EngineProcess, program: EngineProgram, epochSeconds: UInt64) {
    self.process = process
    self.program = program
    epoch = .seconds(Int64(clamping: epochSeconds))
  }

  func renew() async throws {
    try await process.replace(
      startTime: .seconds(program.startSeconds),
      trial: EngineTrial(model: program.name, capabilities: program.capabilities))
  }

  /// Ends the node where an engine cannot be replaced: it would keep what it was asked for longer than is promised.
  func run() async throws {
    try await cancelWhenGracefulShutdown {
      var wait = epoch * Double.random(in: 0...1)
      do {
        while true {
          try await Task.sleep(for: wait)
          try await renew()
          wait = epoch
        }
      } catch is CancellationError {
        return
      }
    }
  }
}
