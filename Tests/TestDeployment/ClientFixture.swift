public import CloisterClient
public import ErrorCodes
public import Foundation
public import PrivacyPass
public import Trust

/// A client whose person opted in, trusts the fixture's policy and holds tokens; its state lies in a folder of its own
/// that goes away with it.
public final class ClientFixture: Sendable {
  /// A chat in which a word stands that is nowhere else.
  public static let marker = "Quittenmarmelade"
  public static let chat = """
    12/03/2026, 09:15 - Ana: Shall we meet on Friday at 18:00?
    12/03/2026, 09:16 - Ben: Yes. I bring the \(marker).
    12/03/2026, 09:17 - Ana: Great, please also bring plates.

    """

  public let parties: InMemoryParties
  public let path: String
  public let state: ClientState
  public let client: CloisterClient

  /// - Parameters:
  ///   - time: the client's clock.
  ///   - policy: the signed policy that it trusts; the fixture's own by default.
  public init(
    _ fixture: DeploymentFixture, time: Date, policy: Statement? = nil, tokenCount: Int = 2
  ) throws {
    parties = InMemoryParties(fixture)
    path = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-\(UUID().uuidString)").path
    state = try ClientState(path: path)
    try state.policies.trust(try TrustedPolicy(published: policy ?? fixture.signedPolicy()))
    try state.consent.change { $0.grant("summarize") }
    try state.keepAccountKey("account-key")
    let day = try fixture.epochs.issuerDay(of: fixture.epochs.epoch(at: time))
    try state.wallet.keep(
      try (0..<tokenCount).map { _ in try Self.token(fixture, issuerDay: day) }, issuerDay: day,
      plan: DeploymentFixture.tokenPlan)
    client = CloisterClient(state: state, exchange: parties, issuerExchange: parties, clock: ClientClock { time })
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Another process with the same state, at another time.
  public func client(at time: Date) -> CloisterClient {
    CloisterClient(state: state, exchange: parties, issuerExchange: parties, clock: ClientClock { time })
  }

  public static func token(_ fixture: DeploymentFixture, issuerDay: UInt64) throws -> Token {
    let challenge = try TokenChallenge.cloister(
      issuerName: fixture.policy.issuer.name, originInfo: DeploymentFixture.origin, issuerDay: issuerDay)
    let pending = try PendingToken(challenge: challenge, key: fixture.issuer.publicKey)
    let response = try fixture.issuer.issue(pending.request)
    return try pending.finalize(response)
  }

  public func summarize(in answerClass: AnswerClass = .block) async throws -> SummaryAnswer {
    try await client.summarize(
      ChatExport(fileName: "chat.txt", bytes: Array(Self.chat.utf8)), answerClass: answerClass)
  }

  /// The code with which a summary, read to its last frame, is refused; nil where it is not.
  public func refusal(in answerClass: AnswerClass = .block) async -> ErrorCode? {
    do {
      try await summarize(in: answerClass).remainder?.finish()
      return nil
    } catch {
      return (error as? any CodedError)?.code
    }
  }

  /// True when nothing but requests for epoch files arrived anywhere, all without content or fields.
  public var hasSentNothing: Bool {
    parties.arrivals.allSatisfy { arrival in
      arrival.request.method == "GET" && arrival.request.body.isEmpty && arrival.request.fields.isEmpty
    }
  }
}
