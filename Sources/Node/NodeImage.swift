import Crypto
import Foundation
public import Inference
import StrictJSON
public import Trust
import WireFormat

/// The bytes that make a node, each by its digest: what a release names and evidence measures.
public struct NodeImage: Sendable {
  public let artifacts: [ReleaseEntry.Artifact]
  public let engineManifest: EngineManifest

  /// - Parameters:
  ///   - binary: the node's own executable.
  public init(binary: [UInt8], configuration: NodeConfiguration) {
    engineManifest = EngineManifest(engine: configuration.engine, binary: binary)
    func artifact(_ name: String, _ purpose: String, _ bytes: some Sequence<UInt8>) -> ReleaseEntry.Artifact {
      ReleaseEntry.Artifact(name: name, purpose: purpose, digest: Array(SHA256.hash(data: Array(bytes))))
    }
    artifacts = [
      artifact("role", "role", configuration.role.utf8),
      artifact("cloister-node", "binary", binary),
      artifact("engine manifest", "engine", engineManifest.canonicalBytes),
      artifact("dictionaries", "dictionaries", EmbeddedEngine.dictionaryDigestInput),
      artifact("prompts", "prompts", SummaryPrompt.instruction.utf8),
      ReleaseEntry.Artifact(name: "node configuration", purpose: "configuration", digest: configuration.digest),
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
  public let engine: String
  public let binaryDigest: [UInt8]
  /// Protections that this build does without, by name; they stand in every receipt.
  public let weaknesses: [String]

  public init(engine: EngineLocation, binary: [UInt8]) {
    binaryDigest = Array(SHA256.hash(data: binary))
    let unprotected = ["memory-not-locked", "no-sandbox", "no-sealed-binary"]
    switch engine {
    case .embedded:
      self.engine = "embedded"
      weaknesses = unprotected
    case .unixSocket(let path):
      self.engine = "unix:" + path
      weaknesses = ["engine-not-isolated"] + unprotected
    }
  }

  public var canonicalBytes: [UInt8] {
    JSONValue.object([
      "arguments": [], "binary": .string(binaryDigest.hexadecimal), "engine": .string(engine), "environment": [],
      "models": [], "templates": [], "weaknesses": .array(weaknesses.map { .string($0) }),
    ]).canonicalBytes
  }

  /// SHA-256 of the canonical form.
  public var digest: [UInt8] { Array(SHA256.hash(data: canonicalBytes)) }
}
