import NIOCore

/// The connections to one server of an operator, shared by every client of the relay.
///
/// Which connection carries a request must not tell the server whose it is. So each is drawn at random from the unused
/// ones, of which the pool keeps some to choose from, and a connection that becomes free goes to a random one of those
/// who wait.
final class UpstreamPool {
  let server: UpstreamServer
  let eventLoop: any EventLoop
  private let connector: UpstreamConnector
  private let limits: RelayLimits
  private var random = BufferedRandom()

  private var unused: [HTTP1Upstream] = []
  private var sessions: [UpstreamSession] = []
  private var waiting: [any UpstreamClient] = []
  /// HTTP/1.1 connections that are there, used or not.
  private var connectionCount = 0
  private var attemptCount = 0
  /// The relay's second in which a connection failed to come about; nil once one did.
  private var failedAt: Int?
  /// Nil until a connection has shown it.
  private var speaksHTTP2: Bool?
  private var isClosed = false
  /// The relay's second.
  private(set) var now = 0

  init(server: UpstreamServer, eventLoop: any EventLoop, connector: UpstreamConnector, limits: RelayLimits) {
    self.server = server
    self.eventLoop = eventLoop
    self.connector = connector
    self.limits = limits
    switch server.kind {
    case .http: speaksHTTP2 = false
    case .h2c: speaksHTTP2 = true
    case .https: break
    }
  }

  // MARK: Taking

  enum Answer {
    case ready(any Upstream)
    /// `upstreamReady` or `upstreamFailed` follows.
    case later
    case busy
  }

  func request(for client: any UpstreamClient) -> Answer {
    if let upstream = takeUnused() {
      connectAsNeeded(spare: true)
      return .ready(upstream)
    }
    guard waiting.count < limits.waitingRequests else { return .busy }
    if let session = sessionWithRoom() {
      session.open(for: client)
      return .later
    }
    waiting.append(client)
    connectAsNeeded(spare: true)
    return .later
  }

  /// Whether the server serves: a client that waits in vain meanwhile finds it busy, not gone.
  var isInUse: Bool { connectionCount > unused.count || !sessions.isEmpty }

  /// Whether it just could not be connected.
  var isPassedOver: Bool { failedAt.map { now - $0 < limits.passOverSeconds } ?? false }

  /// The client waits no longer.
  func forget(_ client: any UpstreamClient) { waiting.removeAll { $0 === client } }

  private func takeUnused() -> HTTP1Upstream? {
    while !unused.isEmpty {
      let index = Int.random(in: 0..<unused.count, using: &random)
      unused.swapAt(index, unused.count - 1)
      let upstream = unused.removeLast()
      // One that closed while others were served goes unnoticed by nobody but its owner, who hears of it next.
      if upstream.isActive { return upstream }
    }
    return nil
  }

  private func sessionWithRoom() -> UpstreamSession? { sessions.randomElement(using: &random, where: \.hasRoom) }

  private func takeWaiting() -> (any UpstreamClient)? {
    guard !waiting.isEmpty else { return nil }
    waiting.swapAt(Int.random(in: 0..<waiting.count, using: &random), waiting.count - 1)
    return waiting.removeLast()
  }

  // MARK: Connecting

  private func connectAsNeeded(spare: Bool = false) {
    guard !isClosed else { return }
    if speaksHTTP2 == false {
      // One more than are needed, until there are enough to choose from.
      let wanted = waiting.count + (spare && unused.count < limits.spareConnections ? 1 : 0)
      while attemptCount < wanted, connectionCount + attemptCount < limits.connectionsPerServer { connect() }
    } else {
      let streamLimit = max(1, sessions.last?.streamLimit ?? UpstreamSession.largestStreamLimit)
      let wanted = (waiting.count + streamLimit - 1) / streamLimit
      while attemptCount < wanted, sessions.count + attemptCount < limits.sessionsPerServer { connect() }
    }
  }

  private func connect() {
    attemptCount += 1
    connector.connect(for: self, within: .seconds(Int64(limits.connectSeconds))) { [self] result in
      attemptCount -= 1
      failedAt = if case .failure = result { now } else { nil }
      switch result {
      case .success(.http1(let upstream)): connected(upstream)
      case .success(.http2(let session)): connected(session)
      case .failure: attemptFailed()
      }
    }
  }

  private func connected(_ upstream: HTTP1Upstream) {
    speaksHTTP2 = false
    connectionCount += 1
    isFree(upstream)
    connectAsNeeded()
  }

  private func connected(_ session: UpstreamSession) {
    speaksHTTP2 = true
    guard !isClosed else { return session.close() }
    sessions.append(session)
    sessionHasRoom()
    connectAsNeeded()
  }

  /// Each failed attempt is the failure of one request, unless another attempt or a connection in use may still serve
  /// it.
  private func attemptFailed() {
    let hasHope = isInUse
    while waiting.count > attemptCount, let client = takeWaiting() {
      client.upstreamFailed(.unreachable)
      if hasHope { break }
    }
  }

  // MARK: Giving back

  func isFree(_ upstream: HTTP1Upstream) {
    guard !isClosed else { return upstream.close() }
    upstream.idleSince = now
    if let client = takeWaiting() { client.upstreamReady(upstream) } else { unused.append(upstream) }
  }

  func closed(_ upstream: HTTP1Upstream) {
    connectionCount -= 1
    unused.removeAll { $0 === upstream }
    connectAsNeeded()
  }

  func sessionHasRoom() {
    while !waiting.isEmpty, let session = sessionWithRoom(), let client = takeWaiting() {
      session.open(for: client)
    }
  }

  func sessionClosed(_ session: UpstreamSession) {
    sessions.removeAll { $0 === session }
    connectAsNeeded()
  }

  // MARK: Time

  /// Closes what has been unused for too long.
  func passSecond() {
    now += 1
    let oldest = now - limits.idleSeconds
    for upstream in unused where upstream.idleSince < oldest { upstream.close() }
    for session in sessions where session.isIdle && session.idleSince < oldest { session.close() }
  }

  /// No further exchange begins; those under way end by themselves.
  func close() {
    isClosed = true
    for upstream in unused { upstream.close() }
    for session in sessions where session.isIdle { session.close() }
  }
}
