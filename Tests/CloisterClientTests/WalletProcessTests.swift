import CloisterClient
import Foundation
import PrivacyPass
import TestDeployment
import TestSupport
import Testing

/// What the wallet promises between processes, with real ones.
@Suite("The wallet between processes")
struct WalletProcessTests {
  private static let day: UInt64 = 7

  /// A wallet of random tokens: it keeps them without asking who signed them.
  private static func temporary(tokenCount: Int) throws -> TemporaryState {
    let temporary = TemporaryState()
    var generator = SystemRandomNumberGenerator()
    let tokens = try (0..<tokenCount).map { _ in
      try Token(decoding: [0, 2] + (2..<Token.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
    try temporary.open().wallet.keep(tokens, issuerDay: day, plan: DeploymentFixture.tokenPlan)
    return temporary
  }

  /// What several processes sent at once.
  private static func all(
    _ processes: [ClaimerProcess], _ sent: @escaping @Sendable (ClaimerProcess) async -> [String]
  ) async -> [String] {
    await withTaskGroup(of: [String].self) { group in
      for process in processes { group.addTask { await sent(process) } }
      return await group.reduce(into: []) { $0 += $1 }
    }
  }

  @Test("many processes that claim from one wallet never send the same token")
  func race() async throws {
    let temporary = try Self.temporary(tokenCount: 240)
    let processes = try (0..<8).map { _ in try ClaimerProcess(temporary.path, day: Self.day) }
    let sent = await Self.all(processes) { await $0.sentUntilItEnds() }
    #expect(sent.count == 240)
    #expect(Set(sent).count == 240)
    #expect(try temporary.open().wallet.holdings().isEmpty)
  }

  @Test("what a killed process sent is never sent again, and each kill loses one token at most")
  func killed() async throws {
    let temporary = try Self.temporary(tokenCount: 3_000)
    var sent: [String] = []
    var killCount = 0
    for round in 1...6 {
      let processes = try (0..<3).map { _ in try ClaimerProcess(temporary.path, day: Self.day) }
      sent += await Self.all(processes) { await $0.sentUntilKilled(afterByteCount: round * 700) }
      killCount += processes.count
    }
    let last = try ClaimerProcess(temporary.path, day: Self.day)
    let rest = await last.sentUntilItEnds()
    // Else the killed ones had ended by themselves, and nothing was shown.
    #expect(!rest.isEmpty)
    sent += rest
    #expect(Set(sent).count == sent.count)
    #expect(sent.count >= 3_000 - killCount)
    #expect(try temporary.open().wallet.holdings().isEmpty)
  }
}

/// `wallet-claimer` as a process of its own.
private struct ClaimerProcess: Sendable {
  private let process: ChildProcess

  init(_ state: String, day: UInt64) throws {
    let plan = DeploymentFixture.tokenPlan
    process = try ChildProcess(
      CommandRun.folder.appendingPathComponent("wallet-claimer").path,
      [state, String(day), plan.issuerName, plan.origin, plan.name])
  }

  /// The tokens that it sent, until no token is left.
  func sentUntilItEnds() async -> [String] {
    let bytes = await process.readToEnd()
    await process.wait()
    return Self.tokens(bytes)
  }

  /// Ends it with SIGKILL once it has sent so much.
  func sentUntilKilled(afterByteCount limit: Int) async -> [String] {
    var bytes: [UInt8] = []
    while bytes.count < limit, case let more = await process.read(), !more.isEmpty { bytes += more }
    process.kill()
    bytes += await process.readToEnd()
    await process.wait()
    return Self.tokens(bytes)
  }

  /// Each token by the beginning of its line, type and nonce: the last line may have been cut, and was sent all the same.
  private static func tokens(_ bytes: [UInt8]) -> [String] {
    let prefixLength = #"PrivateToken token=""#.utf8.count + 48
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { String($0.prefix(prefixLength)) }
      .filter { $0.utf8.count == prefixLength }
  }
}
