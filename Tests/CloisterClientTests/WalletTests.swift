import CloisterClient
import ErrorCodes
import Foundation
import PrivacyPass
import TestDeployment
import Testing

@Suite("The wallet")
struct WalletTests {
  private static let day: UInt64 = 7

  private static func wallet(_ temporary: TemporaryState, tokensOfDays days: [UInt64]) throws -> Wallet {
    let fixture = try DeploymentFixture.shared.get()
    let wallet = try temporary.open().wallet
    for day in days { try wallet.keep(try ClientFixture.token(fixture, issuerDay: day), issuerDay: day) }
    return wallet
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
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path + "/wallet").isEmpty)
    #expect(token.authorization().hasPrefix("PrivateToken token="))
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

  @Test("a token that a crash left half claimed is never given again")
  func halfClaimed() throws {
    let temporary = TemporaryState()
    let wallet = try Self.wallet(temporary, tokensOfDays: [Self.day])
    let folder = temporary.path + "/wallet/"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    try FileManager.default.moveItem(atPath: folder + name, toPath: folder + "claimed-" + name)
    #expect(code { _ = try wallet.claim(goodOn: Self.day) } == ClientError.walletEmpty)
    #expect(try wallet.tokenCounts().isEmpty)
  }

  @Test("processes that claim at once never get the same token")
  func concurrentClaims() async throws {
    let temporary = TemporaryState()
    _ = try Self.wallet(temporary, tokensOfDays: Array(repeating: Self.day, count: 12))
    let authorizations = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var claimed: [String] = []
          guard let wallet = try? ClientState(path: temporary.path).wallet else { return claimed }
          while let authorization = try? wallet.claim(goodOn: Self.day).authorization() {
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
}
