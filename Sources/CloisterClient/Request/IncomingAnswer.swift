import HTTPMessages
import Trust

/// One answer on its way: read piece by piece, by one reader. Dropping it gives up the exchange.
actor IncomingAnswer {
  private var opening: AnswerOpening?
  private var pieces: ByteStream.Iterator?
  private let relay: TrustPolicy.Relay
  private var events: ArraySlice<AnswerEvent> = []
  private var failure: ClientError?
  /// Told once why the answer is not whole, before its reader is.
  private var failureTold: (@Sendable (ClientError) async -> Void)?
  /// Whether any byte came: then nothing is sent a second time.
  private(set) var hasBegun = false

  init(_ body: ByteStream, _ opening: consuming AnswerOpening, through relay: TrustPolicy.Relay) {
    self.opening = consume opening
    self.relay = relay
    pieces = body.makeAsyncIterator()
  }

  /// - Parameter tell: called at most once, and never behind the end of a whole stream.
  func onFailure(_ tell: @escaping @Sendable (ClientError) async -> Void) { failureTold = tell }

  private func tell(_ failure: ClientError) async { await failureTold.take()?(failure) }

  /// The next event; nil behind the class's last frame. After an error every call throws that error again.
  func next() async throws(ClientError) -> AnswerEvent? {
    if let failure { throw failure }
    while events.isEmpty {
      guard pieces != nil else { return nil }
      do {
        events = try await moreEvents()[...]
      } catch {
        failure = error
        pieces = nil
        opening = nil
        await tell(error)
        throw error
      }
    }
    let event = events.popFirst()
    switch event {
    case .refused(let refusal):
      await tell(refusal.error)
      // Nobody reads on behind a refusal; to hang up there would show it to whoever watches the connection.
      Task { try? await finish() }
    case .done: failureTold = nil
    default: break
    }
    return event
  }

  /// The data of the stream's next event; nil where the stream is whole, though frames may follow.
  /// - Throws: the refusal of a node that broke its stream off.
  func nextData() async throws(ClientError) -> [UInt8]? {
    switch try await next() {
    case .data(let data): return data
    case .done: return nil
    case .refused(let refusal): throw refusal.error
    case .hops, .started, .whole, nil:
      throw ClientError(ClientError.answerMalformed, "answer has an event that is not of a stream")
    }
  }

  /// Reads what follows a whole stream.
  /// - Throws: where the class's last frame does not come.
  func finish() async throws(ClientError) { while try await next() != nil {} }

  private func moreEvents() async throws(ClientError) -> [AnswerEvent] {
    if let piece = try await nextPiece() {
      hasBegun = true
      return try opening?.receive(piece) ?? []
    }
    pieces = nil
    return try opening?.finish() ?? []
  }

  private func nextPiece() async throws(ClientError) -> [UInt8]? {
    guard var iterator = pieces else { return nil }
    do {
      let piece = try await iterator.next(isolation: self)
      if pieces != nil { pieces = iterator }
      return piece
    } catch {
      throw ClientError(error, at: relay)
    }
  }
}
