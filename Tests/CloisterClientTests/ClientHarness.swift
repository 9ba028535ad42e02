import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import Trust

/// A deployment with one published epoch, and a client inside it.
struct ClientHarness {
  static let epoch = DeploymentFixture.firstEpoch

  var fixture: DeploymentFixture
  let client: ClientFixture
  let file: [UInt8]

  init(tokenCount: Int = 2, _ edit: (inout EpochPlan, DeploymentFixture) throws -> Void = { _, _ in }) throws {
    fixture = try DeploymentFixture.shared.get()
    var plan = fixture.plan()
    try edit(&plan, fixture)
    file = try fixture.publish(plan)
    client = try ClientFixture(fixture, time: fixture.time(in: Self.epoch), tokenCount: tokenCount)
    client.parties.serve(file, epoch: Self.epoch)
  }
}

/// A state in a folder of its own that goes away with it.
final class TemporaryState: Sendable {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-\(UUID().uuidString)").path

  func open() throws -> ClientState { try ClientState(path: path) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The code that a call is refused with; nil where it is not.
func code(_ body: () throws -> Void) -> ErrorCode? {
  do {
    try body()
    return nil
  } catch {
    return (error as? any CodedError)?.code
  }
}
