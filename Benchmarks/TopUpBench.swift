import ArgumentParser
import CloisterClient
import Foundation
import HTTPMessages
import PrivacyPass
import Synchronization
import TestDeployment
import Trust

/// A wallet's top-up through the SDK, from the call to tokens that lie sealed on the disk.
struct TopUpBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topup", abstract: "Draw a day's tokens into an empty wallet, and time the client's part.",
    discussion: """
      One draw as `cloister tokens draw` makes it: the bundle is fetched and verified, tokens are blinded, drawn,
      finalized, verified and written. The parties answer in memory; what they take is not the client's time. Bars: one
      round trip to the issuer, 150 ms.
      """)

  @Option(help: "Tokens of one draw.")
  var tokens = 100

  @Option(help: "Draws; the median counts.")
  var rounds = 11

  mutating func run() async throws {
    var fixture = try DeploymentFixture.shared.get()
    fixture.policy.issuer.tokensPerDay = UInt64(tokens)
    let file = try fixture.publish(fixture.plan())
    var sample = Sample()
    var roundTrips = 0
    for _ in 0..<rounds {
      let client = try ClientFixture(fixture, time: fixture.time(in: DeploymentFixture.firstEpoch), tokenCount: 0)
      client.parties.serve(file, epoch: DeploymentFixture.firstEpoch)
      let exchange = TimedExchange(client.parties)
      let time = fixture.time(in: DeploymentFixture.firstEpoch)
      let drawing = CloisterClient(
        state: client.state, exchange: exchange, issuerExchange: exchange, clock: ClientClock { time })
      let start = ContinuousClock.now
      let result = try await drawing.drawTokens()
      sample.add(ContinuousClock.now - start - exchange.elapsed)
      guard result.drawnCount == tokens, result.availableCount == tokens else {
        throw ValidationError("a draw did not bring its tokens")
      }
      roundTrips = max(roundTrips, exchange.drawCount)
    }
    print(
      "top-up of \(tokens) tokens: \(roundTrips) round trip to the issuer (bar 1), median "
        + "\(sample.median.millisecondText) of client time (\(sample.range.least.millisecondText) to "
        + "\(sample.range.most.millisecondText)), bar 150 ms")
  }
}

/// Notes how long the parties take, and how often the issuer is asked.
private final class TimedExchange: StreamingHTTPExchange {
  private let parties: any StreamingHTTPExchange
  private let taken = Mutex((elapsed: Duration.zero, drawCount: 0))

  init(_ parties: any StreamingHTTPExchange) { self.parties = parties }

  var elapsed: Duration { taken.withLock { $0.elapsed } }
  var drawCount: Int { taken.withLock { $0.drawCount } }

  func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    let start = ContinuousClock.now
    let answer = try await parties.send(request, to: server, bodyLimit: bodyLimit)
    taken.withLock { taken in
      taken.elapsed += ContinuousClock.now - start
      if server == DeploymentFixture.issuerServer { taken.drawCount += 1 }
    }
    return answer
  }

  /// A draw asks nothing that streams.
  func stream(_ request: StreamedRequest, to server: String) async throws(HTTPExchangeError) -> StreamedResponse {
    try await parties.stream(request, to: server)
  }
}
