import Foundation
import HTTPMessages
public import TransparencyLog

/// One witness that a log asks for cosignatures.
public struct WitnessEndpoint: Sendable {
  public let key: NoteVerifierKey
  /// The witness's submission prefix, such as `http://127.0.0.5:8080`.
  public let server: String

  public init(key: NoteVerifierKey, server: String) {
    self.key = key
    self.server = server
  }

  /// A witness of a policy.
  /// - Throws: `log-configuration-invalid` where the policy does not say how to reach it.
  public init(_ witness: LogPolicy.Witness) throws(LogError) {
    guard let server = witness.submissionPrefix else {
      throw LogError(LogError.configurationInvalid, "a witness of the quorum has no URL of http or https")
    }
    self.init(key: witness.key, server: server)
  }
}

/// Asks a witness to cosign (C2SP tlog-witness, `add-checkpoint`).
struct WitnessClient: Sendable {
  let endpoint: WitnessEndpoint
  let exchange: any HTTPExchange
  let now: @Sendable () -> Date

  /// How far a cosignature's time may be from the log's clock, either way: five minutes.
  static let largestTimeDistance: TimeInterval = 300
  /// The largest answer, in bytes.
  private static let answerLimit = 16 << 10

  /// - Parameters:
  ///   - treeSize: the note's.
  ///   - knownSize: the size that the witness holds as far as the log knows; its answer corrects it once.
  ///   - proof: proves that the note's tree extends the one of a size.
  /// - Returns: the cosignature; nil where the witness gives none that counts.
  func cosign(
    _ note: SignedNote, treeSize: UInt64, knownSize: UInt64, proof: (_ from: UInt64) async -> ConsistencyProof?
  ) async -> NoteSignature? {
    var oldSize = min(knownSize, treeSize)
    for _ in 0..<2 {
      guard let proof = await proof(oldSize) else { return nil }
      let body = AddCheckpointRequest(oldSize: oldSize, proof: proof.hashes, note: note)
      let request = WholeRequest(method: "POST", path: "/add-checkpoint", body: body.encoded)
      guard let answer = try? await exchange.send(request, to: endpoint.server, bodyLimit: Self.answerLimit) else {
        return nil
      }
      switch answer.status {
      case 200: return acceptable(answer.body, over: note.text)
      case 409:
        // A witness ahead of the tree holds what this log has lost: there is nothing to prove to it.
        guard answer.field("content-type") == WitnessSize.mediaType, let size = WitnessSize.parse(answer.body),
          size <= treeSize
        else { return nil }
        oldSize = size
      default: return nil
      }
    }
    return nil
  }

  private func acceptable(_ body: [UInt8], over text: String) -> NoteSignature? {
    guard let signatures = try? CosignatureLines.parse(body) else { return nil }
    return signatures.first { signature in
      guard endpoint.key.matches(signature), let time = endpoint.key.cosignatureTime(signature, over: text) else {
        return false
      }
      return abs(time.timeIntervalSince(now())) <= Self.largestTimeDistance
    }
  }
}
