import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import Testing

/// A token that is ready before a request asks for it.
@Suite("The spare token")
struct SpareTokenTests {
  private static let day: UInt64 = 7
  private static let plan = DeploymentFixture.tokenPlan

  private static func wallet(_ temporary: TemporaryState, tokenCount: Int, ofDay day: UInt64 = day) throws -> Wallet {
    let wallet = try temporary.open().wallet
    for _ in 0..<tokenCount { try wallet.keepOne(ofDay: day) }
    return wallet
  }

  private static func claimAll(_ temporary: TemporaryState) throws -> [String] {
    let wallet = try temporary.open().wallet
    var claimed: [String] = []
    while let authorization = try? wallet.claim(goodOn: day).presented().authorization { claimed.append(authorization) }
    return claimed
  }

  @Test("it has left the disk when it is ready, and is given once")
  func given() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokenCount: 3)
    let spare = SpareToken(of: wallet)
    spare.refill(goodOn: Self.day, plan: Self.plan)
    spare.refill(goodOn: Self.day, plan: Self.plan)
    #expect(try wallet.tokenCounts() == [Self.day: 2])
    let ready = try spare.take(goodOn: Self.day, plan: Self.plan).presented().authorization
    #expect(try wallet.tokenCounts() == [Self.day: 2])
    let next = try spare.take(goodOn: Self.day, plan: Self.plan).presented().authorization
    #expect(try wallet.tokenCounts() == [Self.day: 1])
    #expect(Set([ready, next] + (try Self.claimAll(temporary))).count == 3)
  }

  @Test("a crash with it loses it, and never gives it twice")
  func crash() throws {
    let temporary = TemporaryState()
    let spare = SpareToken(of: try Self.wallet(temporary, tokenCount: 3))
    spare.refill(goodOn: Self.day, plan: Self.plan)
    // The process ends here, or after the token was sent: for the next one it makes no difference.
    let rest = try Self.claimAll(temporary)
    let sent = try spare.take(goodOn: Self.day, plan: Self.plan).presented().authorization
    #expect(rest.count == 2)
    #expect(!rest.contains(sent))
  }

  @Test("a crash while it is made ready leaves none to give, and the next process gives none twice", arguments: 1...5)
  func crashWhileClaimed(_ step: Int) throws {
    let temporary = TemporaryState()
    let sent = try Self.wallet(temporary, tokenCount: 3).claim(goodOn: Self.day).presented().authorization
    let spare = SpareToken(of: try WalletCrash(after: step).state(temporary.path).wallet)
    spare.refill(goodOn: Self.day, plan: Self.plan)
    #expect(code { _ = try spare.take(goodOn: Self.day, plan: Self.plan) } != nil)
    let rest = try Self.claimAll(temporary)
    #expect(Set(rest + [sent]).count == rest.count + 1)
  }

  @Test("put back it is in the wallet again, and no more is made ready")
  func putBack() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokenCount: 2)
    let digests = try wallet.tokenDigests()
    let spare = SpareToken(of: wallet)
    spare.refill(goodOn: Self.day, plan: Self.plan)
    try spare.putBack()
    spare.refill(goodOn: Self.day, plan: Self.plan)
    #expect(try wallet.tokenDigests() == digests)
    _ = try spare.take(goodOn: Self.day, plan: Self.plan)
    #expect(try wallet.tokenCounts() == [Self.day: 1])
  }

  @Test("refused: one of a day that is over, or of another plan")
  func notGood() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokenCount: 1)
    let spare = SpareToken(of: wallet)
    spare.refill(goodOn: Self.day, plan: Self.plan)
    #expect(code { _ = try spare.take(goodOn: Self.day + 2, plan: Self.plan) } == ClientError.walletEmpty)
    spare.refill(goodOn: Self.day + 1, plan: Self.plan)
    let other = TokenPlan(issuerName: Self.plan.issuerName, origin: Self.plan.origin, name: "large")
    #expect(code { _ = try spare.take(goodOn: Self.day, plan: other) } == ClientError.walletEmpty)
    #expect(try wallet.tokenCounts() == [Self.day: 1])
  }

  @Test("whoever takes, makes ready and puts back at once never gets one twice")
  func concurrent() async throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokenCount: 12)
    let spare = SpareToken(of: wallet)
    let authorizations = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var taken: [String] = []
          while let authorization = try? spare.take(goodOn: Self.day, plan: Self.plan).presented().authorization {
            taken.append(authorization)
            spare.refill(goodOn: Self.day, plan: Self.plan)
            if taken.count == 2 { try? spare.putBack() }
          }
          return taken
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(authorizations.count == 12)
    #expect(Set(authorizations).count == 12)
  }

  @Test("each request of a client that keeps one sends a token of its own, down to the last")
  func requests() async throws {
    let harness = try ClientHarness(tokenCount: 3)
    let time = harness.fixture.time(in: ClientHarness.epoch)
    let client = CloisterClient(
      state: harness.client.state, exchange: harness.client.parties, issuerExchange: harness.client.parties,
      clock: ClientClock { time }, preparesNext: true)
    let export = ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8))
    for _ in 0..<3 { _ = try await client.summarize(export) }
    #expect(Set(harness.client.parties.authorizations).count == 3)
    await #expect(throws: ClientError(ClientError.walletEmpty, "")) { _ = try await client.summarize(export) }
    #expect(harness.client.parties.authorizations.count == 3)
  }

  @Test("a client that puts it back has every token that it did not send")
  func clientPutsBack() async throws {
    let harness = try ClientHarness(tokenCount: 3)
    let time = harness.fixture.time(in: ClientHarness.epoch)
    let client = CloisterClient(
      state: harness.client.state, exchange: harness.client.parties, issuerExchange: harness.client.parties,
      clock: ClientClock { time }, preparesNext: true)
    _ = try await client.summarize(ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8)))
    try await client.putTokenBack()
    #expect(try harness.client.state.wallet.tokenCounts().values.reduce(0, +) == 2)
  }
}
