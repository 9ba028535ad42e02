public import Inference
import StrictJSON
public import TransparencyLog
public import Trust

/// What a node is told by its measured configuration file, and by nothing else.
///
///     {
///       "role": "assistant",                    the release role
///       "operator": "example.test",             the operator's origin
///       "epochs": {"start": 0, "seconds": 3600},
///       "epochLog": "...", "releaseLog": "...", note verifier keys
///       "witnesses": {"keys": [...], "threshold": 3, "declaredFaults": 1},
///       "publishers": {"keys": [...], "threshold": 2},
///       "engine": "embedded",                   or "unix:/absolute/path", a program (EngineProgram), or a PeerModel
///       "dictionaries": [],                     for spelling by the embedded engine (SpellingFiles); may be missing
///       "weaknesses": []                        protections that it may be without, by name
///     }
public struct NodeConfiguration: Sendable {
  public let role: String
  public let operatorOrigin: String
  public let epochs: EpochSchedule
  public let epochLog: NoteVerifierKey
  public let releaseLog: NoteVerifierKey
  public let witnesses: WitnessPolicy
  public let publishers: Publishers
  public let engine: EngineLocation
  /// For spelling; none but with the embedded engine.
  public let dictionaries: [SpellingFiles]
  /// Names of protections that this node does without where the machine has none; sorted. They stand in every receipt.
  public let weaknesses: [String]
  /// Roles of the nodes that this one calls, as its release must name them.
  public var calls: [String] {
    if case .peer(let model) = engine { [model.role] } else { [] }
  }
  /// What its nodes can be asked for, as its release says it.
  public var capabilities: Set<ReleaseEntry.Capability> {
    switch engine {
    case .embedded: [.rules]
    case .unixSocket: [.chat]
    case .program(let program): Set(program.capabilities.map(\.ofRelease))
    case .peer(let model): model.budget == nil ? [.tasks] : [.chat]
    }
  }
  /// The file, byte for byte.
  let encoded: [UInt8]

  /// - Throws: `node-configuration-invalid`, `engine-not-local`, `engine-program-invalid`, `engine-peer-invalid`.
  public init(parsing bytes: [UInt8]) throws {
    encoded = bytes
    do {
      var object = try JSONObject(parsing: bytes, name: "node configuration", byteLimit: 65_536)
      role = try object.string("role")
      operatorOrigin = try object.string("operator")
      epochs = try EpochSchedule(reading: try object.object("epochs"))
      epochLog = try NoteVerifierKey(parsing: try object.string("epochLog"))
      releaseLog = try NoteVerifierKey(parsing: try object.string("releaseLog"))
      witnesses = try DeclaredWitnesses(reading: try object.object("witnesses")).policy
      publishers = try Publishers(reading: try object.object("publishers"))
      engine = try EngineLocation(try object.value("engine"))
      dictionaries = try SpellingFiles.list(object.optional("dictionaries"))
      let weaknesses = Set(try object.strings("weaknesses"))
      try object.finish()
      guard weaknesses.allSatisfy({ Protection(rawValue: $0) != nil }) else {
        throw NodeError(NodeError.configurationInvalid, "node configuration names a weakness that does not exist")
      }
      if case .unixSocket = engine, !weaknesses.contains(Protection.isolatedEngine.rawValue) {
        throw NodeError(NodeError.configurationInvalid, "an engine that the node does not start is a weakness to name")
      }
      if case .peer(let model) = engine, model.role == role {
        throw NodeError(NodeError.configurationInvalid, "a node calls nodes of another role than its own")
      }
      guard dictionaries.isEmpty || engine == .embedded else {
        throw NodeError(NodeError.configurationInvalid, "dictionaries are for the embedded engine alone")
      }
      self.weaknesses = weaknesses.sorted()
    } catch let error as InferenceError {
      throw error
    } catch let error as NodeError {
      throw error
    } catch {
      throw NodeError(NodeError.configurationInvalid, "node configuration is not of its schema: \(error)")
    }
  }
}

extension EngineCapability {
  fileprivate var ofRelease: ReleaseEntry.Capability {
    switch self {
    case .chat: .chat
    case .embeddings: .embeddings
    }
  }
}
