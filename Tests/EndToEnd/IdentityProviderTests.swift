import CloisterClient
import FakeIdentityProvider
import Foundation
import IdentityTokens
import InMemoryParties
import StrictJSON
import Synchronization
import Testing

@Suite("Drawing with a token of an identity provider", .keepsFolders)
struct IdentityProviderTests {
  /// Asks the provider for a token at each draw, as a program behind `--account-command` does.
  private final class FreshTokens: AccountCredential {
    private let provider: FakeIdentityProvider
    private let now: @Sendable () -> Date
    private let given = Mutex(0)

    init(_ provider: FakeIdentityProvider, now: @escaping @Sendable () -> Date) {
      self.provider = provider
      self.now = now
    }

    var givenCount: Int { given.withLock { $0 } }

    func bearer() async throws(ClientError) -> String {
      given.withLock { $0 += 1 }
      do {
        return try IdentityProviderTests.token(of: provider, at: now())
      } catch {
        throw ClientError(ClientError.credentialUnavailable, "no token")
      }
    }
  }

  /// As long as tokens of real providers are, and good for five minutes.
  private static func token(of provider: FakeIdentityProvider, at time: Date) throws -> String {
    var claims = FakeIdentityProvider.claims(at: time)
    claims["groups"] = .array((0..<100).map { .string("group-\($0)-of-a-real-directory") })
    return try provider.token(claims)
  }

  private static func deployment(_ provider: FakeIdentityProvider) async throws -> InMemoryDeployment {
    let configuration = try IdentityProvider(
      issuer: FakeIdentityProvider.issuer, audience: FakeIdentityProvider.audience, defaultPlan: DeploymentNames.plan)
    var options = InMemoryDeployment.Options()
    options.identityTokens = { now in
      IdentityTokenVerifier(providers: [configuration], exchange: provider, now: now)
    }
    return try await .started(options)
  }

  @Test("a fresh token is shown for each draw, and pays for a summary")
  func freshForEachDraw() async throws {
    let provider = FakeIdentityProvider()
    let deployment = try await Self.deployment(provider)
    let credential = FreshTokens(provider) { [clock = deployment.clock] in clock.now }
    let client = try deployment.makeClient(account: "alice", credential: credential)
    let first = try await client.drawTokens()
    #expect(first.drawnCount == Int(deployment.options.tokensPerDay))
    #expect(try await client.summarize(ChatText.export()).messageCount > 0)
    await deployment.jumpEpochs(24)
    #expect(try await client.drawTokens().issuerDay == first.issuerDay + 1)
    #expect(credential.givenCount == 2)
  }

  @Test("a token that was kept in the state draws while it is good, and is refused when it is over")
  func keptToken() async throws {
    let provider = FakeIdentityProvider()
    let deployment = try await Self.deployment(provider)
    let client = try deployment.makeClient(account: "alice")
    let token = try Self.token(of: provider, at: deployment.clock.now)
    #expect(token.utf8.count > 3_000)
    try await client.state.keepAccountKey(token)
    #expect(try await client.drawTokens().drawnCount > 0)
    await deployment.jumpEpochs(24)
    await #expect(throws: ClientError(ClientError.issuerRefused, "")) { try await client.drawTokens() }
  }
}
