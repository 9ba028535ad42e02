public import StrictJSON

/// Where the engine of a node is.
public enum EngineLocation: Sendable, Equatable {
  /// Inside the node's process.
  case embedded
  /// Behind a Unix socket of this machine, started by somebody else.
  case unixSocket(path: String)
  /// A program that the node runs in a sandbox.
  case program(EngineProgram)
  /// Other nodes, which this one verifies before it calls them.
  case peer(PeerModel)

  /// Bytes of a socket's path on Linux (`sun_path` less its final zero).
  public static let pathByteLimit = 107

  /// Parses `embedded` or `unix:PATH` with an absolute path. Anything else throws `engine-not-local`.
  public init(_ text: String) throws(InferenceError) {
    if text == "embedded" {
      self = .embedded
      return
    }
    let path = String(text.dropFirst(5))
    guard text.hasPrefix("unix:"), path.hasPrefix("/"), (2...Self.pathByteLimit).contains(path.utf8.count),
      !path.utf8.contains(0)
    else {
      throw InferenceError(InferenceError.engineNotLocal, "engine is neither embedded nor unix: with an absolute path")
    }
    self = .unixSocket(path: path)
  }

  /// Reads a string as above, or an object that describes a program, or what other nodes do.
  /// - Throws: `engine-not-local`, `engine-program-invalid`, `engine-peer-invalid`.
  public init(_ value: JSONValue) throws(InferenceError) {
    switch value {
    case .string(let text): try self.init(text)
    case .object(let members) where members["peer"] != nil: self = .peer(try PeerModel(value))
    case .object: self = .program(try EngineProgram(value))
    default: throw InferenceError(InferenceError.engineNotLocal, "engine is neither a string nor an object")
    }
  }

  /// The form that `init` reads, with nothing left out.
  public var jsonValue: JSONValue {
    switch self {
    case .embedded: "embedded"
    case .unixSocket(let path): .string("unix:" + path)
    case .program(let program): program.jsonValue
    case .peer(let model): model.jsonValue
    }
  }
}
