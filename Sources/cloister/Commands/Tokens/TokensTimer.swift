import ArgumentParser
import CloisterClient
import Foundation
import HTTPTransport
import StrictJSON

struct TokensTimer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timer",
    abstract: "Draw each issuer day's tokens at a random minute.",
    discussion: """
      Runs until it is interrupted, and draws once on each issuer day that begins while any task is granted, always \
      the same number, at a minute that was chosen at random before the day began. No request moves that minute or \
      causes a draw, so the issuer learns nothing about your requests from it.

      The issuer day under way when it is started for the first time is left alone: draw it by hand (cloister tokens \
      draw), and wait before you ask. The minute is kept in the state, so a restart changes nothing. Where the device \
      was off at the minute, or the draw failed, nothing is made up for on that day: a late draw would tell when the \
      device came on. A draw by hand takes the place of that day's draw.

      Meant for a systemd user service with Restart=on-failure:

        [Service]
        ExecStart=/usr/bin/cloister tokens timer
        Restart=on-failure
      """)

  @OptionGroup var state: StateOptions

  @OptionGroup var account: AccountOptions

  @Option(help: ArgumentHelp("Local address that connections start from.", valueName: "address"))
  var clientAddress: String?

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let clientState = try state.open()
      let exchange = SocketHTTPExchange(localAddress: clientAddress)
      let issuerExchange = SocketHTTPExchange(localAddress: clientAddress)
      var timer = DrawTimer(
        client: CloisterClient(
          state: clientState, exchange: exchange, issuerExchange: issuerExchange, account: account.accountCommand),
        clock: .system, generator: SystemRandomNumberGenerator(), sleep: Self.sleep)
      do {
        try await timer.run { show($0) }
      } catch {
        await exchange.shutdown()
        await issuerExchange.shutdown()
        throw error
      }
    }
  }

  /// The longest sleep, in seconds: the wall clock may be set, and the device may be suspended.
  private static let sleepLimit = 20.0

  @Sendable static func sleep(until time: Date) async throws {
    try await Task.sleep(for: .seconds(min(max(time.timeIntervalSinceNow, 0.05), sleepLimit)))
  }

  private func show(_ event: DrawTimer<SystemRandomNumberGenerator>.Event) {
    guard state.json else { return CommandOutput.note(Self.sentence(event)) }
    CommandOutput.data(Self.json(event))
  }

  static func sentence(_ event: DrawTimer<SystemRandomNumberGenerator>.Event) -> String {
    switch event {
    case .off: "no task is granted: nothing is drawn on the next issuer day unless one is before it begins"
    case .waiting(let time): "next draw at \(time.formatted(.iso8601))"
    case .drawn(let result):
      "\(result.drawnCount) tokens drawn for issuer day \(result.issuerDay), \(result.availableCount) available"
    case .drawnAlready(let day): "issuer day \(day) was drawn already"
    case .missed(let day): "issuer day \(day) is not drawn: its minute passed or was never chosen"
    case .failed(let day, let error): "issuer day \(day) is not drawn: \(error.code): \(error.message)"
    }
  }

  private static func json(_ event: DrawTimer<SystemRandomNumberGenerator>.Event) -> JSONValue {
    switch event {
    case .waiting(let time):
      return ["event": "waiting", "until": .integer(Int64(time.timeIntervalSince1970))]
    case .drawn(let result):
      return [
        "event": "drawn", "issuerDay": .integer(Int64(clamping: result.issuerDay)),
        "drawn": .integer(Int64(result.drawnCount)), "available": .integer(Int64(result.availableCount)),
      ]
    case .off: return ["event": "off"]
    case .drawnAlready(let day): return ["event": "drawn-already", "issuerDay": .integer(Int64(clamping: day))]
    case .missed(let day): return ["event": "missed", "issuerDay": .integer(Int64(clamping: day))]
    case .failed(let day, let error):
      return [
        "event": "failed", "issuerDay": .integer(Int64(clamping: day)), "code": .string(error.code.rawValue),
        "message": .string(error.message),
      ]
    }
  }
}
