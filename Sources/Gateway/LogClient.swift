import ErrorCodes
import HTTPMessages
import StrictJSON
import TransparencyLog
import Trust

/// Speaks to the operator's log as its submitter.
struct LogClient: Sendable {
  let exchange: any HTTPExchange
  let server: String
  let logName: String
  let verifier: LogVerifier
  /// Nil where nothing is submitted.
  let submissionKey: String?

  private func post(_ path: String, _ body: [UInt8]) async throws -> [UInt8] {
    let request = WholeRequest(
      method: "POST", path: "/logs/\(logName)\(path)",
      fields: submissionKey.map { [HTTPField("authorization", "Bearer \($0)")] } ?? [], body: body)
    let answer = try await exchange.send(request, to: server, bodyLimit: GatewayConfiguration.answerLimit)
    guard answer.status == 200 else { throw Self.refusal(answer) }
    return answer.body
  }

  /// The code that the log refused with, when it is one that operators must see.
  private static func refusal(_ answer: WholeResponse) -> GatewayError {
    if var object = try? JSONObject(parsing: answer.body, name: "log refusal"),
      (try? object.string("code")) == TransparencyLogError.witnessQuorum.rawValue
    {
      return GatewayError(TransparencyLogError.witnessQuorum, "too few witnesses cosign the log")
    }
    return GatewayError(GatewayError.epochIncomplete, "the log answered with status \(answer.status)")
  }

  /// Appends an entry, or finds it where it already stands, and returns its proof under a cosigned head.
  func add(_ entry: [UInt8]) async throws -> [UInt8] {
    let proof = try await post("/add", entry)
    _ = try TLogProof(parsing: proof).verify(entry: entry, with: verifier)
    return proof
  }

  /// The newest head under fresh cosignatures, exactly as signed.
  func freshNote() async throws -> (bytes: [UInt8], head: VerifiedCheckpoint) {
    let note = try await post("/refresh", [])
    return (note, try verifier.verify(note))
  }

  /// An older head that clients may remember, with its proof to `head`: one base64 line each, the old root first.
  func knownHead(treeSize: UInt64, to head: Checkpoint) async throws -> EpochFile.KnownHead {
    let request = WholeRequest(
      method: "GET", path: "/logs/\(logName)/consistency/\(treeSize)/\(head.treeSize)")
    let answer = try await exchange.send(request, to: server, bodyLimit: GatewayConfiguration.answerLimit)
    guard answer.status == 200, let text = String(validating: answer.body, as: UTF8.self) else {
      throw Self.refusal(answer)
    }
    let hashes = try text.split(separator: "\n").map { try TreeHash(base64: $0) }
    guard let oldRoot = hashes.first else {
      throw GatewayError(GatewayError.epochIncomplete, "the log gave no root of \(treeSize) leaves")
    }
    let proof = ConsistencyProof(oldSize: treeSize, newSize: head.treeSize, hashes: Array(hashes.dropFirst()))
    try proof.verify(oldRoot: oldRoot, newRoot: head.rootHash)
    return EpochFile.KnownHead(
      treeSize: treeSize, rootHash: oldRoot.rawRepresentation, hashes: proof.hashes.map(\.rawRepresentation))
  }
}
