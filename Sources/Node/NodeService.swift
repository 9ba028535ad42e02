public import Attestation
import BinaryHTTP
import Crypto
import ErrorCodes
import Foundation
public import HTTPMessages
public import Inference
import ObliviousHTTP
public import PartyHosting
import StrictJSON
import TransparencyLog
import Trust
import WireFormat

/// One attested machine: makes a key per epoch, lets its evidence vouch for it, opens what clients seal to it, answers
/// and forgets.
///
/// - `POST /keys`: the gateway hands the newest cosigned note and this node's release entry, and takes key and evidence.
/// - `POST /notes`: the newest cosigned note alone; epochs that it ends are erased.
/// - `POST /.well-known/ohttp-gateway`: encapsulated requests. There is no other way in, and none in clear.
///
/// It never dials. It decides nothing by the host's wall clock.
public actor NodeService: WholeMessageParty {
  public nonisolated let name = "node"
  /// Requests that may be under way at a time; more are refused inside the encryption.
  static let concurrencyLimit = 16
  static let requestLimit = RequestClass.largest.byteCount + 4_096
  static let noteLimit = 65_536

  private let configuration: NodeConfiguration
  private let image: NodeImage
  private let attester: any NodeAttester
  private let accelerators: (any AcceleratorAttester)?
  private let tasks: TaskService
  private let now: @Sendable () -> ContinuousClock.Instant
  private var keys: EpochKeys
  private var newestTreeSize: UInt64 = 0
  private var requestsUnderWay = 0

  /// - Parameter now: monotonic time; tests give their own.
  public init(
    configuration: NodeConfiguration, image: NodeImage, attester: any NodeAttester,
    accelerators: (any AcceleratorAttester)? = nil, engine: any Engine,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
  ) {
    self.configuration = configuration
    self.image = image
    self.attester = attester
    self.accelerators = accelerators
    self.now = now
    tasks = TaskService(engine: engine)
    keys = EpochKeys(epochSeconds: configuration.epochs.epochSeconds)
  }

  public nonisolated func requestBodyLimit(method: String, path: String) -> Int? {
    switch path {
    case "/keys": HostMessage.byteLimit
    case "/notes": Self.noteLimit
    case "/.well-known/ohttp-gateway": Self.requestLimit
    case "/health": 0
    default: nil
    }
  }

  public func respond(to request: WholeRequest) async -> WholeResponse {
    do {
      switch (request.method, request.path) {
      case ("POST", "/keys"): return .json(try await keysAndEvidence(request.body).canonicalText)
      case ("POST", "/notes"):
        try acceptNote(request.body)
        return .json("{}")
      case ("POST", "/.well-known/ohttp-gateway"): return try await answer(request)
      case ("GET", "/health"): return health()
      default: return .methodNotAllowed
      }
    } catch let error as OHTTPError where error.code == OHTTPError.keyUnknown {
      return WholeResponse(
        status: 422, contentType: "application/problem+json", body: Array(#"{"type":"\#(OHTTPKeyProblem.type)"}"#.utf8))
    } catch is OHTTPError {
      // One answer for whatever did not open, so that no answer tells more than that.
      return .refusal(NodeError.requestMalformed, status: 400)
    } catch let error as NodeError {
      return .refusal(error.code, status: error.code == NodeError.noEpoch ? 503 : 400)
    } catch let error as any CodedError {
      return .refusal(error.code, status: 400)
    } catch {
      return .refusal(NodeError.requestMalformed, status: 400)
    }
  }

  private func health() -> WholeResponse {
    keys.erase(now: now())
    guard let epoch = keys.keys.keys.max() else { return .json(#"{"status":"waiting","code":"node-no-epoch"}"#) }
    return .json(
      JSONValue.object([
        "status": "ok", "epoch": .integer(Int64(clamping: epoch)), "load": .integer(Int64(requestsUnderWay)),
        "keys": .array(keys.identifiers.map(\.hexadecimal).sorted().map { .string($0) }),
      ]).canonicalText)
  }

  // MARK: Epoch keys

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
    keys.noteArrived(treeSize: newestTreeSize, now: now())
    return head
  }

  /// The key of the epoch whose number is the note's tree size, and evidence that binds it.
  private func keysAndEvidence(_ body: [UInt8]) async throws -> JSONValue {
    let message = try HostMessage(parsing: body)
    let releaseLeafHash = try verifyRelease(message)
    let head = try acceptNote(message.note)
    let epoch = head.checkpoint.treeSize
    let keyConfiguration = try keys.key(for: epoch, noteDigest: head.noteDigest, now: now())
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
      guard release.role == configuration.role, release.artifacts == image.artifacts,
        release.engineManifestDigest == image.engineManifest.digest
      else { throw NodeError(NodeError.releaseRefused, "the release entry describes another image") }
    } catch let error as any CodedError {
      throw NodeError(NodeError.releaseRefused, "release entry: \(error.message)")
    }
    return RFC6962.leafHash(message.releaseStatement).rawRepresentation
  }

  // MARK: Requests

  private func answer(_ request: WholeRequest) async throws -> WholeResponse {
    guard request.field("content-type") == OHTTPForm.singleShot.requestMediaType else {
      return .refusal(NodeError.requestMalformed, status: 415)
    }
    let opened = try keys.open(request.body, now: now())
    observe {
      $0.opened = .inner
      $0.sawContent = true
    }
    let content = opened.request
    let sealer = opened.takeSealer()
    let response: BinaryHTTP.Response
    if requestsUnderWay < Self.concurrencyLimit {
      requestsUnderWay += 1
      response = await tasks.respond(to: content)
      requestsUnderWay -= 1
    } else {
      response = TaskService.refusal(NodeError.busy, status: 503)
    }
    let sealed = try sealer.seal(try Self.padded(response))
    return WholeResponse(contentType: OHTTPForm.singleShot.responseMediaType, body: sealed)
  }

  private static func padded(_ response: BinaryHTTP.Response) throws -> [UInt8] {
    if let block = try? response.encoded(paddedTo: AnswerClass.block.answerByteCount) { return block }
    return try TaskService.refusal(NodeError.answerTooLarge, status: 500).encoded(paddedTo: AnswerClass.block.answerByteCount)
  }
}

extension JSONValue {
  fileprivate static func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }
}
