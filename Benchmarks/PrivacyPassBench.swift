import ArgumentParser
import CryptoExtras
import Foundation
import PrivacyPass

/// Issuing in batches against the bare private operation of the same library, over all cores, and what a draw of tokens
/// costs the client.
struct PrivacyPassBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens", abstract: "Issue and draw tokens, as ratios to the bare RSA operations.",
    discussion: """
      Issuing: from the bytes of a batched request to those of its response, in batches of 32 on every core; at least 0.9
      of the rate of the bare private operation. Client: blinding and finalizing one draw on one core; below 150 ms.
      """)

  @Option(help: "Tokens of one batch at the issuer.")
  var batchCount = 32

  @Option(help: "Tokens of one draw at the client.")
  var drawCount = 100

  @Option(help: "Batches per core and round.")
  var batches = 8

  @Option(help: "Rounds, of which the median counts.")
  var rounds = 11

  mutating func run() async throws {
    let issuer = try TokenIssuer()
    let challenge = try TokenChallenge.cloister(issuerName: "issuer.test", originInfo: "gateway.test", issuerDay: 1)
    try await printIssuing(issuer, challenge)
    try printDraw(issuer, challenge)
    try printVOPRF(challenge)
  }

  private func printIssuing(_ issuer: TokenIssuer, _ challenge: TokenChallenge) async throws {
    let batch = try PendingTokenBatch(count: batchCount, challenge: challenge, key: issuer.publicKey).request
    let encoded = batch.encoded
    let messages = batch.requests.map(\.blindedMessage)
    let bareKey = try issuer.withPKCS8PEMRepresentation {
      try _RSA.BlindSigning.PrivateKey(pemRepresentation: $0, parameters: .RSABSSA_SHA384_PSS_Deterministic)
    }
    var ours = Sample()
    var bare = Sample()
    // One after the other in each round, so that both see the same machine.
    for _ in 0..<rounds {
      bare.add(
        try await onAllCores {
          for message in messages { use(try bareKey.blindSignature(for: message)) }
        })
      ours.add(try await onAllCores { use(issuer.issue(try BatchedTokenRequest(decoding: encoded)).encoded) })
    }
    let tokenCount = Double(batchCount * batches * ProcessInfo.processInfo.activeProcessorCount)
    print(
      "issuing in batches of \(batchCount) over \(ProcessInfo.processInfo.activeProcessorCount) cores: "
        + "\(Int(tokenCount / ours.median.microseconds * 1e6))/s; bare private operation "
        + "\(Int(tokenCount / bare.median.microseconds * 1e6))/s; ratio of the rates "
        + "\(Duration.ratio(bare.median, ours.median)), bar 0.9")
  }

  /// The time until every core has run `body` as often as there are batches in a round.
  private func onAllCores(_ body: @Sendable @escaping () throws -> Void) async throws -> Duration {
    let count = batches
    let clock = ContinuousClock()
    let start = clock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
        group.addTask { for _ in 0..<count { try body() } }
      }
      try await group.waitForAll()
    }
    return clock.now - start
  }

  private func printDraw(_ issuer: TokenIssuer, _ challenge: TokenChallenge) throws {
    var blinding = Sample()
    var finalizing = Sample()
    let clock = ContinuousClock()
    for _ in 0..<rounds {
      let start = clock.now
      let pending = try PendingTokenBatch(count: drawCount, challenge: challenge, key: issuer.publicKey)
      let request = pending.request.encoded
      blinding.add(clock.now - start)
      let response = issuer.issue(try BatchedTokenRequest(decoding: request)).encoded
      let second = clock.now
      use(try pending.finalize(try BatchedTokenResponse(decoding: response)))
      finalizing.add(clock.now - second)
    }
    print(
      "client, a draw of \(drawCount) tokens: \((blinding.median + finalizing.median).millisecondText), of which "
        + "\(blinding.median.millisecondText) before and \(finalizing.median.millisecondText) after the one round trip; "
        + "bar 150 ms")
  }

  private func printVOPRF(_ blindRSAChallenge: TokenChallenge) throws {
    let issuer = try VOPRFTokenIssuer()
    let challenge = try TokenChallenge(
      tokenType: .voprfP384, issuerName: blindRSAChallenge.issuerName, redemptionContext: [], originInfo: [])
    let request = try PendingToken(challenge: challenge, key: issuer.publicKey).request
    let issuing = try Sample.perCall(rounds: rounds, calls: 10) { use(try issuer.issue(request)) }
    let drawing = try Sample.perCall(rounds: rounds, calls: 10) {
      let pending = try PendingToken(challenge: challenge, key: issuer.publicKey)
      let response = try issuer.issue(pending.request)
      use(try pending.finalize(response))
    }
    let pending = try PendingToken(challenge: challenge, key: issuer.publicKey)
    let response = try issuer.issue(pending.request)
    let token = try pending.finalize(response)
    let redeeming = try Sample.perCall(rounds: rounds, calls: 10) { try issuer.verify(token, challenge: challenge) }
    print(
      "type 0x0001: issuing \(issuing.microsecondText), client \((drawing - issuing).microsecondText), redeeming "
        + "\(redeeming.microsecondText)")
  }
}
