import Crypto
import Foundation
import Inference
import StrictJSON
public import Trust
import WireFormat

/// The bytes that make a node, each by its digest: what a release names and evidence measures.
public struct NodeImage: Sendable {
  /// As a release entry names them.
  public let artifacts: [ReleaseEntry.Artifact]
  public let engineManifest: EngineManifest

  /// - Parameter binary: the node's own executable.
  public init(binary: [UInt8], configuration: NodeConfiguration) {
    self.init(
      binaryDigest: Array(SHA256.hash(data: binary)), binaryByteCount: UInt64(binary.count),
      configuration: configuration)
  }

  /// - Parameters:
  ///   - binaryDigest: SHA-256 of the node's own executable.
  ///   - binaryByteCount: of that executable.
  public init(binaryDigest: [UInt8], binaryByteCount: UInt64, configuration: NodeConfiguration) {
    engineManifest = EngineManifest(configuration, nodeDigest: binaryDigest)
    let binary = Content(
      "cloister-node", "binary",
      ArtifactTree.File(
        path: "cloister-node", mode: Self.executableMode, byteCount: binaryByteCount, contentDigest: binaryDigest),
      bytes: [])
    artifacts = Self.contents(binary: binary, configuration, engineManifest).map {
      ReleaseEntry.Artifact(name: $0.name, purpose: $0.tree.purpose, digest: $0.tree.digest)
    }
  }

  private static let executableMode: UInt32 = 0o100755

  /// Whether a release names exactly these artifacts for their purposes. It may name more for others, such as the disk
  /// image or the software bill of materials.
  func isDescribed(by named: [ReleaseEntry.Artifact]) -> Bool {
    let purposes = Set(artifacts.map(\.purpose))
    return named.filter { purposes.contains($0.purpose) } == artifacts
  }

  /// One artifact, with the one file that it consists of.
  public struct Content: Sendable {
    public let name: String
    public let tree: ArtifactTree
    public let bytes: [UInt8]
  }

  /// Every artifact with its bytes, for whoever offers them to auditors.
  public static func contents(binary: [UInt8], configuration: NodeConfiguration) -> [Content] {
    let file = ArtifactTree.File(path: "cloister-node", mode: executableMode, content: binary)
    return contents(
      binary: Content("cloister-node", "binary", file, bytes: binary), configuration,
      EngineManifest(configuration, nodeDigest: file.contentDigest))
  }

  private static func contents(
    binary: Content, _ configuration: NodeConfiguration, _ engineManifest: EngineManifest
  ) -> [Content] {
    [
      Content("role", "role", Array(configuration.role.utf8)), binary,
      Content("engine-manifest", "engine", engineManifest.canonicalBytes),
      Content("dictionaries", "dictionaries", EmbeddedEngine.dictionaryDigestInput),
      Content("prompts", "prompts", Prompt.canonicalBytes),
      Content("node-configuration", "configuration", configuration.encoded),
    ]
  }

  /// The launch measurement of a simulated machine: SHA-384 over the canonical list of artifacts
  /// (docs/formats/simulated-tee.md). Real hardware measures the image itself.
  public var simulatedMeasurement: [UInt8] { Self.simulatedMeasurement(of: artifacts) }

  public static func simulatedMeasurement(of artifacts: [ReleaseEntry.Artifact]) -> [UInt8] {
    let list = JSONValue.array(
      artifacts.map { artifact in
        .array([
          .string(artifact.name), .string(artifact.purpose), .string(artifact.digest.hexadecimal),
        ])
      })
    return Array(SHA384.hash(data: list.canonicalBytes))
  }

  /// The executable of this very process, as the kernel maps it.
  public static func ownBinary() throws(NodeError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: "/proc/self/exe") else {
      throw NodeError(NodeError.configurationInvalid, "the node cannot read its own executable")
    }
    return Array(data)
  }
}

/// What answers inside the node: engine, arguments, environment, models, templates, and what it does without.
public struct EngineManifest: Sendable, Equatable {
  public let canonicalBytes: [UInt8]
  /// Protections that this node does without, by name; they stand in every receipt.
  public let weaknesses: [String]

  /// - Parameter nodeDigest: SHA-256 of the node's executable.
  init(_ configuration: NodeConfiguration, nodeDigest: [UInt8]) {
    weaknesses = configuration.weaknesses
    var members: [String: JSONValue] = [
      "arguments": [], "binary": .string(nodeDigest.hexadecimal), "environment": [], "models": [], "templates": [],
      "weaknesses": .array(weaknesses.map { .string($0) }),
    ]
    if !configuration.dictionaries.isEmpty {
      members["dictionaries"] = .array(configuration.dictionaries.map(\.manifestValue))
    }
    switch configuration.engine {
    case .embedded: members["engine"] = "embedded"
    case .unixSocket(let path): members["engine"] = .string("unix:" + path)
    case .program(let program):
      members["engine"] = "program"
      members.merge(program.manifestMembers) { _, new in new }
    case .peer(let model):
      members["engine"] = .string("peer:" + model.role)
      members["model"] = .string(model.name)
      members.merge(model.manifestMembers) { _, new in new }
    }
    canonicalBytes = JSONValue.object(members).canonicalBytes
  }

  /// SHA-256 of the canonical form.
  public var digest: [UInt8] { Array(SHA256.hash(data: canonicalBytes)) }
}

extension NodeImage.Content {
  fileprivate init(_ name: String, _ purpose: String, _ bytes: [UInt8]) {
    self.init(name, purpose, ArtifactTree.File(path: name, content: bytes), bytes: bytes)
  }

  fileprivate init(_ name: String, _ purpose: String, _ file: ArtifactTree.File, bytes: [UInt8]) {
    guard let tree = try? ArtifactTree(purpose: purpose, file: file) else {
      preconditionFailure("the artifacts of a node have names that are paths")
    }
    self.init(name: name, tree: tree, bytes: bytes)
  }
}
