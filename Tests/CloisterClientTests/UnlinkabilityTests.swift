import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import PrivacyPass
import TestDeployment
import Testing
import Trust

/// How well issuer and gateway together can tell whose request it is.
///
/// Two halves. Bytes: of real draws and requests, all that could tell clients apart is the same for everyone, or
/// unrelated to what the issuer saw when it signed. Times and sizes: thousands of simulated clients, whose bytes are
/// left out because the first half shows that they add nothing, against a guess by maximum likelihood.
@Suite("Unlinkability, measured")
struct UnlinkabilityTests {
  /// The success of the attacker, times the number of clients that drew on the token's day.
  private static let bound = 3.0

  /// On a thread outside Swift's pool, which has few: for most of a minute nothing else would run there.
  private static func measure(
    _ change: (inout DrawDaySimulation.Parameters) -> Void = { _ in }, seed: UInt64
  ) async -> (value: Double, requestCount: Int, crowd: Int) {
    var parameters = DrawDaySimulation.Parameters()
    change(&parameters)
    return await withCheckedContinuation { [parameters] continuation in
      DispatchQueue.global().async { continuation.resume(returning: measured(parameters, seed: seed)) }
    }
  }

  private static func measured(
    _ parameters: DrawDaySimulation.Parameters, seed: UInt64
  ) -> (value: Double, requestCount: Int, crowd: Int) {
    let guesser = AccountGuesser(training: DrawDaySimulation(parameters, seed: seed))
    let simulation = DrawDaySimulation(parameters, seed: seed &+ 1_000)
    let (value, requestCount) = guesser.successTimesCrowd(simulation)
    print("unlinkability, seed \(seed): success times crowd is \(value) over \(requestCount) requests")
    return (value, requestCount, simulation.crowd(of: parameters.dayCount - 1))
  }

  @Test("by time, size and token key the best guess is right for at most 3 in N requests", arguments: [1, 2, 3])
  func bounded(seed: UInt64) async {
    let (value, requestCount, crowd) = await Self.measure(seed: seed)
    #expect(crowd > 1_500)
    #expect(requestCount > 20_000)
    #expect(value <= Self.bound, "success times crowd is \(value)")
  }

  @Test("the bound holds too where tokens run out, so that many requests use tokens of their own day")
  func scarce() async {
    let (value, requestCount, _) = await Self.measure({ $0.tokensPerDay = 3 }, seed: 4)
    #expect(requestCount > 10_000)
    #expect(value <= Self.bound, "success times crowd is \(value)")
  }

  @Test("control: where clients draw right before they ask, the same attacker succeeds")
  func drawBeforeRequest() async {
    let (value, _, crowd) = await Self.measure(
      {
        $0.drawsBeforeRequest = true
        $0.tokensPerDay = 2
      }, seed: 5)
    #expect(value > 0.1 * Double(crowd), "success times crowd is \(value), the crowd \(crowd)")
  }

  // MARK: Bytes

  /// What issuer and gateway saw of one client's draw and request.
  private struct Sight {
    let draw: WholeRequest
    let outer: WholeRequest
    let authorization: String
  }

  private static func sight(_ client: ClientFixture) async throws -> Sight {
    _ = try await client.client.drawTokens()
    _ = try await client.summarize()
    let posts = client.parties.arrivals.filter { $0.request.method == "POST" }
    return Sight(
      draw: try #require(posts.first?.request), outer: try #require(posts.last?.request),
      authorization: try #require(client.parties.authorizations.first))
  }

  @Test("of real draws and requests, fields, sizes, key and challenge are the same for every client")
  func constantBytes() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    var sights: [Sight] = []
    for _ in 0..<8 {
      let client = try ClientFixture(
        harness.fixture, time: harness.fixture.time(in: ClientHarness.epoch), tokenCount: 0)
      client.parties.serve(harness.file, epoch: ClientHarness.epoch)
      sights.append(try await Self.sight(client))
    }
    let first = try #require(sights.first)
    for sight in sights {
      #expect(sight.draw.fields == first.draw.fields)
      #expect(sight.draw.path == first.draw.path)
      #expect(sight.draw.body.count == first.draw.body.count)
      #expect(sight.outer.fields == first.outer.fields)
      #expect(sight.outer.body.count == first.outer.body.count)
      #expect(sight.authorization.count == first.authorization.count)
      let (token, other) = (try Self.token(sight), try Self.token(first))
      #expect(token.tokenType == other.tokenType)
      #expect(token.challengeDigest == other.challengeDigest)
      #expect(token.tokenKeyID == other.tokenKeyID)
    }
    #expect(Set(try sights.map { try Self.token($0).nonce }).count == sights.count)
  }

  private static func token(_ sight: Sight) throws -> Token {
    try PrivateTokenAuthorization.token(fieldValue: sight.authorization)
  }

  /// One finished token, and what the issuer saw and answered when it signed it.
  private struct Issuance {
    let seen: [UInt8]
    let answered: [UInt8]
    let token: Token
  }

  /// Ranks accounts by how many bits two of their bytes have in common with the token's, in every pairing.
  private static func guess(_ token: Token, among issuances: [Issuance], _ pairing: Int) -> Int? {
    let parts = [token.nonce, token.authenticator, Array(token.authenticator.reversed()), token.digest]
    let part = parts[pairing % parts.count]
    return issuances.indices.max { left, right in
      let (seen, other) =
        pairing < parts.count
        ? (issuances[left].seen, issuances[right].seen) : (issuances[left].answered, issuances[right].answered)
      return commonBits(part, seen) < commonBits(part, other)
    }
  }

  private static func commonBits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    zip(left, right).reduce(0) { $0 + 8 - ($1.0 ^ $1.1).nonzeroBitCount }
  }

  @Test("of real blind signatures, nothing that the issuer saw resembles the token that comes of it", arguments: 0..<8)
  func unrelatedBytes(_ pairing: Int) throws {
    let issuances = try Self.issuances.get()
    let hits = issuances.indices.count { Self.guess(issuances[$0].token, among: issuances, pairing) == $0 }
    // One hit is expected of a guess at random; twelve or more happen once in a billion runs.
    #expect(hits < 12)
    let digests = issuances.map(\.token.digest)
    #expect(Set(digests).count == issuances.count)
  }

  private static let issuances = Result {
    let fixture = try DeploymentFixture.shared.get()
    let challenge = try TokenChallenge.cloister(
      issuerName: fixture.policy.issuer.name, originInfo: DeploymentFixture.origin, issuerDay: 2)
    return try (0..<256).map { _ in
      let pending = try PendingTokenBatch(count: 1, challenge: challenge, key: fixture.issuer.publicKey)
      let request = pending.request
      let response = fixture.issuer.issue(request)
      let token = try #require(try pending.finalize(response).first)
      return Issuance(
        seen: request.requests[0].blindedMessage, answered: try #require(response.responses[0]).encoded, token: token)
    }
  }
}
