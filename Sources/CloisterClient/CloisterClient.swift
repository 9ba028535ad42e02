import BinaryHTTP
public import ChatHistory
import Foundation
public import HTTPMessages
public import Inference
import StrictJSON
public import Trust

/// Private AI for one person: verifies, then sends, and leaves a receipt. Where anything cannot be verified, it sends
/// nothing; there is no other path.
public actor CloisterClient {
  public let state: ClientState
  private let exchange: any StreamingHTTPExchange
  private let issuerExchange: any HTTPExchange
  private let account: any AccountCredential
  private let clock: ClientClock
  /// Both in a client that prepares its next request.
  private let spareToken: SpareToken?
  private let readyDraw: ReadyDraw?
  private var verifiedEpoch: VerifiedEpoch?

  /// - Parameters:
  ///   - exchange: what reaches the relays, and nothing else.
  ///   - issuerExchange: what reaches the issuer: the one party that knows the account.
  ///   - account: what the issuer is shown at a draw; nil for the account key that the state keeps.
  ///   - preparesNext: whether the next request is prepared while the last one is answered: its token is taken out of
  ///     the wallet, its nodes are drawn, its keys encapsulated. For a client that lives long: a process that ends
  ///     without `putTokenBack` loses that token.
  public init(
    state: ClientState, exchange: any StreamingHTTPExchange, issuerExchange: any HTTPExchange,
    account: (any AccountCredential)? = nil, clock: ClientClock = .system, preparesNext: Bool = false
  ) {
    self.state = state
    self.exchange = exchange
    self.issuerExchange = issuerExchange
    self.account = account ?? KeptAccountKey(draws: state.draws)
    self.clock = clock
    spareToken = preparesNext ? SpareToken(of: state.wallet) : nil
    readyDraw = preparesNext ? ReadyDraw() : nil
  }

  /// Puts the token that is ready back into the wallet, at the end of a client that keeps one; none is kept from here on.
  /// - Throws: `wallet-damaged`, `wallet-key-missing`, `state-unusable`.
  public func putTokenBack() async throws(ClientError) {
    guard let spareToken else { return }
    try await DiskWork.run { () throws(ClientError) in try spareToken.putBack() }.get()
  }

  /// The epoch under way, verified and remembered.
  /// - Throws: the code of the first check that fails.
  public func currentEpoch() async throws(ClientError) -> VerifiedEpoch {
    var timings = Timings()
    return try await currentEpoch(&timings)
  }

  func currentEpoch(_ timings: inout Timings) async throws(ClientError) -> VerifiedEpoch {
    let epoch = try await EpochSource(state: state, exchange: exchange, now: clock.now())
      .current(cached: verifiedEpoch, timings: &timings)
    verifiedEpoch = epoch
    return epoch
  }

  /// Draws the day's tokens. The issuer learns that this account draws, now and from this address, and nothing else;
  /// a request soon afterwards is linkable in time.
  ///
  /// - Throws: `account-missing`, `account-credential-unavailable`, `tokens-drawn-already`, `issuer-refused`, and the
  ///   codes of the checks.
  public func drawTokens() async throws(ClientError) -> TokenDrawResult { try await drawTokens(ofDay: nil) }

  /// - Parameter issuerDay: the only one to draw for; nil for that of the epoch under way.
  /// - Throws: also `epoch-unavailable` where the epoch under way is of another issuer day, as it is for some minutes
  ///   where a day's first bundle is late.
  func drawTokens(ofDay issuerDay: UInt64?) async throws(ClientError) -> TokenDrawResult {
    let bearer = try await account.bearer()
    guard AccountBearer.isWellFormed(bearer) else {
      throw ClientError(
        ClientError.credentialUnavailable, "bearer is not 1 to \(AccountBearer.byteLimit) printable ASCII characters")
    }
    let epoch = try await currentEpoch()
    guard issuerDay == nil || issuerDay == epoch.bundle.issuerDay else {
      throw ClientError(ClientError.epochUnavailable, "no bundle of the issuer day is there yet")
    }
    return try await TokenDraw(epoch: epoch, state: state, issuerExchange: issuerExchange, bearer: bearer).perform()
  }

  /// Summarises the newest part of a chat.
  ///
  /// - Parameters:
  ///   - range: the messages that the person asks about.
  ///   - reader: the person's own name in the chat, so that what is asked of them is found.
  ///   - redaction: nil where the chat leaves as it is.
  ///   - answerClass: how the answer looks on the wire.
  ///   - start: when the person asked, for the timings.
  ///   - receive: gets the summary's words as they come, where the class is a stream and the node's engine has a model:
  ///     joined, they are the summary. What is thrown afterwards says that they are not all.
  /// - Throws: `consent-missing`, `chat-excluded`, `task-request-invalid` where the range holds no message,
  ///   `wallet-empty`, `too-few-chips`, and the code of any check that fails: then nothing of the chat has left.
  public func summarize(
    _ export: ChatExport, range: ChatSelection.Range = .recent, reader: String? = nil, redaction: ChatRedaction? = nil,
    answerClass: AnswerClass = .block, startedAt start: ContinuousClock.Instant = .now,
    receive: WordsReceiver? = nil
  ) async throws(ClientError) -> SummaryAnswer {
    let consent = try state.consent.current()
    try consent.requireGranted(SummaryTask.name)
    let outgoing = await OutgoingChat.prepared(
      try export.chat(under: consent), range: range, reader: reader, redaction: redaction)
    let summaryTask = SummaryTask(
      chat: outgoing.chat, range: outgoing.range, reader: outgoing.reader, answerClass: answerClass)
    guard !summaryTask.selection.messages.isEmpty else {
      throw ClientError(InferenceError.taskInvalid, "no message of the chat is in this range")
    }
    var document = try await document(answering: summaryTask.task, restoring: outgoing.restoring, receive)
    let result = try SummaryTask.Result(parsing: document.content)
    try document.requireTold(result.summary)
    document.finish(engine: result.engine, startedAt: start)
    return SummaryAnswer(
      summary: AnswerSanitizer.sanitized(outgoing.restored(result.summary)),
      engine: AnswerSanitizer.sanitized(result.engineName),
      isExtractive: result.isExtractive, receiptIdentifier: document.receipt.identifier,
      isSimulated: document.receipt.isSimulated, omission: outgoing.omission(of: summaryTask.selection),
      isDateOrderAmbiguous: outgoing.isDateOrderAmbiguous, isDayPeriodAmbiguous: outgoing.isDayPeriodAmbiguous,
      messageCount: summaryTask.selection.messages.count,
      timings: document.timings, remainder: document.remainder)
  }

  /// The one document of an answer, as a block or as the only event of a stream.
  static func whole(
    _ content: PrivateRequest.Answer.Content
  ) async throws(ClientError) -> (content: [UInt8], remainder: AnswerRemainder?) {
    switch content {
    case .whole(let response): return (response.content, nil)
    case .stream(let answer):
      guard let data = try await answer.nextData(), try await answer.nextData() == nil else {
        throw ClientError(ClientError.answerMalformed, "answer has not exactly one event")
      }
      return (data, AnswerRemainder(answer))
    }
  }

  /// Answers a chat completion, event by event as the node's model says it.
  ///
  /// - Parameter answerClass: one that has room for a stream.
  /// - Throws: as `summarize`; the answer throws when it breaks off, or when the engine cannot do what was asked.
  public func chat(
    _ request: ChatCompletionRequest, answerClass: AnswerClass = .frames
  ) async throws(ClientError) -> ChatAnswer {
    guard answerClass.isStream, request.stream else {
      throw ClientError(ClientError.requestNotStreamed, "a chat is answered as a stream, in frames")
    }
    let task = PrivateTask(
      name: ChatAnswer.task, nodeRole: ChatAnswer.nodeRole, capabilities: [.chat], path: "/v1/chat/completions",
      content: request.jsonValue.canonicalBytes, answerClass: answerClass)
    let answer = try await perform(task)
    guard case .stream(let stream) = answer.content else {
      throw ClientError(ClientError.answerMalformed, "answer is no stream")
    }
    return ChatAnswer(
      receiptIdentifier: answer.receipt.identifier, isSimulated: answer.receipt.isSimulated, stream)
  }

  /// Does a task that the person opted in to.
  /// - Throws: `consent-missing`, `wallet-empty`, `too-few-chips`, `engine-cannot` where the nodes' release rules it out,
  ///   and the code of any check that fails: then nothing has left.
  func perform(_ task: PrivateTask) async throws(ClientError) -> PrivateRequest.Answer {
    try state.consent.current().requireGranted(task.name)
    var timings = Timings()
    let epoch = try await currentEpoch(&timings)
    return try await perform(task, in: epoch, timings: &timings)
  }

  func perform(
    _ task: PrivateTask, in epoch: VerifiedEpoch, timings: inout Timings
  ) async throws(ClientError) -> PrivateRequest.Answer {
    let start = ContinuousClock.now
    let drawn = try draw(from: epoch, role: task.nodeRole)
    try drawn.draw.require(oneOf: task.capabilities)
    timings.verification += ContinuousClock.now - start
    let schedule = epoch.policy.epochs
    let issuerDay = schedule.issuerDay(of: try coded { try schedule.epoch(at: clock.now()) })
    defer { prepareNext(in: epoch, role: task.nodeRole, issuerDay: issuerDay) }
    do throws(ClientError) {
      return try await PrivateRequest(
        task: task, epoch: epoch, issuerDay: issuerDay, state: state, spareToken: spareToken, exchange: exchange
      ).perform(drawn)
    } catch {
      guard error.code == ClientError.walletEmpty, try state.draws.wasDrawn(day: issuerDay) else { throw error }
      throw ClientError(
        ClientError.walletEmpty, "no token is left, and today's were drawn; \(schedule.nextDraw(after: issuerDay))")
    }
  }

  private func draw(from epoch: VerifiedEpoch, role: String) throws(ClientError) -> DrawnRequest {
    guard let readyDraw else { return try DrawnRequest(from: epoch, role: role) }
    return try readyDraw.take(from: epoch, role: role)
  }

  private func prepareNext(in epoch: VerifiedEpoch, role: String, issuerDay: UInt64) {
    guard let spareToken, let readyDraw else { return }
    DiskWork.begin {
      spareToken.refill(goodOn: issuerDay, plan: TokenPlan(epoch.policy))
      readyDraw.refill(from: epoch, role: role)
    }
  }
}
