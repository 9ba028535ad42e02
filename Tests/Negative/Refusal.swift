import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import Testing
import Trust

/// One deployment for all rows: a value, which each row copies and breaks in one place.
enum SharedDeployment {
  static func copy() throws -> DeploymentFixture { try DeploymentFixture.shared.get() }
}

let currentEpoch = DeploymentFixture.firstEpoch

/// A client in front of an epoch that a row broke in one place.
func brokenEpoch(
  at time: Date? = nil, policy: (inout TrustPolicy) throws -> Void = { _ in },
  _ edit: (inout EpochPlan, DeploymentFixture) throws -> Void
) throws -> ClientFixture {
  var fixture = try SharedDeployment.copy()
  try policy(&fixture.policy)
  var plan = fixture.plan()
  try edit(&plan, fixture)
  let file = try fixture.publish(plan)
  let client = try ClientFixture(fixture, time: time ?? fixture.time(in: currentEpoch))
  client.parties.serve(file, epoch: currentEpoch)
  return client
}

/// The client refuses with this code, and nothing of the person has left: no message, no token, no receipt of one.
func expectRefusal(
  _ code: ErrorCode, at time: Date? = nil, policy: (inout TrustPolicy) throws -> Void = { _ in },
  _ edit: (inout EpochPlan, DeploymentFixture) throws -> Void,
  location: SourceLocation = #_sourceLocation
) async throws {
  try await expectRefusal(code, of: try brokenEpoch(at: time, policy: policy, edit), location: location)
}

func expectRefusal(
  _ code: ErrorCode, of client: ClientFixture, location: SourceLocation = #_sourceLocation
) async throws {
  let tokens = try client.state.wallet.tokenCounts()
  #expect(await client.refusal() == code, sourceLocation: location)
  #expect(client.hasSentNothing, "something left the client", sourceLocation: location)
  #expect(try client.state.wallet.tokenCounts() == tokens, "a token was touched", sourceLocation: location)
  #expect(try client.state.receipts.all().isEmpty, sourceLocation: location)
}

/// The code that a call is refused with; nil where it is not.
func refusalCode(_ body: () throws -> Void) -> ErrorCode? {
  do {
    try body()
    return nil
  } catch {
    return (error as? any CodedError)?.code
  }
}

extension EpochPlan {
  /// The draw is random: what a row breaks, it breaks at every node.
  mutating func editEveryNode(_ edit: (inout Node) -> Void) {
    for index in nodes.indices { edit(&nodes[index]) }
  }
}
