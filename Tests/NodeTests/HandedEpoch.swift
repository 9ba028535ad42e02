import ErrorCodes
import Foundation
import Node
import StrictJSON
import TestDeployment
import TransparencyLog
import Trust
import WireFormat

/// What the host hands an orchestrator.
struct HandedEpoch {
  var fixture: DeploymentFixture
  var plan: EpochPlan
  var servers: [[UInt8]: String]

  init() throws {
    fixture = try DeploymentFixture.shared.get()
    fixture.nameModelRelease()
    plan = fixture.orchestratedPlan()
    servers = [fixture.identifier(ofNode: plan.nodes[2]): "http://node-3.test"]
  }

  /// The measured configuration of an orchestrator of the fixture.
  var configurationMembers: JSONValue {
    let policy = fixture.policy
    return [
      "role": "assistant", "operator": .string(policy.operatorOrigin), "epochs": policy.epochs.json,
      "epochLog": .string(policy.epochLog.encoded), "releaseLog": .string(policy.releaseLog.encoded),
      "witnesses": policy.witnesses.json, "publishers": policy.publishers.json, "weaknesses": [],
      "engine": ["peer": "model", "name": "m", "parallel": 1, "contextTokens": 4_096, "answerTokens": 512],
    ]
  }

  func configuration() throws -> NodeConfiguration {
    try NodeConfiguration(parsing: configurationMembers.canonicalBytes)
  }

  /// The body of `POST /peers`.
  func body(_ file: [UInt8]) -> [UInt8] {
    let message: JSONValue = [
      "file": .string(Data(file).base64EncodedString()),
      "nodes": .array(servers.map { ["node": .string($0.hexadecimal), "server": .string($1)] }),
    ]
    return message.canonicalBytes
  }

  func message(_ file: [UInt8]) throws -> HostPeers { try HostPeers(parsing: body(file)) }

  func note(of file: [UInt8]) throws -> VerifiedCheckpoint {
    let policy = fixture.policy
    return try LogVerifier(logKey: policy.epochLog, witnesses: policy.witnesses.policy)
      .verify(try TLogProof(parsing: try EpochFile(decoding: file).proof).note)
  }

  /// - Parameter held: the note that the node holds; by default that of the file.
  mutating func accepted(
    configuration: NodeConfiguration? = nil, held: VerifiedCheckpoint? = nil
  ) throws -> PeerEpoch {
    let file = try fixture.publish(plan)
    return try PeerEpoch(
      try message(file), role: "model", try configuration ?? self.configuration(),
      held: try held ?? note(of: file))
  }

  mutating func refusal(configuration: NodeConfiguration? = nil, held: VerifiedCheckpoint? = nil) -> String? {
    do {
      _ = try accepted(configuration: configuration, held: held)
      return nil
    } catch {
      return (error as? any CodedError)?.code.rawValue ?? "\(error)"
    }
  }
}
