import ArgumentParser
import Confinement
import Inference
import Node

/// The first of a node's two lives: copies everything that it will use into sealed memory, starts the launcher of
/// engines, closes the file system and executes itself anew from there, with an empty environment.
///
/// Nothing is read by path a second time. Whether the copies are what the configuration says is for the second life to
/// find, which hashes them where nobody can change them.
struct SealedStart {
  /// What was handed on, by descriptor.
  struct Files {
    let executable: SealedFile
    /// Nil where protections are only tried.
    let configuration: SealedFile?
    let engine: SealedFile?
    let models: [SealedFile]
    /// Two of each dictionary: affixes, words.
    let dictionaries: [SealedFile]
    let launcher: EngineLauncher?
  }

  static let configurationByteLimit = 65_536
  static let executableByteLimit = 1 << 30
  /// Of an engine's model in sealed memory.
  static let modelByteLimit = 1 << 40
  /// Of one file of a dictionary.
  static let dictionaryByteLimit = 64 << 20

  /// - Parameters:
  ///   - configurationPath: nil to try the protections alone.
  ///   - reachable: files that must stay reachable.
  ///   - arguments: of the second life, to which the descriptors are added.
  /// - Throws: `confinement-not-sealed`, `confinement-not-executed`, `confinement-no-sandbox`, `node-unprotected`, the
  ///   codes of `NodeConfiguration`. Does not return otherwise.
  static func execute(
    configurationPath: String?, reachable: [ProcessProtections.ReachablePath], arguments: [String]
  ) throws -> Never {
    let executable = try SealedFile(
      copying: "/proc/self/exe", name: "cloister-node", isExecutable: true, byteLimit: executableByteLimit)
    var files = [executable]
    var handedOn = Descriptors(executable: executable.descriptor)
    var callsPeers = false
    if let configurationPath {
      let configuration = try SealedFile(
        copying: configurationPath, name: "the configuration", byteLimit: configurationByteLimit)
      files.append(configuration)
      handedOn.configuration = configuration.descriptor
      let node = try NodeConfiguration(parsing: configuration.bytes)
      callsPeers = !node.calls.isEmpty
      let dictionaries = try node.dictionaries.flatMap { [$0.affix, $0.words] }.map {
        try SealedFile(copying: $0.path, name: "a dictionary", byteLimit: dictionaryByteLimit)
      }
      files += dictionaries
      handedOn.dictionaries = dictionaries.map(\.descriptor)
      if case .program(let program) = node.engine {
        let engine = try SealedFile(
          copying: program.binary.path, name: "the engine", isExecutable: true, byteLimit: executableByteLimit)
        let models = try program.models.map {
          try SealedFile(copying: $0.file.path, name: "a model", byteLimit: modelByteLimit)
        }
        files += [engine] + models
        handedOn.engine = engine.descriptor
        handedOn.models = models.map(\.descriptor)
        handedOn.launcher = try EngineLauncher.spawn(
          from: executable, engine: engine, models: models,
          arguments: program.arguments(modelPath: EngineLauncher.modelPath, socketPath: EngineLauncher.socketPath),
          environment: program.environment,
          memoryByteLimit: program.memoryByteLimit)
      }
    } else {
      // Its sandbox is tried and no engine started.
      handedOn.launcher = try EngineLauncher.spawn(
        from: executable, engine: executable, models: [], arguments: [], environment: [], memoryByteLimit: 0)
    }
    // Whether it held is tried in the second life.
    _ = ProcessProtections.closeFiles(but: reachable + kernelFiles, mayDial: callsPeers)
    try withExtendedLifetime(files) {
      try SelfExecution.replace(
        by: executable, arguments: arguments + ["--sealed", handedOn.argument], handingOn: handedOn.all)
    }
  }

  /// Where the kernel says what this process and processor are. libdispatch watches its threads under their own numbers
  /// in `/proc`, and ends the process where it cannot; memory and environment of others Landlock refuses all the same.
  private static var kernelFiles: [ProcessProtections.ReachablePath] {
    [.init("/proc"), .init("/sys/devices/system/cpu/vulnerabilities")]
  }
}

/// The descriptors that the first life hands to the second, as an argument: six numbers or lists joined by `:`.
struct Descriptors: ExpressibleByArgument {
  var executable: Int32
  var configuration: Int32?
  var engine: Int32?
  var launcher: Int32?
  var models: [Int32] = []
  var dictionaries: [Int32] = []

  init(executable: Int32) { self.executable = executable }

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { $0.split(separator: ",") }
    guard parts.count == 6, let executable = parts[0].first.flatMap({ Int32($0) }) else { return nil }
    self.executable = executable
    configuration = parts[1].first.flatMap { Int32($0) }
    engine = parts[2].first.flatMap { Int32($0) }
    launcher = parts[3].first.flatMap { Int32($0) }
    models = parts[4].compactMap { Int32($0) }
    dictionaries = parts[5].compactMap { Int32($0) }
  }

  var argument: String {
    let parts =
      [[executable], [configuration], [engine], [launcher]].map { $0.compactMap { $0 } }
      + [models, dictionaries]
    return parts.map { $0.map(String.init).joined(separator: ",") }.joined(separator: ":")
  }

  var all: [Int32] { [executable, configuration, engine, launcher].compactMap { $0 } + models + dictionaries }

  /// - Throws: `confinement-not-sealed`.
  func open() throws -> SealedStart.Files {
    SealedStart.Files(
      executable: try SealedFile(inheriting: executable),
      configuration: try configuration.map { try SealedFile(inheriting: $0) },
      engine: try engine.map { try SealedFile(inheriting: $0) },
      models: try models.map { try SealedFile(inheriting: $0) },
      dictionaries: try dictionaries.map { try SealedFile(inheriting: $0) },
      launcher: launcher.map { EngineLauncher(inheriting: $0) })
  }
}
