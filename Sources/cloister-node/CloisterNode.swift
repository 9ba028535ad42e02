import ArgumentParser
import Foundation
import HTTPTransport
import Inference
import Node
import PartyHosting
import StrictJSON
import WireFormat

@main
struct CloisterNode: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister-node",
    abstract: "Answers private requests inside an attested machine, and forgets them.",
    subcommands: [Run.self, Measure.self], defaultSubcommand: Run.self)
}

extension CloisterNode {
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Serve.",
      discussion: """
        The configuration file is JSON and is measured:

          role         the release role
          operator     the operator's origin
          epochs       {"start": seconds since 1970, "seconds": length}
          epochLog     verifier key of the epoch log
          releaseLog   verifier key of the release log
          witnesses    {"keys": [...], "threshold": k, "declaredFaults": f}
          publishers   {"keys": [...], "threshold": t}
          engine       "embedded", or "unix:/absolute/path" of an OpenAI-compatible server

        The gateway dials the node; the node dials nobody but its engine's socket.
        """)

    @Option(help: "Numeric address and port to listen on; port 0 asks for a free one.")
    var listen = "127.0.0.1:8082"

    @Option(help: "The measured configuration file.")
    var configuration: String

    @OptionGroup var hardware: HardwareBoundary

    @Option(help: "Record what this party sees in FILE, never content; loopback only.")
    var observe: String?

    @Flag(help: "End when standard input closes.")
    var exitWithParent = false

    @OptionGroup(title: "Serving")
    var serving: ServingOptions

    mutating func run() async throws {
      let process = try PartyProcess(
        label: "node", listen: listen, serving: try serving.configuration(), observePath: observe,
        endsWithParent: exitWithParent)
      guard !hardware.isSimulated || process.listen.isLoopback else {
        throw NodeError(NodeError.configurationInvalid, "a simulated node listens on a loopback address only")
      }
      let configuration = try NodeConfiguration(parsing: try readFile(configuration))
      let image = NodeImage(binary: try NodeImage.ownBinary(), configuration: configuration)
      let attester = try hardware.attester(simulatedMeasurement: image.simulatedMeasurement)
      let exchange = SocketHTTPExchange()
      if hardware.isSimulated { process.logger.warning("simulated TEE: this node protects nobody") }
      let node = NodeService(
        configuration: configuration, image: image, attester: attester,
        engine: engine(configuration.engine, exchange))
      try await process.run(node)
      await exchange.shutdown()
    }

    private func engine(_ location: EngineLocation, _ exchange: SocketHTTPExchange) -> any Engine {
      switch location {
      case .embedded: EmbeddedEngine()
      case .unixSocket(let path):
        OpenAICompatibleEngine(model: "local", transport: EngineSocket(path: path, exchange: exchange))
      }
    }
  }

  struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what a release must say of this executable with a configuration.",
      discussion: """
        Prints JSON: role; artifacts by name, purpose and digest; engine manifest; weaknesses; measurement of a simulated \
        machine. `cloister release create --measured` takes it.
        """)

    @Option(help: "The configuration file.")
    var configuration: String

    @Option(help: "Keep the artifacts in a folder by their digests, for auditors to fetch.")
    var store: String?

    mutating func run() throws {
      let configuration = try NodeConfiguration(parsing: try readFile(configuration))
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

private func readFile(_ path: String) throws -> [UInt8] {
  guard let data = FileManager.default.contents(atPath: path) else {
    throw NodeError(NodeError.configurationInvalid, "the configuration file cannot be read")
  }
  return Array(data)
}
