import BinaryHTTP
import Foundation
import HTTPMessages
import HTTPTransport
import InMemoryParties
import Node
import ObliviousHTTP
import SimulatedTEE
import StrictJSON
import TestDeployment
import TestSupport
import Trust

/// A `cloister-node` process that is an orchestrator, with a test in the places of gateway and client, over sockets.
struct OrchestratorProcess {
  struct CannotCheck: Error { let said: String }
  struct Refused: Error { let answer: WholeResponse }

  private let folder: TemporaryFolder
  private let process: ChildProcess
  private let server: String
  private let exchange = SocketHTTPExchange()

  private static let executable = CommandRun.folder.appendingPathComponent("cloister-node")
  private static let binary = Result { Array(try Data(contentsOf: executable)) }

  /// Starts it, and has the plan's first release describe it.
  init(_ handed: inout HandedEpoch) async throws {
    let check = try await CommandRun.run("cloister-node", ["check", "--json"])
    guard case .object(let report) = try JSONValue(parsing: Array(check.standardOutput.utf8)),
      case .object(var members) = handed.configurationMembers
    else { throw CannotCheck(said: check.standardError) }
    members["weaknesses"] = report["weaknesses"]
    let encoded = JSONValue.object(members).canonicalBytes
    let image = NodeImage(binary: try Self.binary.get(), configuration: try NodeConfiguration(parsing: encoded))
    handed.plan.releases[0].entry.artifacts = image.artifacts
    handed.plan.releases[0].entry.engineManifestDigest = image.engineManifest.digest
    handed.plan.releases[0].entry.weaknesses = image.engineManifest.weaknesses

    folder = try TemporaryFolder()
    try Data(encoded).write(to: URL(fileURLWithPath: folder.path("node.json")))
    try handed.fixture.chips[0].save(to: URL(fileURLWithPath: folder.path("chip.json")))
    process = try CommandRun.start(
      "cloister-node",
      [
        "run", "--listen", "127.0.0.1:0", "--configuration", folder.path("node.json"), "--simulated-chip",
        folder.path("chip.json"), "--exit-with-parent",
      ], errors: .joined)
    server = "http://" + (try await process.readLine(beginning: "listening ").rest)
  }

  func stop() async {
    await exchange.shutdown()
    process.endInput()
    await process.wait()
  }

  func post(_ path: String, _ body: [UInt8], contentType: String? = nil) async throws -> WholeResponse {
    try await exchange.send(
      WholeRequest(
        method: "POST", path: path, fields: contentType.map { [HTTPField("content-type", $0)] } ?? [], body: body),
      to: server, bodyLimit: 1 << 20)
  }

  /// Hands it the epoch's note and its release, and takes its key.
  func takeKey(_ handed: HandedEpoch, file: [UInt8]) async throws -> KeyConfiguration {
    let release = try EpochBundle(decoding: try EpochFile(decoding: file).bundle).releases[0]
    let note = try handed.fixture.epochLog.note(
      treeSize: handed.plan.epoch, at: handed.plan.noteTime, cosigners: Array(handed.fixture.witnesses.prefix(3)))
    func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }
    let message: JSONValue = [
      "note": base64(note.encoded), "release": base64(release.statement), "releaseProof": base64(release.proof),
    ]
    let answer = try await post("/keys", message.canonicalBytes)
    guard answer.status == 200, case .object(let offer) = try JSONValue(parsing: answer.body, byteLimit: 1 << 20),
      case .string(let encoded)? = offer["keyConfiguration"], let bytes = Data(base64Encoded: encoded)
    else { throw Refused(answer: answer) }
    return try KeyConfiguration(decoding: Array(bytes))
  }

  /// Seals a short chat to it, and opens its answer.
  func summarize(_ key: KeyConfiguration) async throws -> BinaryHTTP.Response {
    let body = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))
    let sealed = try SealedChunks(try HandmadeRequest.innerRequest(body: body), to: key)
    let message = sealed.encapsulatedRequest
    let opener = sealed.takeOpener()
    let answer = try await post(OHTTPForm.gatewayPath, message, contentType: OHTTPForm.chunked.requestMediaType)
    guard answer.status == 200 else { throw Refused(answer: answer) }
    return try BinaryHTTP.Response(decoding: try opener.open(answer.body))
  }
}
