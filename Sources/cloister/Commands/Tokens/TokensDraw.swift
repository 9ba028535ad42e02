import ArgumentParser
import CloisterClient
import Foundation
import HTTPTransport
import StrictJSON

struct TokensDraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw",
    abstract: "Draw this issuer day's tokens.",
    discussion: """
      The issuer learns that your account draws, when, and from which address. It signs blindly: nobody can tell later \
      which account a token came from. A request soon after the draw can still be linked to it in time. A request \
      itself never draws: with no token left it is refused (wallet-empty).
      """)

  @OptionGroup var state: StateOptions

  @Option(
    help: ArgumentHelp("File with the account key that the operator gave you; kept in the state.", valueName: "file"))
  var accountKey: String?

  @OptionGroup var account: AccountOptions

  @Option(help: ArgumentHelp("Local address that connections start from.", valueName: "address"))
  var clientAddress: String?

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let clientState = try state.open()
      if let accountKey {
        let text = String(decoding: try InputFile.bytes(accountKey, byteLimit: 16 << 10), as: UTF8.self)
        try clientState.keepAccountKey(text.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      let exchange = SocketHTTPExchange(localAddress: clientAddress)
      let issuerExchange = SocketHTTPExchange(localAddress: clientAddress)
      let client = CloisterClient(
        state: clientState, exchange: exchange, issuerExchange: issuerExchange, account: account.accountCommand)
      do {
        show(
          try await withProgress("drawing tokens") { try await client.drawTokens() },
          CrowdNotice.text(try clientState.crowdClaim()))
      } catch {
        await exchange.shutdown()
        await issuerExchange.shutdown()
        throw error
      }
      await exchange.shutdown()
      await issuerExchange.shutdown()
    }
  }

  private func show(_ result: TokenDrawResult, _ crowdNotice: String) {
    if state.json {
      CommandOutput.data([
        "issuerDay": .integer(Int64(clamping: result.issuerDay)), "drawn": .integer(Int64(result.drawnCount)),
        "available": .integer(Int64(result.availableCount)),
      ])
      return
    }
    CommandOutput.data(
      "\(result.drawnCount) tokens drawn for issuer day \(result.issuerDay), \(result.availableCount) available")
    CommandOutput.note("A request soon after this draw can be linked to it in time. " + crowdNotice)
  }
}
