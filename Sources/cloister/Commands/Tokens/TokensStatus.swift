import ArgumentParser
import CloisterClient
import StrictJSON

struct TokensStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how many tokens are left, what the issuer failed at, and in how large a crowd tokens hide.",
    discussion: """
      Tokens are good on their issuer day and the next; older ones are spent first, and those of another plan of \
      service never. An issuer that signs with another key than the day's, or only a part of a draw, is refused and \
      listed here by code and day: report it to whoever publishes your trust policy.

      The crowd is the accounts of your plan that drew on one issuer day. Their number is what the operator said at \
      your last draw, of the day before it, rounded down to a power of two; nobody can check it.
      """)

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let clientState = try state.open()
      let holdings = try clientState.wallet.holdings()
      let events = try clientState.issuerEvents.all()
      let claim = try clientState.crowdClaim()
      if state.json {
        let crowd = claim.map { claim -> JSONValue in
          [
            "issuerDay": .integer(Int64(clamping: claim.issuerDay)),
            "operatorSaysAtLeast": .integer(Int64(clamping: claim.accountCount)),
          ]
        }
        CommandOutput.data(Self.json(holdings, events, crowd ?? .null))
        return
      }
      if holdings.isEmpty { CommandOutput.data("no tokens") }
      for holding in holdings {
        CommandOutput.data(
          "issuer day \(holding.issuerDay), plan \(holding.plan.name): \(holding.tokenCount) tokens")
      }
      for event in events {
        CommandOutput.data(
          event.code == ClientError.tokensDrawn
            ? "issuer day \(event.issuerDay): the issuer said that its tokens were drawn already"
            : "issuer day \(event.issuerDay): the issuer failed \(event.count) times with \(event.code)")
      }
      CommandOutput.note(CrowdNotice.text(claim))
    }
  }

  private static func json(_ holdings: [Wallet.Holding], _ events: [IssuerEvent], _ crowd: JSONValue) -> JSONValue {
    [
      "holdings": .array(
        holdings.map { holding in
          [
            "issuerDay": .integer(Int64(clamping: holding.issuerDay)), "plan": .string(holding.plan.name),
            "tokens": .integer(Int64(holding.tokenCount)),
          ]
        }),
      "issuerEvents": .array(
        events.map { event in
          [
            "issuerDay": .integer(Int64(clamping: event.issuerDay)), "code": .string(event.code.rawValue),
            "count": .integer(Int64(clamping: event.count)),
          ]
        }),
      "crowd": crowd,
      "limit": .string(CrowdNotice.text),
    ]
  }
}
