import CloisterClient
import PrivacyPass

extension FuzzTarget {
  static let cloisterClient = [
    FuzzTarget("wallet-file", seeds: { WalletFixture.contents }) { bytes in
      guard let file = try? WalletFile(decoding: bytes, name: WalletFixture.name) else { return }
      claim(file.content == bytes, "a wallet file's content encodes to its bytes")
      claim(file.name == WalletFixture.name, "a wallet file is of the plan and day of its name")
      claim(file.tokens.count <= WalletFile.tokenLimit, "tokens are bounded")
      claim(file.tokens.allSatisfy { $0.count == Token.byteCount }, "tokens are whole")
    },
    FuzzTarget("wallet-file-name", maximumByteCount: 80, seeds: { [Array(WalletFixture.name.utf8)] }) { bytes in
      guard let name = text(bytes), let day = WalletFile.issuerDay(ofName: name) else { return }
      let digits = String(day)
      claim(
        name.hasPrefix(String(repeating: "0", count: 20 - digits.count) + digits), "a name says its day in one form")
    },
  ]
}

private enum WalletFixture {
  private static let plan = TokenPlan(issuerName: "issuer.test", origin: "operator.test", name: "standard")

  static let name = WalletFile.name(issuerDay: 7, plan: plan)

  static let contents: [[UInt8]] = (0...2).map { count in
    WalletFile(
      issuerDay: 7, plan: plan,
      tokens: (0..<count).map { [UInt8](repeating: UInt8($0), count: Token.byteCount) }
    ).content
  }
}
