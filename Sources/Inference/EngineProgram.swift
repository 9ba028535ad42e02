public import ModelFiles
public import StrictJSON

/// An engine that a node runs in a sandbox: everything about it that a release fixes.
///
///     {
///       "name": "assistant-7b",                 the model's name in requests and answers
///       "binary": {"path": "/engine/llama-server", "digest": "..."},   SHA-256, lower-case hexadecimal
///       "models": [{"path": "/models/a.gguf", "digest": "...", "format": "gguf"}],
///       "arguments": ["--model", "{model 0}", "--host", "{socket}"],
///       "environment": ["NAME=VALUE"],
///       "capabilities": ["chat"],               what it may be asked for (EngineCapability), one or more
///       "parallel": 4,                          requests that it works on at a time
///       "contextTokens": 8192,                  prompt and answer of one request together
///       "answerTokens": 1024,                   the most of an answer (ContextBudget)
///       "memoryBytes": 0,                       the most address space, 0 for no limit
///       "startSeconds": 120                     how long loading may take
///     }
///
/// The paths say where the node finds the files, and are no part of what is attested: their digests are.
public struct EngineProgram: Sendable, Equatable {
  public struct File: Sendable, Equatable {
    public let path: String
    /// SHA-256, 32 bytes in lower-case hexadecimal.
    public let digest: String
  }

  public struct Model: Sendable, Equatable {
    public let file: File
    public let format: ModelFormat
  }

  public static let modelLimit = 16

  public let name: String
  public let binary: File
  public let models: [Model]
  private let writtenArguments: [String]
  public let environment: [String]
  public let capabilities: Set<EngineCapability>
  public let parallel: Int
  /// What one request may hold, and its answer.
  public let budget: ContextBudget
  public let memoryByteLimit: UInt64
  public let startSeconds: Int

  /// - Throws: `engine-program-invalid`.
  init(_ value: JSONValue) throws(InferenceError) {
    do {
      var object = try JSONObject(value, name: "engine")
      name = try object.string("name")
      binary = try File(reading: try object.object("binary"))
      models = try object.array("models").map { try Model($0) }
      writtenArguments = try object.strings("arguments")
      environment = try object.strings("environment")
      capabilities = try Self.capabilities(try object.strings("capabilities"))
      let parallel = try object.count("parallel")
      budget = try Self.budget(taking: &object)
      memoryByteLimit = try object.count("memoryBytes")
      let startSeconds = try object.count("startSeconds")
      try object.finish()
      guard (1...64).contains(name.utf8.count), models.count <= Self.modelLimit, (1...1_024).contains(parallel),
        (1...3_600).contains(startSeconds), writtenArguments.count <= 256,
        (writtenArguments + environment + [name]).allSatisfy({ $0.utf8.count <= 4_096 && !$0.utf8.contains(0) }),
        environment.allSatisfy({ $0.utf8.contains(UInt8(ascii: "=")) }), writtenArguments.contains("{socket}")
      else { throw Self.invalid("engine is outside its limits, or has no {socket} among its arguments") }
      (self.parallel, self.startSeconds) = (Int(parallel), Int(startSeconds))
    } catch let error as InferenceError {
      throw error
    } catch {
      throw Self.invalid("engine is not of its schema")
    }
  }

  private static func capabilities(_ names: [String]) throws -> Set<EngineCapability> {
    let capabilities = names.compactMap(EngineCapability.init(rawValue:))
    guard !names.isEmpty, capabilities.count == names.count, Set(capabilities).count == names.count else {
      throw invalid("capabilities of the engine are not among those that there are, each once")
    }
    return Set(capabilities)
  }

  private static func budget(taking object: inout JSONObject) throws -> ContextBudget {
    let contextTokenCount = Int(clamping: try object.count("contextTokens"))
    let answerTokenCount = Int(clamping: try object.count("answerTokens"))
    guard ContextBudget.allows(contextTokenCount: contextTokenCount, answerTokenCount: answerTokenCount) else {
      throw invalid("the engine's context has no room for an instruction, a text and an answer to it, or is too large")
    }
    return ContextBudget(contextTokenCount: contextTokenCount, answerTokenCount: answerTokenCount)
  }

  /// The argument vector as the engine gets it, its name first.
  /// - Parameters:
  ///   - modelPath: where the model of an index is, as the engine sees it.
  ///   - socketPath: where it must listen.
  public func arguments(modelPath: (Int) -> String, socketPath: String) -> [String] {
    let places = models.indices.reduce(into: ["{socket}": socketPath]) { $0["{model \($1)}"] = modelPath($1) }
    return [name] + writtenArguments.map { places[$0] ?? $0 }
  }

  var jsonValue: JSONValue {
    [
      "name": .string(name), "binary": binary.json(format: nil),
      "models": .array(models.map { $0.file.json(format: $0.format) }), "parallel": .integer(Int64(parallel)),
      "arguments": .array(writtenArguments.map { .string($0) }),
      "environment": .array(environment.map { .string($0) }), "capabilities": capabilitiesValue,
      "contextTokens": .integer(Int64(budget.contextTokenCount)),
      "answerTokens": .integer(Int64(budget.answerTokenCount)),
      "memoryBytes": .integer(Int64(clamping: memoryByteLimit)), "startSeconds": .integer(Int64(startSeconds)),
    ]
  }

  private var capabilitiesValue: JSONValue { .array(capabilities.sorted().map { .string($0.rawValue) }) }

  /// What an engine manifest says of it: all but the paths.
  public var manifestMembers: [String: JSONValue] {
    [
      "arguments": .array(([name] + writtenArguments).map { .string($0) }), "binary": .string(binary.digest),
      "capabilities": capabilitiesValue,
      "environment": .array(environment.map { .string($0) }), "memoryBytes": .integer(Int64(clamping: memoryByteLimit)),
      "models": .array(models.map { ["digest": .string($0.file.digest), "format": .string($0.format.rawValue)] }),
      "parallel": .integer(Int64(parallel)), "contextTokens": .integer(Int64(budget.contextTokenCount)),
      "answerTokens": .integer(Int64(budget.answerTokenCount)),
    ]
  }

  fileprivate static func invalid(_ message: String) -> InferenceError {
    InferenceError(InferenceError.engineProgramInvalid, message)
  }
}

extension EngineProgram.File {
  init(reading object: JSONObject) throws {
    var object = object
    self = try Self(taking: &object)
    try object.finish()
  }

  fileprivate init(taking object: inout JSONObject) throws {
    path = try object.string("path")
    digest = try object.string("digest")
    let isHexadecimal = digest.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard path.hasPrefix("/"), path.utf8.count <= 4_096, !path.utf8.contains(0), digest.utf8.count == 64, isHexadecimal
    else {
      throw EngineProgram.invalid("a file of the engine has no absolute path, or no SHA-256 in lower-case hexadecimal")
    }
  }

  fileprivate func json(format: ModelFormat?) -> JSONValue {
    var members: [String: JSONValue] = ["path": .string(path), "digest": .string(digest)]
    members["format"] = format.map { .string($0.rawValue) }
    return .object(members)
  }
}

extension EngineProgram.Model {
  fileprivate init(_ value: JSONValue) throws {
    var object = try JSONObject(value, name: "model")
    file = try EngineProgram.File(taking: &object)
    guard let format = ModelFormat(rawValue: try object.string("format")) else {
      throw EngineProgram.invalid("a model is neither gguf nor safetensors")
    }
    self.format = format
    try object.finish()
  }
}
