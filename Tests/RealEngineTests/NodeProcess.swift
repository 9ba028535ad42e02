import BinaryHTTP
import Foundation
import HTTPMessages
import HTTPTransport
import InMemoryParties
import Inference
import Node
import ObliviousHTTP
import StrictJSON
import Synchronization
import TestSupport
import Trust

/// A `cloister-node` process as an operator runs it, with a test in the gateway's place: log, witnesses and publishers
/// are those of a deployment in memory.
final class NodeProcess: Sendable {
  struct CannotCheck: Error { let said: String }
  struct Refused: Error { let status: Int }

  let identifier: Int32
  /// In which it runs, so that a file that it wrote would be found.
  let workingFolder: String
  let folder: TemporaryFolder
  private let process: ChildProcess
  private let server: String
  private let deployment: InMemoryDeployment
  private let exchange = Mutex(SocketHTTPExchange())
  private let said: Mutex<[UInt8]>
  private let key = Mutex<KeyConfiguration?>(nil)

  /// Starts it, waits until it listens, and takes its key for the next epoch.
  /// - Parameter engine: as in a node's configuration.
  static func start(engine: JSONValue, epochSeconds: UInt64) async throws -> NodeProcess {
    var options = InMemoryDeployment.Options()
    options.epochSeconds = epochSeconds
    let node = try await NodeProcess(try await InMemoryDeployment.started(options), engine)
    try await node.takeKey()
    return node
  }

  private init(_ deployment: InMemoryDeployment, _ engine: JSONValue) async throws {
    self.deployment = deployment
    folder = try TemporaryFolder()
    workingFolder = try folder.subfolder("working")
    try Data(try await Self.configuration(deployment, engine)).write(to: folder.url.appendingPathComponent("node.json"))
    try deployment.identity.chips[0].save(to: folder.url.appendingPathComponent("chip.json"))
    let process = try ChildProcess(
      "/usr/bin/env",
      [
        "-C", workingFolder, Self.binary.path, "run", "--listen", "127.0.0.1:0", "--configuration",
        folder.path("node.json"), "--simulated-chip", folder.path("chip.json"), "--exit-with-parent",
      ], errors: .joined)
    (self.process, identifier) = (process, process.identifier)
    let (address, lines) = try await process.readLine(beginning: "listening ")
    server = "http://" + address
    said = Mutex(Array(lines.joined(separator: "\n").utf8))
    Task { [weak self] in
      while case let more = await process.read(), !more.isEmpty { self?.said.withLock { $0 += more } }
    }
  }

  private static let binary = CommandRun.folder.appendingPathComponent("cloister-node")

  private static func configuration(_ deployment: InMemoryDeployment, _ engine: JSONValue) async throws -> [UInt8] {
    let check = try await CommandRun.run("cloister-node", ["check", "--json"])
    guard case .object(let report) = try JSONValue(parsing: Array(check.standardOutput.utf8)),
      case .object(var members) = deployment.identity.nodeConfiguration
    else { throw CannotCheck(said: check.standardError) }
    (members["engine"], members["weaknesses"]) = (engine, report["weaknesses"])
    return JSONValue.object(members).canonicalBytes
  }

  /// All that it said so far on standard output and standard error.
  var output: [UInt8] { said.withLock { $0 } }

  /// Closes every connection to it.
  func disconnect() async {
    let old = exchange.withLock { exchange in
      defer { exchange = SocketHTTPExchange() }
      return exchange
    }
    await old.shutdown()
  }

  func stop() async {
    await exchange.withLock { $0 }.shutdown()
    process.endInput()
    await process.wait()
  }

  // MARK: In the gateway's place

  private func takeKey() async throws {
    let configuration = try NodeConfiguration(
      parsing: Array(try Data(contentsOf: folder.url.appendingPathComponent("node.json"))))
    let image = NodeImage(binary: Array(try Data(contentsOf: Self.binary)), configuration: configuration)
    let release = deployment.identity.signedByPublishers(deployment.identity.release(image, configuration).statement)
    let proof = try await deployment.releaseLog.append(release).encoded
    func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }
    let message: JSONValue = [
      "note": base64(try await deployment.epochLog.refresh()), "release": base64(release),
      "releaseProof": base64(proof),
    ]
    let answer = try await send("POST", "/keys", message.canonicalBytes)
    guard answer.status == 200, case .object(let offer) = try JSONValue(parsing: answer.body, byteLimit: 1 << 20),
      case .string(let encoded)? = offer["keyConfiguration"], let bytes = Data(base64Encoded: encoded)
    else { throw Refused(status: answer.status) }
    let configured = try KeyConfiguration(decoding: Array(bytes))
    key.withLock { $0 = configured }
  }

  /// An epoch passes in the log, and the node makes the key of the next.
  func renewKey() async throws {
    await deployment.passMinutes(60)
    try await takeKey()
  }

  /// Three epochs pass in the log, and the node is handed its newest note: its keys end.
  func endEpochs() async throws {
    await deployment.passMinutes(180)
    let answer = try await send("POST", "/notes", try await deployment.epochLog.refresh())
    guard answer.status == 200 else { throw Refused(status: answer.status) }
  }

  func send(_ method: String, _ path: String, _ body: [UInt8] = []) async throws -> WholeResponse {
    let exchange = exchange.withLock { $0 }
    return try await exchange.send(
      WholeRequest(method: method, path: path, body: body), to: server, bodyLimit: 1 << 20)
  }

  // MARK: In a client's place

  /// The inner request of a task.
  static func request(_ path: String, _ body: JSONValue, answerClass: AnswerClass = .block) throws -> [UInt8] {
    try HandmadeRequest.innerRequest(path: path, body: body.canonicalBytes, answerClass: answerClass)
  }

  func seal(_ request: [UInt8]) throws -> SealedChunks {
    guard let key = key.withLock({ $0 }) else { throw Refused(status: 0) }
    return try SealedChunks(request, to: key)
  }

  func post(sealed message: ByteStream) async throws -> StreamedResponse {
    let exchange = exchange.withLock { $0 }
    let type = OHTTPForm.chunked.requestMediaType
    return try await exchange.stream(
      StreamedRequest(
        method: "POST", path: OHTTPForm.gatewayPath, fields: [HTTPField("content-type", type)], body: message),
      to: server)
  }

  /// Asks, and opens the answer.
  func ask(_ request: [UInt8]) async throws -> BinaryHTTP.Response {
    let sealed = try seal(request)
    let message = sealed.encapsulatedRequest
    let opener = sealed.takeOpener()
    let answer = try await post(sealed: ByteStream(message))
    guard answer.status == 200 else { throw Refused(status: answer.status) }
    let body = try await answer.body.collect(byteLimit: 1 << 20)
    return try BinaryHTTP.Response(decoding: try opener.open(body))
  }

  /// Sends all but the last byte of a request in two chunks, so that the node has opened the first, does what a test
  /// wants then, and sends the rest.
  func ask(_ request: [UInt8], holding work: () async throws -> Void) async throws -> Int {
    guard let key = key.withLock({ $0 }) else { throw Refused(status: 0) }
    var sealer = try ChunkedRequestSealer(to: key, requiring: .xWing)
    let first = try sealer.sealChunk(Array(request.dropLast(64)), isFinal: false)
    let rest = try sealer.sealChunk(Array(request.suffix(64)), isFinal: true)
    let (pieces, feed) = AsyncStream.makeStream(of: [UInt8].self)
    async let answer = post(
      sealed: ByteStream {
        var iterator = pieces.makeAsyncIterator()
        return { actor in await iterator.next(isolation: actor) }
      })
    feed.yield(first)
    try await work()
    feed.yield(rest)
    feed.finish()
    return try await answer.status
  }

  /// Reads a stream of frames until its events end or so many bytes were read, and goes away then.
  func stream(_ request: [UInt8], until enough: Int = .max) async throws -> (text: String, frameCount: Int) {
    guard let key = key.withLock({ $0 }) else { throw Refused(status: 0) }
    var sealer = try ChunkedRequestSealer(to: key, requiring: .xWing)
    let message = try sealer.sealWhole(request)
    var opener = try sealer.takeOpener()
    let answer = try await post(sealed: ByteStream(message))
    guard answer.status == 200 else { throw Refused(status: answer.status) }
    var reader = MessageParser(.response)
    var content: [UInt8] = []
    var frameCount = 0
    for try await piece in answer.body {
      for chunk in try opener.feed(piece) {
        frameCount += 1
        for case .content(let text) in try reader.receive(chunk) { content += text }
      }
      let isDone = !ByteSearch.places(of: ServerSentEvents.done, in: content[...]).isEmpty
      if isDone || content.count >= enough { break }
    }
    return (String(decoding: content, as: UTF8.self), frameCount)
  }
}
