import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import PrivacyPass
import TestDeployment
import Testing
import Trust

@Suite("Refused: tokens, on the client's side")
struct TokenRefusals {
  private static func drawRefusal(
    _ behave: (inout InMemoryParties.Behaviour) -> Void,
    _ edit: (inout EpochPlan, DeploymentFixture) throws -> Void = { _, _ in }
  ) async throws -> (code: ErrorCode?, client: ClientFixture) {
    let client = try brokenEpoch(edit)
    for _ in 0..<2 { _ = try client.state.wallet.claim(goodOn: 2, plan: DeploymentFixture.tokenPlan) }
    client.parties.behave(behave)
    do {
      _ = try await client.client.drawTokens()
      return (nil, client)
    } catch {
      return (error.code, client)
    }
  }

  @Test("an issuer that signs with another key: its tokens are discarded")
  func otherKey() async throws {
    let other = try SharedDeployment.copy().otherIssuer
    let (code, client) = try await Self.drawRefusal { $0.issuer = other }
    #expect([PrivacyPassError.invalidIssuance, PrivacyPassError.partialIssuance].contains(code))
    #expect(try client.state.wallet.tokenCounts().isEmpty)
    #expect(try client.state.issuerEvents.all().map(\.code) == [code])
  }

  @Test("an issuer that answers with a random value: it is discarded")
  func randomIssuance() async throws {
    let random = try TokenResponse(decoding: [UInt8](repeating: 7, count: 256))
    let answer = try BatchedTokenResponse([random, random]).encoded
    let (code, _) = try await Self.drawRefusal { $0.issuance = answer }
    #expect(code == PrivacyPassError.invalidIssuance)
  }

  @Test("an issuer that signs only a part of the batch: all of it is discarded")
  func partialIssuance() async throws {
    let (code, client) = try await Self.drawRefusal { $0.issuedCount = 1 }
    #expect(code == PrivacyPassError.partialIssuance)
    #expect(try client.state.wallet.tokenCounts().isEmpty)
    #expect(try client.state.issuerEvents.all().map(\.code) == [PrivacyPassError.partialIssuance])
  }

  @Test("an answer of another length")
  func malformedIssuance() async throws {
    let (code, _) = try await Self.drawRefusal { $0.issuance = [1, 2, 3] }
    #expect(code == PrivacyPassError.batchResponseMalformed)
  }

  @Test("a token key that is no RSA key of its one form")
  func malformedKey() async throws {
    try await expectRefusal(PrivacyPassError.issuerKeyMalformed) { plan, _ in
      plan.editBundle = { $0.issuerKeys[0].publicKey = [0x30, 0] }
    }
  }

  @Test("a token key whose exponent is not 65537")
  func exponent() async throws {
    try await expectRefusal(PrivacyPassError.issuerKeyExponent) { plan, _ in
      // The last three bytes are the exponent.
      plan.editBundle = { $0.issuerKeys[0].publicKey[341] = 3 }
    }
  }

  @Test("a request with an empty wallet: it never draws")
  func emptyWallet() async throws {
    let client = try brokenEpoch { _, _ in }
    for _ in 0..<2 { _ = try client.state.wallet.claim(goodOn: 2, plan: DeploymentFixture.tokenPlan) }
    try await expectRefusal(ClientError.walletEmpty, of: client)
  }

  @Test("tokens of a day that no gateway takes any more")
  func otherDay() async throws {
    let fixture = try SharedDeployment.copy()
    let client = try brokenEpoch { _, _ in }
    for _ in 0..<2 { _ = try client.state.wallet.claim(goodOn: 2, plan: DeploymentFixture.tokenPlan) }
    try client.state.wallet.keep(
      [try ClientFixture.token(fixture, issuerDay: 0)], issuerDay: 0, plan: DeploymentFixture.tokenPlan)
    try await expectRefusal(ClientError.walletEmpty, of: client)
  }

  @Test("a token that the gateway refuses is not tried again, and neither is another one")
  func refusedToken() async throws {
    let client = try brokenEpoch { _, _ in }
    client.parties.behave { $0.refusesTokens = true }
    #expect(await client.refusal() == ClientError.tokenRefused)
    #expect(client.parties.authorizations.count == 1)
    #expect(try client.state.wallet.tokenCount(goodOn: 2) == 1)
  }

  @Test("a second draw on one issuer day")
  func secondDraw() async throws {
    let client = try brokenEpoch { _, _ in }
    _ = try await client.client.drawTokens()
    await #expect(throws: ClientError(ClientError.tokensDrawn, "")) { _ = try await client.client.drawTokens() }
    let draws = client.parties.arrivals.filter { $0.request.path == "/token-request" }
    #expect(draws.count == 1)
    #expect(draws.allSatisfy { $0.server == DeploymentFixture.issuerServer })
  }

  @Test("a second send of a token that was claimed before a crash")
  func secondSend() async throws {
    let client = try brokenEpoch { _, _ in }
    let fixture = try SharedDeployment.copy()
    for _ in 0..<2 {
      try client.state.wallet.keep(
        [try ClientFixture.token(fixture, issuerDay: 2)], issuerDay: 2, plan: DeploymentFixture.tokenPlan)
    }
    client.parties.behave { $0.interruptedExchanges = 2 }
    #expect(await client.refusal() == HTTPExchangeError.interrupted)
    _ = try await client.summarize()
    #expect(Set(client.parties.authorizations).count == client.parties.authorizations.count)
    #expect(try client.state.wallet.tokenCount(goodOn: 2) == 1)
  }

  @Test("the account key goes to the issuer and to nobody else")
  func accountKey() async throws {
    let client = try brokenEpoch { _, _ in }
    _ = try await client.client.drawTokens()
    _ = try await client.summarize()
    for arrival in client.parties.arrivals where arrival.server != DeploymentFixture.issuerServer {
      #expect(!arrival.request.fields.contains { $0.value.contains("account-key") })
      #expect(arrival.request.body.firstRange(of: Array("account-key".utf8)) == nil)
    }
  }
}
