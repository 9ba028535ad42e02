import Attestation
import CloisterClient
import Foundation
import StrictJSON
import TestDeployment
import Testing
import TransparencyLog
import Trust

@Suite("Refused: releases")
struct ReleaseRefusals {
  @Test("a release that is not in the log")
  func notLogged() async throws {
    try await expectRefusal(TransparencyLogError.inclusionInvalid) { plan, fixture in
      var statement = plan.releases[0].entry.statement
      for publisher in fixture.publishers { statement.sign(with: publisher) }
      let other = statement.encoded
      plan.releases[0].editLogged = { $0.statement = other }
    }
  }

  @Test("a release of another log")
  func otherLog() async throws {
    try await expectRefusal(TransparencyLogError.logOriginMismatch) { plan, fixture in
      let (witnesses, time) = (Array(fixture.witnesses.prefix(3)), plan.releaseLogTime)
      plan.releases[0].editLogged = { logged in
        guard var log = try? InMemoryLog(name: "staging.operator.test") else { return }
        let index = log.append(logged.statement)
        guard let note = try? log.note(at: time, cosigners: witnesses),
          let proof = try? log.proof(index: index, note: note)
        else { return }
        logged.proof = proof
      }
    }
  }

  @Test("a release that only one publisher signed")
  func onePublisher() async throws {
    try await expectRefusal(TrustError.tooFewSignatures) { plan, _ in plan.releases[0].signers.removeLast() }
  }

  @Test("a release that one publisher signed twice")
  func onePublisherTwice() async throws {
    try await expectRefusal(TrustError.tooFewSignatures) { plan, fixture in
      plan.releases[0].signers = [fixture.publishers[0], fixture.publishers[0]]
    }
  }

  @Test("a release entered more than 14 days ago")
  func expired() async throws {
    try await expectRefusal(ClientError.releaseExpired) { plan, fixture in
      plan.releases[0].entry.issued =
        UInt64(fixture.time(in: currentEpoch).timeIntervalSince1970) - 14 * 86_400 - 1
    }
  }

  @Test("a release from the future")
  func future() async throws {
    try await expectRefusal(ClientError.entryFuture) { plan, fixture in
      plan.releases[0].entry.issued = UInt64(fixture.time(in: currentEpoch).timeIntervalSince1970) + 301
    }
  }

  @Test("a release that any publisher revoked", arguments: 0..<3)
  func revoked(_ publisher: Int) async throws {
    try await expectRefusal(ClientError.releaseRevoked) { plan, _ in
      var statement = plan.releases[0].entry.statement
      for signer in plan.releases[0].signers { statement.sign(with: signer) }
      plan.revocations[publisher].entry.releaseLeafHashes = [
        RFC6962.leafHash(statement.encoded).rawRepresentation
      ]
    }
  }

  @Test("a release below the minimum security version")
  func securityVersion() async throws {
    try await expectRefusal(ClientError.releaseVersion) { plan, _ in plan.releases[0].entry.securityVersion = 4 }
  }

  @Test("a release that the policy does not name")
  func unnamed() async throws {
    try await expectRefusal(ClientError.releaseUnknown) { plan, _ in plan.releases[0].entry.name = "other-node" }
  }

  @Test("a release of another role than its name has in the policy")
  func otherRole() async throws {
    try await expectRefusal(ClientError.releaseUnknown) { plan, _ in plan.releases[0].entry.role = "orchestrator" }
  }

  @Test("a release of another role than its node")
  func otherNodeRole() async throws {
    try await expectRefusal(
      ClientError.releaseRole,
      policy: {
        $0.releases.append(.init(name: "assistant-node", role: "orchestrator", minimumSecurityVersion: 1))
      },
      { plan, _ in plan.releases[0].entry.role = "orchestrator" })
  }

  private static func refuseEntry(
    _ json: JSONValue, type: String = ReleaseEntry.payloadType, plan: inout EpochPlan
  ) {
    let signers = plan.releases[0].signers
    plan.releases[0].editStatement = { bytes in
      var statement = Statement(payloadType: type, payload: json.canonicalBytes)
      for signer in signers { statement.sign(with: signer) }
      bytes = statement.encoded
    }
  }

  private static func members(_ plan: EpochPlan) -> [String: JSONValue] {
    guard case .object(let members) = plan.releases[0].entry.json else { return [:] }
    return members
  }

  @Test("an entry of another type")
  func otherType() async throws {
    try await expectRefusal(TrustError.entryType) { plan, _ in
      var members = Self.members(plan)
      members["type"] = "promise"
      Self.refuseEntry(.object(members), plan: &plan)
    }
  }

  @Test("an entry of another payload type")
  func otherPayloadType() async throws {
    try await expectRefusal(TrustError.payloadType) { plan, _ in
      Self.refuseEntry(plan.releases[0].entry.json, type: "application/json", plan: &plan)
    }
  }

  @Test("a release without a firmware measurement")
  func noFirmware() async throws {
    try await expectRefusal(TrustError.noFirmwareMeasurement) { plan, _ in
      var members = Self.members(plan)
      let measurement = String(repeating: "4d", count: 48)
      members["measurements"] = [["platform": "sev-snp", "measurement": .string(measurement)]]
      Self.refuseEntry(.object(members), plan: &plan)
    }
  }

  @Test("a release with a member that the schema does not know")
  func unknownMember() async throws {
    try await expectRefusal(TrustError.malformed) { plan, _ in
      var members = Self.members(plan)
      members["also"] = true
      Self.refuseEntry(.object(members), plan: &plan)
    }
  }

  @Test("a release without a measurement for the node's platform")
  func noMeasurement() async throws {
    try await expectRefusal(ClientError.releasePlatform) { plan, _ in plan.releases[0].entry.measurements = [] }
  }

  @Test("names of two artifacts swapped after the evidence was made")
  func swappedNames() async throws {
    try await expectRefusal(AttestationError.reportData) { plan, _ in
      var release = plan.releases[0].entry
      release.artifacts.append(.init(name: "dictionary", purpose: "engine", digest: [UInt8](repeating: 2, count: 32)))
      plan.releases[0].entry = release
      let swapped = {
        var other = release
        other.artifacts[0].name = release.artifacts[1].name
        other.artifacts[1].name = release.artifacts[0].name
        return other
      }()
      plan.releases.append(.init(swapped, signers: plan.releases[0].signers))
      plan.editBundle = { bundle in for index in bundle.nodes.indices { bundle.nodes[index].releaseIndex = 1 } }
    }
  }

  @Test("a release log whose head is more than a day old")
  func oldHead() async throws {
    try await expectRefusal(ClientError.releaseLogOld) { plan, fixture in
      plan.releaseLogTime = fixture.time(in: currentEpoch).addingTimeInterval(-24 * 3_600 - 1)
    }
  }

  @Test("a release log that too few witnesses cosigned")
  func uncosignedHead() async throws {
    try await expectRefusal(TransparencyLogError.witnessQuorum) { plan, fixture in
      plan.releaseLogCosigners = Array(fixture.witnesses.prefix(2))
    }
  }
}
