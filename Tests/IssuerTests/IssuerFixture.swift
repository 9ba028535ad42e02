import Foundation
import HTTPMessages
import IdentityTokens
import Issuer
import PrivacyPass
import Synchronization
import Testing

/// A clock that a test sets: seconds since 1970, t0 being 1,000 with epochs of 60 seconds, so days of 1,440.
final class TestClock: Sendable {
  static let epochStart: UInt64 = 1_000
  static let epochSeconds: UInt64 = 60
  static let secondsPerDay: UInt64 = 24 * epochSeconds

  private let seconds: Mutex<Double>

  init(day: UInt64, offset: Double = 700) {
    seconds = Mutex(Self.seconds(day: day, offset: offset))
  }

  func set(day: UInt64, offset: Double = 700) {
    seconds.withLock { $0 = Self.seconds(day: day, offset: offset) }
  }

  func now() -> Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }

  private static func seconds(day: UInt64, offset: Double) -> Double {
    Double(epochStart + day * secondsPerDay) + offset
  }
}

/// An issuer with two accounts of two plans, its state in a folder of its own.
struct IssuerFixture {
  static let quota = 3

  let folder: String
  let clock: TestClock
  let ada: AccountKey
  let bob: AccountKey

  init(folder: String, clock: TestClock, ada: AccountKey = AccountKey(), bob: AccountKey = AccountKey()) {
    self.folder = folder
    self.clock = clock
    self.ada = ada
    self.bob = bob
  }

  /// Hashes that are quick to make.
  static let hashing = KeyHash.Parameters(logRounds: 10, blockSize: 1, parallelism: 1) ?? .standard

  func configuration(quota: Int = Self.quota) throws -> IssuerConfiguration {
    try IssuerConfiguration(
      calendar: IssuerCalendar(epochStart: TestClock.epochStart, epochSeconds: TestClock.epochSeconds),
      plans: [ServicePlan(name: "standard", dailyQuota: quota), ServicePlan(name: "plus", dailyQuota: quota)],
      stateFolder: folder, keyHashing: Self.hashing)
  }

  /// A second one on the same folder is what a restart, or another process, would be.
  func service(
    quota: Int = Self.quota, draws: (any DrawCountStore)? = nil, identityTokens: IdentityTokenVerifier? = nil
  ) async throws -> IssuerService {
    let clock = clock
    return try await IssuerService(
      configuration: try configuration(quota: quota), draws: draws, identityTokens: identityTokens
    ) { clock.now() }
  }

  /// The state as an operator copies it to another machine; whoever copies removes it.
  func copy() throws -> IssuerFixture {
    let other = FileManager.default.temporaryDirectory.appendingPathComponent("issuer-\(UUID().uuidString)").path
    try FileManager.default.copyItem(atPath: folder, toPath: other)
    return IssuerFixture(folder: other, clock: clock, ada: ada, bob: bob)
  }

  /// The store as the operator's commands open it.
  func accounts() throws -> AccountStore {
    try AccountStore(path: IssuerConfiguration.accountsPath(stateFolder: folder))
  }

  /// - Parameter storedDays: days that have their keys already, since making RSA keys is slow.
  static func with(
    day: UInt64 = 5, offset: Double = 700, storedDays: [UInt64] = [5], _ body: (IssuerFixture) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("issuer-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let keys = folder.appendingPathComponent("keys")
    try FileManager.default.createDirectory(
      at: keys, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for day in storedDays {
      let pair = try storedKeys.get()[Int(day % 2)]
      for (plan, pem) in zip(["standard", "plus"], pair) {
        let path = keys.appendingPathComponent("\(day)-\(plan).pem").path
        _ = FileManager.default.createFile(
          atPath: path, contents: Data(pem.utf8), attributes: [.posixPermissions: 0o600])
      }
    }
    let fixture = IssuerFixture(folder: folder.path, clock: TestClock(day: day, offset: offset))
    let accounts = try fixture.accounts()
    try await accounts.add(name: "ada", plan: "standard", key: fixture.ada, hashing: hashing)
    try await accounts.add(name: "bob", plan: "plus", key: fixture.bob, hashing: hashing)
    try await body(fixture)
  }

  /// Keys of even and of odd days, for both plans, all with truncated key IDs of their own.
  private static let storedKeys = Result {
    var issuers: [TokenIssuer] = []
    while issuers.count < 4 {
      let issuer = try TokenIssuer()
      let used = issuers.map(\.publicKey.truncatedTokenKeyID)
      if !used.contains(issuer.publicKey.truncatedTokenKeyID) { issuers.append(issuer) }
    }
    let texts = issuers.map { $0.withPKCS8PEMRepresentation { $0 } }
    return [Array(texts[0..<2]), Array(texts[2..<4])]
  }

  static func key(_ service: IssuerService, day: UInt64, plan: String = "standard") async throws -> IssuerPublicKey {
    let answer = await service.respond(to: WholeRequest(method: "GET", path: "/keys/\(day)"))
    try #require(answer.status == 200)
    return try #require(try PlanKeys(decoding: answer.body).keys.first { $0.plan == plan }).key
  }

  static func challenge(day: UInt64) throws -> TokenChallenge {
    try .cloister(issuerName: "issuer.test", originInfo: "gateway.test", issuerDay: day)
  }

  static func post(
    _ body: [UInt8], key: AccountKey, mediaType: String = "application/private-token-request"
  ) -> WholeRequest {
    post(body, bearer: key.hexadecimal, mediaType: mediaType)
  }

  static func post(
    _ body: [UInt8], bearer: String, mediaType: String = "application/private-token-request"
  ) -> WholeRequest {
    WholeRequest(
      method: "POST", path: "/token-request",
      fields: [HTTPField("content-type", mediaType), HTTPField("authorization", "Bearer \(bearer)")], body: body)
  }

  /// Draws one token as a client does: its status, and the token where it was issued.
  static func draw(
    _ service: IssuerService, account: AccountKey, key: IssuerPublicKey, day: UInt64
  ) async throws -> (status: Int, code: String?, token: Token?) {
    try await draw(service, bearer: account.hexadecimal, key: key, day: day)
  }

  static func draw(
    _ service: IssuerService, bearer: String, key: IssuerPublicKey, day: UInt64
  ) async throws -> (status: Int, code: String?, token: Token?) {
    let pending = try PendingToken(challenge: try challenge(day: day), key: key)
    let answer = await service.respond(to: post(pending.request.encoded, bearer: bearer))
    guard answer.status == 200 else { return (answer.status, code(answer), nil) }
    let response = try TokenResponse(decoding: answer.body)
    return (200, nil, try pending.finalize(response))
  }

  static func code(_ answer: WholeResponse) -> String? {
    let text = String(decoding: answer.body, as: UTF8.self)
    guard text.hasPrefix(#"{"code":""#), text.hasSuffix(#""}"#) else { return nil }
    return String(text.dropFirst(9).dropLast(2))
  }
}
