import ArgumentParser
import Foundation
import Node
import StrictJSON
import WireFormat

extension CloisterNode {
  struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what a release must say of this executable with a configuration.",
      discussion: """
        Prints JSON: role; artifacts by name, purpose and digest; engine manifest; roles that it calls; what it can be \
        asked for; weaknesses; measurement of a simulated machine. `cloister release create --measured` takes it.
        """)

    @Option(help: "The configuration file.")
    var configuration: String

    @Option(help: "Keep the artifacts in a folder by their digests, for auditors to fetch.")
    var store: String?

    mutating func run() throws {
      let configuration = try NodeConfiguration(parsing: try InputFile.bytes(configuration))
      let binary = try NodeImage.ownBinary()
      let image = NodeImage(binary: binary, configuration: configuration)
      if let store { try keep(NodeImage.contents(binary: binary, configuration: configuration), in: store) }
      let report: JSONValue = [
        "role": .string(configuration.role),
        "artifacts": .array(
          image.artifacts.map {
            ["name": .string($0.name), "purpose": .string($0.purpose), "digest": .string($0.digest.hexadecimal)]
          }),
        "engineManifest": .string(image.engineManifest.digest.hexadecimal),
        "calls": .array(configuration.calls.map { .string($0) }),
        "capabilities": .array(configuration.capabilities.names.map { .string($0) }),
        "weaknesses": .array(image.engineManifest.weaknesses.map { .string($0) }),
        "simulatedMeasurement": .string(image.simulatedMeasurement.hexadecimal),
      ]
      print(report.indentedText)
    }

    /// Manifests and contents, each under its digest (docs/formats/artifact-tree.md).
    private func keep(_ contents: [NodeImage.Content], in store: String) throws {
      let folder = URL(fileURLWithPath: store, isDirectory: true)
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for content in contents {
          try Data(content.tree.canonicalBytes)
            .write(to: folder.appendingPathComponent(content.tree.digest.hexadecimal), options: .atomic)
          for file in content.tree.files {
            try Data(content.bytes)
              .write(to: folder.appendingPathComponent(file.contentDigest.hexadecimal), options: .atomic)
          }
        }
      } catch {
        throw NodeError(NodeError.configurationInvalid, "the artifacts cannot be kept")
      }
    }
  }
}
