import ArgumentParser
import Confinement
import EngineProcess
import Foundation
import HTTPTransport
import Inference
import NIOPosix
import Node
import PartyHosting
import ServiceLifecycle

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
          engine       "embedded", "unix:/absolute/path" of an OpenAI-compatible server, or an object that
                       describes a program for the node's sandbox (docs/operations/engines.md) or what
                       other nodes do for this one (docs/operations/node.md)
          dictionaries for spelling by the embedded engine, each with "language", "affix" and "words" (may be missing)
          weaknesses   names of protections that the node may be without (cloister-node check)

        The node copies itself, its configuration, engine and models into sealed memory, closes files, network and \
        system calls, tries that each is closed, and does not start where one is not, unless weaknesses names it.

        The gateway dials the node; the node dials nobody but its engine's socket, or the nodes that it \
        calls.
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

    @Option(help: .hidden)
    var sealed: Descriptors?

    @OptionGroup(title: "Serving")
    var serving: ServingOptions

    mutating func run() async throws {
      guard let sealed else {
        try SealedStart.execute(
          configurationPath: configuration, reachable: reachable, arguments: CommandLine.arguments)
      }
      try await serve(try sealed.open())
    }

    /// What the second life still opens: hardware, certificates, the record of a demonstration.
    private var reachable: [ProcessProtections.ReachablePath] {
      hardware.reachable
        + [serving.tlsCertificate, serving.tlsKey].compactMap { $0 }.map { .init(Self.folder(of: $0)) }
        + [observe].compactMap { $0 }.map { .init(Self.folder(of: $0), isWritable: true) }
    }

    /// Not by NSString, which ends the process for a path of one character.
    private static func folder(of path: String) -> String {
      path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    }

    private func serve(_ files: SealedStart.Files) async throws {
      let process = try PartyProcess(
        label: "node", listen: listen, serving: try serving.configuration(), observePath: observe,
        endsWithParent: exitWithParent)
      guard !hardware.isSimulated || process.listen.isLoopback else {
        throw NodeError(NodeError.configurationInvalid, "a simulated node listens on a loopback address only")
      }
      guard let bytes = files.configuration?.bytes else {
        throw NodeError(NodeError.configurationInvalid, "no configuration was handed on")
      }
      let configuration = try NodeConfiguration(parsing: bytes)
      let protections = ProtectionReport(StartProtections.take(files), beforeClosing: configuration)
      let image = NodeImage(
        binaryDigest: files.executable.digest, binaryByteCount: UInt64(files.executable.byteCount),
        configuration: configuration)
      try protections.check(against: configuration)
      let attester = try hardware.attester(simulatedMeasurement: image.simulatedMeasurement)
      let exchange = SocketHTTPExchange()
      if hardware.isSimulated { process.logger.warning("simulated TEE: this node protects nobody") }
      let local = try await LocalEngine(configuration, files, exchange)
      let node = NodeService(
        configuration: configuration, image: image, attester: attester, engine: local.engine,
        protections: protections, admission: local.admission)
      let dials = local.dials
      let mayCallDevices = hardware.isDevice
      try await process.run(node, services: [KeyErasure(node: node)] + local.services) {
        let isClosed = ProcessProtections.closeSystemCalls(
          mayDial: dials, mayCallDevices: mayCallDevices)
        do {
          try ProtectionReport([.closedSystemCalls: isClosed]).check(against: configuration)
        } catch {
          // Listening sockets close with the process.
          FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
          _exit(1)
        }
      }
      await exchange.shutdown()
    }
  }
}

/// Erases keys when their time is over, until the node ends.
private struct KeyErasure: Service {
  let node: NodeService

  func run() async throws {
    await cancelWhenGracefulShutdown { await node.eraseKeysAtDeadlines() }
  }
}
