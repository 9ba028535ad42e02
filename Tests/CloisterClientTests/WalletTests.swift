import CloisterClient
import Crypto
import ErrorCodes
import Foundation
import PrivacyPass
import TestDeployment
import Testing

@Suite("The wallet")
struct WalletTests {
  private static let day: UInt64 = 7
  private static let otherPlan = TokenPlan(
    issuerName: DeploymentFixture.tokenPlan.issuerName, origin: DeploymentFixture.origin, name: "large")

  private static func wallet(_ temporary: TemporaryState, tokensOfDays days: [UInt64]) throws -> Wallet {
    let wallet = try temporary.open().wallet
    for day in days { try wallet.keepOne(ofDay: day) }
    return wallet
  }

  private static func files(_ temporary: TemporaryState) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: temporary.path + "/wallet").filter { $0 != ".lock" }
  }

  @Test("an empty wallet is refused")
  func empty() throws {
    let temporary = TemporaryState()
    let wallet = try temporary.open().wallet
    #expect(code { _ = try wallet.claim(goodOn: Self.day) } == ClientError.walletEmpty)
  }

  @Test("a token is gone from the disk before it can be sent")
  func erased() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokensOfDays: [Self.day])
    let token = try wallet.claim(goodOn: Self.day)
    #expect(try Self.files(temporary).isEmpty)
    #expect(token.presented().authorization.hasPrefix("PrivateToken token="))
  }

  @Test("a crash between erasing and sending loses the token, and never gives it twice")
  func crash() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokensOfDays: [Self.day])
    // The process ends here: nothing was sent.
    _ = try wallet.claim(goodOn: Self.day)
    let next = try temporary.open().wallet
    #expect(code { _ = try next.claim(goodOn: Self.day) } == ClientError.walletEmpty)
  }

  @Test("no file of the wallet holds a token in clear, and each is readable by its owner alone")
  func sealed() throws {
    let temporary = TemporaryState()
    let wallet = try temporary.open().wallet
    let token = try ClientFixture.token(try DeploymentFixture.shared.get(), issuerDay: Self.day)
    try wallet.keep([token], issuerDay: Self.day, plan: DeploymentFixture.tokenPlan)
    for name in try Self.files(temporary) {
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: temporary.path + "/wallet/" + name)))
      for part in [token.nonce, token.challengeDigest, token.tokenKeyID, Array(token.authenticator.prefix(32))] {
        #expect(bytes.firstRange(of: part) == nil)
      }
    }
    for path in ["/wallet/" + (try #require(try Self.files(temporary).first)), "/wallet.key"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: temporary.path + path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test("a file that was changed, or took another's name, is refused", arguments: [0, 1, 20, 200, -1])
  func changed(_ offset: Int) throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokensOfDays: [Self.day])
    let file = URL(fileURLWithPath: temporary.path + "/wallet/" + (try #require(try Self.files(temporary).first)))
    var bytes = try Data(contentsOf: file)
    bytes[offset < 0 ? bytes.count + offset : offset] ^= 1
    try bytes.write(to: file)
    #expect(code { _ = try wallet.claim(goodOn: Self.day) } == ClientError.walletDamaged)
  }

  @Test("a file under another day's name is refused")
  func renamed() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokensOfDays: [Self.day])
    let folder = temporary.path + "/wallet/"
    let name = try #require(try Self.files(temporary).first)
    let tomorrow = name.replacingOccurrences(of: "00\(Self.day)-", with: "00\(Self.day + 1)-")
    try FileManager.default.moveItem(atPath: folder + name, toPath: folder + tomorrow)
    #expect(code { _ = try wallet.claim(goodOn: Self.day + 1) } == ClientError.walletDamaged)
  }

  @Test("without its key a wallet with tokens is refused, and gets no new key")
  func keyMissing() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokensOfDays: [Self.day])
    try FileManager.default.removeItem(atPath: temporary.path + "/wallet.key")
    #expect(code { _ = try wallet.claim(goodOn: Self.day) } == ClientError.walletKeyMissing)
    #expect(code { try wallet.keepOne(ofDay: Self.day + 1) } == ClientError.walletKeyMissing)
  }

  /// What a platform's key store would be.
  private struct FixedKey: WalletKeySource {
    func existingKey() throws(ClientError) -> SymmetricKey? { SymmetricKey(data: [UInt8](repeating: 5, count: 32)) }
    func makeKey() throws(ClientError) -> SymmetricKey {
      throw ClientError(ClientError.stateUnusable, "the key is there already")
    }
  }

  @Test("another key source takes the file's place")
  func otherKeySource() throws {
    let temporary = TemporaryState()
    let wallet = try ClientState(path: temporary.path, walletKey: FixedKey()).wallet
    try wallet.keepOne(ofDay: Self.day)
    #expect(!FileManager.default.fileExists(atPath: temporary.path + "/wallet.key"))
    #expect(try wallet.tokenCounts() == [Self.day: 1])
    let other = try temporary.open().wallet
    #expect(code { _ = try other.tokenCounts() } == ClientError.walletKeyMissing)
  }

  @Test("processes that claim at once never get the same token")
  func concurrentClaims() async throws {
    let temporary = TemporaryState()
    _ = try Self.wallet(temporary, tokensOfDays: Array(repeating: Self.day, count: 12))
    let authorizations = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var claimed: [String] = []
          // Each opens the state for itself, and so locks by a descriptor of its own, as another process does.
          guard let wallet = try? ClientState(path: temporary.path).wallet else { return claimed }
          while let authorization = try? wallet.claim(goodOn: Self.day).presented().authorization {
            claimed.append(authorization)
          }
          return claimed
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(authorizations.count == 12)
    #expect(Set(authorizations).count == 12)
  }

  @Test("tokens that are added while others are claimed are all there")
  func concurrentKeeping() async throws {
    let temporary = TemporaryState()
    _ = try Self.wallet(temporary, tokensOfDays: Array(repeating: Self.day, count: 8))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for round in 0..<16 {
        group.addTask {
          let wallet = try ClientState(path: temporary.path).wallet
          if round % 2 == 0 { try wallet.keepOne(ofDay: Self.day) } else { _ = try wallet.claim(goodOn: Self.day) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try temporary.open().wallet.tokenCounts() == [Self.day: 8])
  }

  @Test("tokens of the day before are spent first")
  func olderFirst() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokensOfDays: [Self.day, Self.day - 1])
    _ = try wallet.claim(goodOn: Self.day)
    #expect(try wallet.tokenCounts() == [Self.day: 1])
  }

  @Test("tokens of other days are not good", arguments: [WalletTests.day - 2, WalletTests.day + 1])
  func otherDays(_ day: UInt64) throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokensOfDays: [day])
    #expect(try wallet.tokenCount(goodOn: Self.day) == 0)
    #expect(code { _ = try wallet.claim(goodOn: Self.day) } == ClientError.walletEmpty)
  }

  @Test("tokens of different plans never mix")
  func plans() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokensOfDays: [Self.day])
    #expect(code { _ = try wallet.claim(goodOn: Self.day, plan: Self.otherPlan) } == ClientError.walletEmpty)
    try wallet.keepOne(ofDay: Self.day - 1, plan: Self.otherPlan)
    _ = try wallet.claim(goodOn: Self.day)
    #expect(code { _ = try wallet.claim(goodOn: Self.day) } == ClientError.walletEmpty)
    #expect(try wallet.tokenCount(goodOn: Self.day, plan: Self.otherPlan) == 1)
    #expect(try wallet.holdings().map(\.plan.name) == ["large"])
  }
}

extension Wallet {
  func claim(goodOn issuerDay: UInt64) throws(ClientError) -> ClaimedToken {
    try claim(goodOn: issuerDay, plan: DeploymentFixture.tokenPlan)
  }

  func keepOne(ofDay day: UInt64, plan: TokenPlan = DeploymentFixture.tokenPlan) throws {
    let token = try ClientFixture.token(try DeploymentFixture.shared.get(), issuerDay: day)
    try keep([token], issuerDay: day, plan: plan)
  }
}
