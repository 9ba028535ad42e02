import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import PrivacyPass
import Synchronization
import TestDeployment
import Testing
import Trust

@Suite("Drawing tokens")
struct TokenDrawTests {
  /// Always the same bearer.
  private struct GivenBearer: AccountCredential {
    let text: String

    func bearer() -> String { text }
  }

  private static func clock(_ harness: ClientHarness) -> ClientClock {
    let time = harness.fixture.time(in: ClientHarness.epoch)
    return ClientClock { time }
  }

  @Test("what the issuer says of the crowd is kept and told as its word")
  func crowd() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let state = harness.client.state
    #expect(try state.crowdClaim() == nil)
    #expect(CrowdNotice.text(nil).contains("has not said"))
    harness.client.parties.behave { $0.crowd = "day=1, accounts=512" }
    _ = try await harness.client.client.drawTokens()
    #expect(try state.crowdClaim() == CrowdClaim(issuerDay: 1, countedAccounts: 512))
    #expect(CrowdNotice.text(try state.crowdClaim()).contains("operator says that at least 512 accounts"))
    #expect(
      CrowdNotice.text(CrowdClaim(issuerDay: 1, countedAccounts: 3)).contains(
        "operator says that fewer than 8 accounts"))
  }

  @Test("a crowd that is told in another form is not kept, and the draw is good all the same")
  func malformedCrowd() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    harness.client.parties.behave { $0.crowd = "day=1, accounts=many\u{1B}[31m" }
    #expect(try await harness.client.client.drawTokens().drawnCount > 0)
    #expect(try harness.client.state.crowdClaim() == nil)
  }

  @Test("the most tokens that a policy may name fit one batch")
  func oneBatch() {
    #expect(TrustPolicy.Issuer.tokensPerDayLimit <= UInt64(BatchedTokenRequest.countLimit))
  }

  @Test("what the account shows is asked of the credential, not of the state")
  func credential() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    try harness.client.state.keepAccountKey("another-key")
    let client = CloisterClient(
      state: harness.client.state, exchange: harness.client.parties, issuerExchange: harness.client.parties,
      account: GivenBearer(text: "account-key"), clock: Self.clock(harness))
    #expect(try await client.drawTokens().drawnCount > 0)
  }

  @Test(
    "a bearer that would break out of its field, or is too long, is not sent",
    arguments: ["", "a b", "a\r\nx-injected: 1", "ä", String(repeating: "k", count: 8_193)])
  func malformedBearer(_ text: String) async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let parties = harness.client.parties
    let client = CloisterClient(
      state: harness.client.state, exchange: parties, issuerExchange: parties, account: GivenBearer(text: text),
      clock: Self.clock(harness))
    await #expect(throws: ClientError(ClientError.credentialUnavailable, "")) { try await client.drawTokens() }
    #expect(parties.arrivals.allSatisfy { $0.server != DeploymentFixture.issuerServer })
  }

  @Test("a draw brings the day's fixed number in one round trip")
  func draw() async throws {
    let client = try ClientHarness(tokenCount: 0).client
    let result = try await client.client.drawTokens()
    #expect(result.drawnCount == Int(DeploymentFixture.tokensPerDay))
    #expect(result.availableCount == Int(DeploymentFixture.tokensPerDay))
    #expect(try client.state.wallet.tokenCounts() == [2: Int(DeploymentFixture.tokensPerDay)])
    let draws = client.parties.arrivals.filter { $0.server == DeploymentFixture.issuerServer }
    let draw = try #require(draws.first)
    #expect(draws.count == 1)
    #expect(draw.request.field("content-type") == BatchedTokenRequest.mediaType)
    #expect(try BatchedTokenRequest(decoding: draw.request.body).requests.count == result.drawnCount)
    #expect(try client.state.issuerEvents.all().isEmpty)
    _ = try await client.summarize()
  }

  @Test("refused before the issuer is asked: a draw for whose tokens the disk has no room, or the wallet no key")
  func noRoom() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let storage = FullStorage()
    let state = try ClientState(storage: storage)
    try state.policies.trust(try TrustedPolicy(published: harness.fixture.signedPolicy()))
    try state.keepAccountKey("account-key")
    let parties = harness.client.parties
    let client = CloisterClient(
      state: state, exchange: parties, issuerExchange: parties, clock: Self.clock(harness))
    func draws() -> Int { parties.arrivals.count { $0.server == DeploymentFixture.issuerServer } }
    storage.isWalletFull = true
    await #expect(throws: ClientError(ClientError.stateUnusable, "")) { _ = try await client.drawTokens() }
    #expect(draws() == 0)
    storage.isWalletFull = false
    #expect(try await client.drawTokens().drawnCount == Int(DeploymentFixture.tokensPerDay))
    #expect(draws() == 1)
    #expect(try state.wallet.holdings().count == 1)
    // What took the room is gone.
    #expect(try storage.subfolder("wallet").names().count == 1)
  }

  @Test("a draw that broke off is made again by the next one")
  func resumed() async throws {
    let client = try ClientHarness(tokenCount: 0).client
    client.parties.behave { $0.refusedConnections = 1 }
    await #expect(throws: ClientError(HTTPExchangeError.unreachable, "")) { _ = try await client.client.drawTokens() }
    #expect(try await client.client.drawTokens().drawnCount == Int(DeploymentFixture.tokensPerDay))
  }

  @Test("an issuer that refuses or fails is recorded, by code and day, and nothing of its answer is kept")
  func recorded() async throws {
    let client = try ClientHarness(tokenCount: 0).client
    client.parties.behave { $0.issuedCount = 1 }
    for _ in 0..<2 {
      await #expect(throws: ClientError(PrivacyPassError.partialIssuance, "")) {
        _ = try await client.client.drawTokens()
      }
    }
    client.parties.behave { $0.issuedCount = 0 }
    await #expect(throws: ClientError.self) { _ = try await client.client.drawTokens() }
    client.parties.behave {
      $0.issuedCount = nil
      $0.issuerStatus = 429
    }
    await #expect(throws: ClientError(ClientError.issuerRefused, "")) { _ = try await client.client.drawTokens() }
    #expect(try client.state.wallet.tokenCounts().isEmpty)
    let events = try client.state.issuerEvents.all()
    #expect(events.map(\.issuerDay) == [2, 2])
    #expect(events.map(\.code) == [PrivacyPassError.partialIssuance, ClientError.issuerRefused])
    #expect(events.map(\.count) == [2, 2])
  }

  @Test("an account that drew on another device has none left today: said with the next day, and not tried again")
  func drawnElsewhere() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    client.parties.behave { ($0.issuerStatus, $0.issuerCode) = (429, "issuer-quota-exceeded") }
    let next = harness.fixture.epochs.beginning(of: 3 * EpochSchedule.epochsPerIssuerDay).formatted(.iso8601)
    for _ in 0..<2 {
      do {
        _ = try await client.client.drawTokens()
        Issue.record("tokens were drawn")
      } catch {
        #expect(error.code == ClientError.tokensDrawn)
        #expect(error.message.contains(next), "\(error.message)")
      }
    }
    #expect(client.parties.arrivals.count { $0.server == DeploymentFixture.issuerServer } == 1)
    #expect(try client.state.issuerEvents.all().map(\.code) == [ClientError.tokensDrawn])
  }

  @Test("without a token left, a request says whether today's were drawn, and when the next day begins")
  func emptyWallet() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    func message() async -> String? {
      do {
        _ = try await harness.client.summarize()
        return nil
      } catch {
        let error = error as? ClientError
        #expect(error?.code == ClientError.walletEmpty)
        return error?.message
      }
    }
    #expect(await message() == "no token is left")
    try Data(#"{"count":2,"day":2}"#.utf8).write(to: URL(fileURLWithPath: harness.client.path + "/draws.json"))
    let next = harness.fixture.epochs.beginning(of: 3 * EpochSchedule.epochsPerIssuerDay).formatted(.iso8601)
    #expect(await message()?.contains(next) == true)
  }

  @Test("an issuer that signs with a key that is not the bundle's is refused, and that is recorded")
  func otherKey() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let other = harness.fixture.otherIssuer
    harness.client.parties.behave { $0.issuer = other }
    await #expect(throws: ClientError.self) { _ = try await harness.client.client.drawTokens() }
    #expect(try harness.client.state.wallet.tokenCounts().isEmpty)
    #expect(try harness.client.state.issuerEvents.all().map(\.count) == [1])
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
      try client.state.wallet.keep(
        [try ClientFixture.token(harness.fixture, issuerDay: day)], issuerDay: day, plan: DeploymentFixture.tokenPlan)
    }
    _ = try await client.client.drawTokens()
    #expect(try client.state.wallet.tokenCounts() == [1: 1, 2: Int(DeploymentFixture.tokensPerDay)])
  }
}

/// A state in memory whose wallet may be on a full disk.
private final class FullStorage: StateStorage {
  private let memory: any StateStorage
  private let isFull: Mutex<Bool>?
  private let wallet: FullStorage?

  var path: String { memory.path }

  init() {
    let memory = MemoryStorage()
    self.memory = memory
    isFull = nil
    wallet = FullStorage(wallet: memory)
  }

  private init(wallet memory: MemoryStorage) {
    // A memory's folder is always there.
    self.memory = (try? memory.subfolder("wallet")) ?? memory
    isFull = Mutex(false)
    wallet = nil
  }

  var isWalletFull: Bool {
    get { wallet?.isFull?.withLock { $0 } ?? false }
    set { wallet?.isFull?.withLock { $0 = newValue } }
  }

  func subfolder(_ name: String) throws(ClientError) -> any StateStorage {
    if name == "wallet", let wallet { return wallet }
    return try memory.subfolder(name)
  }

  func read(_ name: String, byteLimit: Int) throws(ClientError) -> [UInt8]? {
    try memory.read(name, byteLimit: byteLimit)
  }

  func write(_ name: String, _ bytes: [UInt8]) throws(ClientError) {
    if isFull?.withLock({ $0 }) == true { throw ClientError(ClientError.stateUnusable, "no room") }
    try memory.write(name, bytes)
  }

  func erase(_ name: String) throws(ClientError) { try memory.erase(name) }

  func names() throws(ClientError) -> [String] { try memory.names() }

  func withLock<Value>(_ body: () throws(ClientError) -> Value) throws(ClientError) -> Value {
    try memory.withLock(body)
  }

  func eraseTemporaries() throws(ClientError) { try memory.eraseTemporaries() }
}
