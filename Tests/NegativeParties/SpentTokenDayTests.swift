import InMemoryParties
import SpentTokens
import Testing

/// Which issuer days a gateway's record of spent tokens takes tokens of, as the days change.
@Suite("The gateway's record of spent tokens at day change", .keepsFolders)
struct SpentTokenDayTests {
  private static func deployment() async throws -> InMemoryDeployment {
    var options = InMemoryDeployment.Options()
    options.epochSeconds = 60
    return try await .started(options)
  }

  /// The days among 0 to 4 that the deployment's record holds, as another gateway on it sees them.
  private static func openDays(_ deployment: InMemoryDeployment) async throws -> [UInt64] {
    let store = try SQLiteSpentTokens(path: deployment.partiesFolder + "/gateway/spent-tokens.sqlite")
    var days: [UInt64] = []
    for day in 0...4 as ClosedRange<UInt64> {
      let digest = (0..<32).map { _ in UInt8.random(in: 0...255) }
      do throws(SpentTokenError) {
        _ = try await store.spend(tokenDigest: digest, issuerDay: day)
        days.append(day)
      } catch {
        #expect(error.code == SpentTokenError.dayClosed)
      }
    }
    try await store.close()
    return days
  }

  @Test("a day is opened with its first bundle, ahead of time, and closed when nobody can spend its tokens any more")
  func opensAndCloses() async throws {
    let deployment = try await Self.deployment()
    #expect(try await Self.openDays(deployment) == [0])
    await deployment.jumpEpochs(22)
    #expect(try await Self.openDays(deployment) == [0])
    // Ten minutes before day 1 begins, its first epoch is published.
    await deployment.passMinutes(50)
    #expect(try deployment.currentEpoch == 23)
    #expect(try await Self.openDays(deployment) == [0, 1])
    await deployment.passMinutes(10)
    #expect(try await Self.openDays(deployment) == [0, 1])
    await deployment.jumpEpochs(24)
    #expect(try deployment.currentEpoch == 48)
    #expect(try await Self.openDays(deployment) == [1, 2])
  }

  @Test("a gateway whose clock stood still opens no day again that another one closed")
  func staysClosed() async throws {
    let deployment = try await Self.deployment()
    let shared = try SQLiteSpentTokens(path: deployment.partiesFolder + "/gateway/spent-tokens.sqlite")
    try await shared.hold(issuerDays: 1...2)
    _ = try await deployment.startGateway(at: DeploymentNames.gateway)
    #expect(try await Self.openDays(deployment) == [1, 2])
  }
}
