public import Attestation
import Crypto
import ErrorCodes
import Foundation
public import HTTPMessages
import Inference
import ObliviousHTTP
public import PartyHosting
import PrivateMetrics
import PrometheusFormat
import StrictJSON
import Synchronization
import TransparencyLog
import Trust
import WireFormat

/// One attested machine: makes a key per epoch, lets its evidence vouch for it, opens what clients seal to it, answers
/// and forgets.
///
/// - `POST /keys`: the gateway hands the newest cosigned note and this node's release entry, and takes key and evidence.
/// - `POST /notes`: the newest cosigned note alone; epochs that it ends are erased.
/// - `POST /peers`: to a node that calls others, the epoch's file and where those nodes are.
/// - `GET /metrics`: what an operator may know (docs/operations/node.md).
/// - `POST /.well-known/ohttp-gateway`: encapsulated requests, in chunks. There is no other way in, none in clear.
///
/// It never dials but for its engine, or the nodes that its release names. It decides nothing by the host's wall clock.
public actor NodeService: Party {
  public nonisolated let name = "node"
  public nonisolated let answersQuickly = true
  /// The largest request with its encapsulation.
  static let requestLimit = RequestClass.largest.byteCount + 4_096
  static let noteLimit = 65_536

  private let configuration: NodeConfiguration
  private let image: NodeImage
  private let attester: any NodeAttester
  private let accelerators: (any AcceleratorAttester)?
  private let engine: AnsweringEngine
  private let timeLimit: EngineTimeLimit
  private let clock: MonotonicClock
  private let pacing: FramePacing
  private let protections: ProtectionReport
  private let admission: AdmissionQueue
  private let metrics: NodeMetrics
  /// Under a lock of its own, since each request asks it several times and an actor would change executors each time.
  private let keys: Mutex<EpochKeys>
  private var newestTreeSize: UInt64 = 0
  /// By epoch, as long as the node's own key of it lives.
  private var peers: [UInt64: PeerEpoch] = [:]
  /// Cut short where another key ends next.
  private var sleepToDeadline: Task<Void, any Error>?

  /// - Parameters:
  ///   - protections: what was found at start, for `/health`.
  ///   - admission: requests beyond it are refused inside the encryption.
  ///   - clock: tests give their own.
  public init(
    configuration: NodeConfiguration, image: NodeImage, attester: any NodeAttester,
    accelerators: (any AcceleratorAttester)? = nil, engine: AnsweringEngine, protections: ProtectionReport = .none,
    admission: AdmissionLimits = .standard,
    clock: MonotonicClock = .system
  ) {
    self.init(
      configuration: configuration, image: image, attester: attester, accelerators: accelerators, engine: engine,
      protections: protections, admission: admission, clock: clock, pacing: .cadence, timeLimit: .standard(clock))
  }

  package init(
    configuration: NodeConfiguration, image: NodeImage, attester: any NodeAttester,
    accelerators: (any AcceleratorAttester)? = nil, engine: AnsweringEngine, protections: ProtectionReport = .none,
    admission: AdmissionLimits = .standard, clock: MonotonicClock = .system, pacing: FramePacing,
    timeLimit: EngineTimeLimit,
    noise: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.configuration = configuration
    self.image = image
    self.attester = attester
    self.accelerators = accelerators
    self.clock = clock
    self.pacing = pacing
    self.protections = protections
    self.admission = AdmissionQueue(admission, clock: clock)
    metrics = NodeMetrics(epochSeconds: configuration.epochs.epochSeconds, clock: clock, generator: noise)
    self.engine = engine
    self.timeLimit = timeLimit
    keys = Mutex(EpochKeys(epochSeconds: configuration.epochs.epochSeconds))
  }

  public nonisolated func requestBodyLimit(method: String, path: String) -> Int? {
    switch path {
    case "/keys": HostMessage.byteLimit
    case "/notes": Self.noteLimit
    case "/peers": configuration.calls.isEmpty ? 0 : HostPeers.byteLimit
    case OHTTPForm.gatewayPath: Self.requestLimit
    case "/health", "/metrics": 0
    default: nil
    }
  }

  public nonisolated func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    let response: WholeResponse
    do {
      switch (request.method, request.path) {
      case ("POST", OHTTPForm.gatewayPath):
        guard OHTTPForm.chunked.requestMediaType.isMediaType(request.field("content-type")) else {
          response = .refusal(NodeError.requestMalformed, status: 415)
          break
        }
        return try await EncapsulatedRequests(
          node: self, clock: clock, pacing: pacing, admission: admission, metrics: metrics
        ).answer(request, answer)
      case ("POST", "/keys"):
        let body = try await request.body.collect(byteLimit: HostMessage.byteLimit)
        response = .json(try await keysAndEvidence(body).canonicalText)
      case ("POST", "/notes"):
        try await acceptNote(try await request.body.collect(byteLimit: Self.noteLimit))
        response = .json("{}")
      case ("POST", "/peers"):
        try await acceptPeers(try await request.body.collect(byteLimit: HostPeers.byteLimit))
        response = .json("{}")
      case ("GET", "/health"): response = await health()
      case ("GET", "/metrics"): response = await metricsPage()
      default: response = .methodNotAllowed
      }
    } catch {
      response = Self.refusal(error)
    }
    // A writer that throws has lost its reader; there is nobody to tell.
    try? await answer.send(response)
  }

  private static func refusal(_ error: any Error) -> WholeResponse {
    switch error {
    case let error as OHTTPError where error.code == OHTTPError.keyUnknown:
      WholeResponse(
        status: OHTTPProblem.keyUnknown.statusCode, contentType: OHTTPProblem.mediaType,
        body: OHTTPProblem.keyUnknown.content)
    // One answer for whatever did not open, so that no answer tells more than that.
    case is OHTTPError: .refusal(NodeError.requestMalformed, status: 400)
    case let error as NodeError: .refusal(error.code, status: error.code == NodeError.noEpoch ? 503 : 400)
    case let error as HTTPExchangeError where error.code == HTTPExchangeError.bodyTooLarge: .requestTooLarge
    case let error as any CodedError: .refusal(error.code, status: 400)
    default: .refusal(NodeError.requestMalformed, status: 400)
    }
  }

  private func health() -> WholeResponse {
    let (epoch, identifiers) = livingKeys { ($0.keys.keys.max(), $0.identifiers) }
    var members: [String: JSONValue] = [
      "protections": .array(protections.inForce.map { .string($0.summary) }),
      "weaknesses": .array(configuration.weaknesses.map { .string($0) }),
    ]
    if let epoch {
      members["status"] = "ok"
      members["epoch"] = .integer(Int64(clamping: epoch))
      members["load"] = .string(load.rawValue)
      if !configuration.calls.isEmpty { members["peers"] = .integer(Int64(peers[epoch]?.peers.count ?? 0)) }
      members["keys"] = .array(identifiers.map(\.hexadecimal).sorted().map { .string($0) })
    } else {
      members["status"] = "waiting"
      members["code"] = .string(NodeError.noEpoch.rawValue)
    }
    return .json(JSONValue.object(members).canonicalText)
  }

  private func metricsPage() -> WholeResponse {
    let (epochCount, keyCount) = livingKeys { ($0.madeKeyCount, $0.keys.count) }
    let status = NodeMetrics.Status(
      epochCount: epochCount, keyCount: keyCount, weaknesses: image.engineManifest.weaknesses)
    return WholeResponse(
      contentType: PrometheusText.mediaType, body: Array(metrics.text(status, load: load).utf8))
  }

  private var load: CoarseLevel { metrics.load { admission.runningCount + admission.waitingCount } }

  // MARK: Epoch keys

  /// Keys that lie in memory, those among them whose time is over and that nobody erased.
  package nonisolated var keyCount: Int { keys.withLock { $0.keys.count } }

  /// What is said of the keys once those whose time is over are erased.
  private nonisolated func livingKeys<Output>(_ read: (EpochKeys) -> Output) -> Output {
    keys.withLock { keys in
      keys.erase(now: clock.now())
      return read(keys)
    }
  }

  /// Erases each key at its deadline, whether or not a host ever calls again. Returns once cancelled.
  public func eraseKeysAtDeadlines() async {
    while !Task.isCancelled {
      // Without a key there is nothing to wait for but the first one, which cuts the sleep short.
      let deadline =
        keys.withLock { $0.nextDeadline } ?? clock.now() + .seconds(Int64(clamping: configuration.epochs.epochSeconds))
      // A task of its own, so that a key that is made can end the sleep and not the loop.
      let sleep = Task { [clock] in try await clock.sleep(deadline) }
      sleepToDeadline = sleep
      await withTaskCancellationHandler {
        _ = await sleep.result
      } onCancel: {
        sleep.cancel()
      }
      erasePeers()
    }
  }

  @discardableResult
  private func acceptNote(_ note: [UInt8]) throws -> VerifiedCheckpoint {
    let head: VerifiedCheckpoint
    do {
      head = try LogVerifier(logKey: configuration.epochLog, witnesses: configuration.witnesses).verify(note)
    } catch {
      throw NodeError(NodeError.noteRefused, "epoch note: \(error.message)")
    }
    guard head.checkpoint.treeSize >= newestTreeSize else {
      throw NodeError(NodeError.noteOlder, "epoch note has \(head.checkpoint.treeSize) leaves, seen \(newestTreeSize)")
    }
    newestTreeSize = head.checkpoint.treeSize
    keys.withLock { $0.noteArrived(treeSize: newestTreeSize, now: clock.now()) }
    sleepToDeadline?.cancel()
    return head
  }

  /// The key of the epoch whose number is the note's tree size, and evidence that binds it.
  private func keysAndEvidence(_ body: [UInt8]) async throws -> JSONValue {
    let message = try HostMessage(parsing: body)
    let releaseLeafHash = try verifyRelease(message)
    let head = try acceptNote(message.note)
    let epoch = head.checkpoint.treeSize
    let keyConfiguration = try keys.withLock {
      try $0.key(for: epoch, noteDigest: head.noteDigest, now: clock.now())
    }
    sleepToDeadline?.cancel()
    let (evidence, acceleratorEvidence) = try await evidence { accelerators in
      NodeBinding(
        operatorOrigin: configuration.operatorOrigin, role: configuration.role, epoch: epoch,
        keyConfiguration: keyConfiguration.encoded, releaseLeafHash: releaseLeafHash, noteDigest: head.noteDigest,
        engineManifestDigest: image.engineManifest.digest, hasAccelerator: !accelerators.isEmpty,
        acceleratorDigest: AcceleratorBinding.digest(of: accelerators))
    }
    var offer: [String: JSONValue] = [
      "epoch": .integer(Int64(clamping: epoch)), "role": .string(configuration.role),
      "keyConfiguration": .base64(keyConfiguration.encoded),
      "engineManifest": .string(image.engineManifest.digest.hexadecimal),
      "supplement": .base64(evidence.supplement ?? []),
      "accelerators": .array(acceleratorEvidence.map { .object(Self.members($0)) }),
    ]
    offer.merge(Self.members(evidence)) { _, new in new }
    return .object(offer)
  }

  /// Asks the accelerators first, since what the node's own evidence binds holds the digest of theirs.
  private func evidence(
    binding: ([Evidence]) -> NodeBinding
  ) async throws(NodeError) -> (node: Evidence, accelerators: [Evidence]) {
    do {
      let empty = binding([])
      let nonce = AcceleratorBinding.nonce(noteDigest: empty.noteDigest, keyConfiguration: empty.keyConfiguration)
      let accelerators = try await accelerators?.evidence(nonce: nonce) ?? []
      return (try await attester.evidence(reportData: binding(accelerators).reportData), accelerators)
    } catch {
      throw NodeError(NodeError.noEvidence, "the hardware gave no evidence")
    }
  }

  private static func members(_ evidence: Evidence) -> [String: JSONValue] {
    [
      "platform": .string(evidence.platform.rawValue), "evidence": .base64(evidence.report),
      "endorsements": .array(evidence.endorsements.map { .base64($0) }),
    ]
  }

  /// - Returns: the leaf hash of the release entry, which describes exactly this image.
  private func verifyRelease(_ message: HostMessage) throws -> [UInt8] {
    do {
      let proof = try TLogProof(parsing: message.releaseProof)
      _ = try proof.verify(
        entry: message.releaseStatement,
        with: LogVerifier(logKey: configuration.releaseLog, witnesses: configuration.witnesses))
      let release = try ReleaseEntry(
        verifying: try Statement(parsing: message.releaseStatement), publishers: configuration.publishers)
      guard release.role == configuration.role, release.calls == configuration.calls,
        [nil, configuration.capabilities].contains(release.capabilities),
        image.isDescribed(by: release.artifacts),
        release.engineManifestDigest == image.engineManifest.digest
      else { throw NodeError(NodeError.releaseRefused, "the release entry describes another image") }
    } catch let error as any CodedError {
      throw NodeError(NodeError.releaseRefused, "release entry: \(error.message)")
    }
    return RFC6962.leafHash(message.releaseStatement).rawRepresentation
  }

  // MARK: Peers

  /// The nodes that this one calls in an epoch: all pass, or none is called. The note in the epoch's file becomes the one
  /// that the node holds, and is what stands in for its clock.
  private func acceptPeers(_ body: [UInt8]) throws {
    guard case .peer(let model) = configuration.engine else {
      throw NodeError(NodeError.peersUnwanted, "this node calls no other")
    }
    let message = try HostPeers(parsing: body)
    let note = try TLogProof(parsing: try EpochFile(decoding: message.file).proof).note
    let epoch = try PeerEpoch(message, role: model.role, configuration, held: try acceptNote(note.encoded))
    peers[epoch.number] = epoch
    erasePeers()
  }

  private func erasePeers() {
    let living = livingKeys { $0.keys.keys }
    peers = peers.filter { living.contains($0.key) }
  }

  // MARK: Requests

  /// Nil where other nodes are asked.
  nonisolated var ownEngine: (any Engine)? {
    if case .own(let engine) = engine { engine } else { nil }
  }

  /// What answers a request that was sealed to the key of an epoch. Who is called for it is drawn here, once.
  /// - Throws: `node-no-peer` where no node that this one may call was verified for that epoch.
  nonisolated func tasks(ofEpoch epoch: UInt64, _ answerClass: AnswerClass) async throws(NodeError) -> TaskService {
    switch engine {
    case .own(let engine): TaskService(engine: engine, timeLimit: timeLimit)
    case .peers(let exchange): try await tasks(ofPeerIn: epoch, answerClass, exchange)
    }
  }

  private func tasks(
    ofPeerIn epoch: UInt64, _ answerClass: AnswerClass, _ exchange: any StreamingHTTPExchange
  ) throws(NodeError) -> TaskService {
    guard case .peer(let model) = configuration.engine, let peer = peers[epoch]?.peers.randomElement() else {
      throw NodeError(NodeError.noPeer, "no node to call was verified for epoch \(epoch)")
    }
    let call = PeerCall(
      peer: peer, operatorOrigin: configuration.operatorOrigin, answerClass: answerClass, exchange: exchange)
    let engine: any Engine
    if let budget = model.budget {
      engine = OpenAICompatibleEngine(model: model.name, transport: call, budget: budget, asksForUsage: false)
    } else {
      engine = PeerTasks(name: model.name, call: call)
    }
    return TaskService(engine: engine, timeLimit: timeLimit, hops: [peer.node.identifier])
  }

  nonisolated func livingKeys() throws(NodeError) -> [GatewayKey] {
    try keys.withLock { keys throws(NodeError) in try keys.living(now: clock.now()) }
  }

  nonisolated func refuseReplay(of encapsulatedKey: [UInt8]) throws(NodeError) {
    try keys.withLock { keys throws(NodeError) in try keys.refuseReplay(of: encapsulatedKey) }
  }

  /// - Returns: the epoch of the key.
  nonisolated func record(_ encapsulatedKey: [UInt8], openedBy key: KeyConfiguration) throws(NodeError) -> UInt64 {
    try keys.withLock { keys throws(NodeError) in
      try keys.record(encapsulatedKey, openedBy: key, now: clock.now())
    }
  }
}

extension JSONValue {
  fileprivate static func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }
}
