import CloisterClient
import ErrorCodes
import Foundation
import PrivacyPass
import TestDeployment
import Testing

/// A process that ends at one step of a change, and what the next one finds.
@Suite("The wallet after a crash")
struct WalletCrashTests {
  private static let day: UInt64 = 7

  private static func temporary(tokenCount: Int) throws -> TemporaryState {
    let temporary = TemporaryState()
    let wallet = try temporary.open().wallet
    for _ in 0..<tokenCount { try wallet.keepOne(ofDay: day) }
    return temporary
  }

  private static func claimAll(_ temporary: TemporaryState) throws -> [String] {
    let wallet = try temporary.open().wallet
    var claimed: [String] = []
    while let authorization = try? wallet.claim(goodOn: day).presented().authorization { claimed.append(authorization) }
    return claimed
  }

  @Test("a token is given only after the file without it is on the disk in the old one's place, and the folder too")
  func order() throws {
    for (count, expected) in [
      (2, [.made, .written, .synchronized, .renamed, .folderSynchronized]), (1, [.removed, .folderSynchronized]),
    ] as [(Int, [StateWriteStep])] {
      let temporary = try Self.temporary(tokenCount: count)
      let crash = WalletCrash()
      let token = try crash.state(temporary.path).wallet.claim(goodOn: Self.day)
      #expect(crash.doneSteps == expected)
      _ = token.presented().authorization
    }
  }

  @Test("a crash at any step of a claim gives no token, and the next process gives none twice", arguments: 1...5)
  func claim(_ step: Int) throws {
    let temporary = try Self.temporary(tokenCount: 3)
    let sent = try temporary.open().wallet.claim(goodOn: Self.day).presented().authorization
    #expect(code { _ = try WalletCrash(after: step).state(temporary.path).wallet.claim(goodOn: Self.day) } != nil)
    let rest = try Self.claimAll(temporary)
    #expect(rest.count == (step < 4 ? 2 : 1))
    #expect(Set(rest + [sent]).count == rest.count + 1)
  }

  @Test("a crash at any step of the last claim gives no token, and the next process gives none", arguments: 1...2)
  func lastClaim(_ step: Int) throws {
    let temporary = try Self.temporary(tokenCount: 1)
    #expect(code { _ = try WalletCrash(after: step).state(temporary.path).wallet.claim(goodOn: Self.day) } != nil)
    #expect(try Self.claimAll(temporary).isEmpty)
  }

  @Test("a crash at any step of a draw keeps all of its tokens or none", arguments: 1...5)
  func keep(_ step: Int) throws {
    let temporary = try Self.temporary(tokenCount: 1)
    let fixture = try DeploymentFixture.shared.get()
    let tokens = try (0..<3).map { _ in try ClientFixture.token(fixture, issuerDay: Self.day) }
    #expect(
      code {
        try WalletCrash(after: step).state(temporary.path).wallet.keep(
          tokens, issuerDay: Self.day, plan: DeploymentFixture.tokenPlan)
      } != nil)
    #expect(try Self.claimAll(temporary).count == (step < 4 ? 1 : 4))
  }

  @Test("what a crash left aside is never read, and gone after the next draw")
  func leftovers() async throws {
    let client = try ClientHarness(tokenCount: 2).client
    let folder = client.path + "/wallet/"
    #expect(code { _ = try WalletCrash(after: 3).state(client.path).wallet.claim(goodOn: 2) } != nil)
    #expect(try Self.hidden(folder) == 1)
    try Data([1]).write(to: URL(fileURLWithPath: folder + "left-by-an-earlier-version.token"))
    #expect(try client.state.wallet.tokenCounts() == [2: 2])
    _ = try await client.client.drawTokens()
    #expect(try Self.hidden(folder) == 0)
    #expect(!FileManager.default.fileExists(atPath: folder + "left-by-an-earlier-version.token"))
    #expect(try client.state.wallet.tokenCounts() == [2: 2 + Int(DeploymentFixture.tokensPerDay)])
  }

  private static func hidden(_ folder: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: folder).count { $0.hasPrefix(".") && $0 != ".lock" }
  }
}
