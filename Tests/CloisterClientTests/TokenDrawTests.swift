import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import TestDeployment
import Testing

@Suite("Drawing tokens")
struct TokenDrawTests {
  @Test("a draw brings the day's fixed number, each with a request of its own")
  func draw() async throws {
    let client = try ClientHarness(tokenCount: 0).client
    let result = try await client.client.drawTokens()
    #expect(result.drawnCount == Int(DeploymentFixture.tokensPerDay))
    #expect(result.availableCount == Int(DeploymentFixture.tokensPerDay))
    #expect(try client.state.wallet.tokenCounts() == [2: Int(DeploymentFixture.tokensPerDay)])
    _ = try await client.summarize()
  }

  @Test("a draw that broke off is completed by the next one")
  func resumed() async throws {
    let client = try ClientHarness(tokenCount: 0).client
    client.parties.behave { $0.refusedConnections = 1 }
    await #expect(throws: ClientError(HTTPExchangeError.unreachable, "")) { _ = try await client.client.drawTokens() }
    #expect(try await client.client.drawTokens().drawnCount == Int(DeploymentFixture.tokensPerDay))
  }

  @Test("without an account key nothing is drawn")
  func noAccount() async throws {
    let client = try ClientHarness(tokenCount: 0).client
    try FileManager.default.removeItem(atPath: client.path + "/account.key")
    await #expect(throws: ClientError(ClientError.accountMissing, "")) { _ = try await client.client.drawTokens() }
    #expect(client.parties.arrivals.isEmpty)
  }

  @Test("a new day's draw clears tokens that nobody takes any more")
  func expired() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    for day in [0, 1] as [UInt64] {
      try client.state.wallet.keep(try ClientFixture.token(harness.fixture, issuerDay: day), issuerDay: day)
    }
    _ = try await client.client.drawTokens()
    #expect(try client.state.wallet.tokenCounts() == [1: 1, 2: Int(DeploymentFixture.tokensPerDay)])
  }
}
