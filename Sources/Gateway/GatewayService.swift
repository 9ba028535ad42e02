import ErrorCodes
public import Foundation
public import HTTPMessages
import ObliviousHTTP
public import PartyHosting
public import SpentTokens
import Trust

/// Opens the outer encapsulation, spends the token, hands the inner message to the node that the client drew. It
/// never sees a client's address, and never a request's content.
///
/// - `POST /.well-known/ohttp-gateway`: encapsulated requests, whole or in chunks; `GET` there: key configurations
///   (RFC 9540).
/// - `GET /epoch/<n>`: an epoch's file, the same bytes for everyone.
///
/// The actor makes epochs. Requests run beside it, over the state that it replaces.
public actor GatewayService: Party {
  public nonisolated let name = "gateway"
  public nonisolated let answersQuickly = true

  private var configuration: GatewayConfiguration
  private let reread: (@Sendable () throws -> GatewayConfiguration)?
  private let exchange: any StreamingHTTPExchange
  private let store: any SpentTokenStore
  private let files: any EpochFileStore
  private let now: @Sendable () -> Date
  private nonisolated let served: ServedEpochs.Holder
  private nonisolated let nodes = NodeServers()
  private nonisolated let oblivious: ObliviousGateway
  /// Epochs whose nodes may still be asked, or whose tokens are still good.
  private var published: [UInt64: EpochAssembly.Published] = [:]
  /// Drafts of epochs that are not published yet.
  private var drafts: [UInt64: EpochAssembly.Draft] = [:]
  /// The newest epoch on its way to the nodes that call others.
  private var handover: PeerHandover?
  /// The issuer days that the record of spent tokens was last told to hold.
  private var heldIssuerDays: ClosedRange<UInt64>?

  /// - Parameters:
  ///   - reread: gives the configuration as it is now, before each new epoch: its nodes and publications are taken, so
  ///     that they come and go without a restart.
  ///   - clock: keeps the cadence of refusals and the time limits of waiting.
  public init(
    _ configuration: GatewayConfiguration, exchange: any StreamingHTTPExchange, store: any SpentTokenStore,
    files: any EpochFileStore = MemoryEpochFiles(), reread: (@Sendable () throws -> GatewayConfiguration)? = nil,
    clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.configuration = configuration
    self.reread = reread
    self.exchange = exchange
    self.store = store
    self.files = files
    self.now = now
    served = ServedEpochs.Holder(ServedEpochs(schedule: configuration.epochs))
    oblivious = ObliviousGateway(
      NodeRouting(served: served, nodes: nodes, store: store, exchange: exchange, clock: clock, now: now),
      contentLimit: GatewayConfiguration.requestLimit, clock: clock)
  }

  private var assembly: EpochAssembly { EpochAssembly(configuration: configuration, exchange: exchange) }

  // MARK: Epochs

  /// Publishes the epoch that is under way, and its successor once it is near; does nothing where that is done.
  public func publishDueEpochs() async {
    do {
      let time = now()
      let current = try configuration.epochs.epoch(at: time)
      if published.isEmpty { try await restoreEpochs(before: current) }
      try await requireClock(for: current)
      // The record first: an epoch file without a record of its day then always means that the record was lost.
      try await holdSpentTokens(at: current, through: published[current + 1] == nil ? current : current + 1)
      if published[current] == nil { try await publish(current) }
      let lead = configuration.epochs.seconds(scaledMinutes: EpochSchedule.publicationLeadMinutes)
      let isNear = configuration.epochs.end(of: current).timeIntervalSince(time) <= lead
      let isToBeMade = configuration.epochKeys != nil || files.file(epoch: current + 1) != nil
      if published[current + 1] == nil, isNear, isToBeMade {
        try await requireClock(for: current + 1)
        try await holdSpentTokens(at: current, through: current + 1)
        try await publish(current + 1)
      }
      served.change { $0.failure = nil }
    } catch {
      let code = (error as? any CodedError)?.code ?? GatewayError.epochIncomplete
      served.change { $0.failure = code }
    }
  }

  /// An epoch's file says by itself that its time has come, or nearly. Where there is none, the witnesses say what time it
  /// is: what is done by a clock that jumped ahead cannot be taken back, neither void leaves of the epochs between nor a
  /// dropped record of spent tokens.
  private func requireClock(for epoch: UInt64) async throws {
    guard published[epoch] == nil, files.file(epoch: epoch) == nil else { return }
    guard configuration.epochKeys != nil else {
      throw GatewayError(GatewayError.epochIncomplete, "no gateway that makes epochs has published epoch \(epoch)")
    }
    try await assembly.requireClock(at: now())
  }

  /// Requests are served from this epoch on too.
  private func serve(_ epoch: EpochAssembly.Published) throws {
    published[epoch.epoch] = epoch
    published = published.filter { $0.key + 2 * EpochSchedule.epochsPerIssuerDay >= epoch.epoch }
    let newestLast = published.values.sorted { $0.epoch < $1.epoch }
    let keys = try configuration.keys.existingKeys(issuerDay: epoch.issuerDay)
    try served.change { value throws in
      if let keys { value.open(keys, issuerDay: epoch.issuerDay) }
      try value.replace(
        newestLast, issuerName: configuration.issuerName, operatorOrigin: configuration.operatorOrigin)
    }
    nodes.keep(served.value.nodeServers)
  }

  /// Nodes and publications as they are configured now. A configuration that cannot be read changes nothing.
  private func rereadConfiguration() {
    guard let changed = try? reread?() else { return }
    configuration.nodeServers = changed.nodeServers
    configuration.publications = changed.publications
  }

  /// Asks the nodes of the published epochs whether they are well, so that no request waits for one that is not.
  public func checkNodes() async { await nodes.check(served.value.nodeServers, by: exchange) }

  /// Offers the newest epoch to the nodes that call others and have not taken it yet; does nothing where all have.
  public func handOverPeers() async {
    guard let offered = handover, !offered.waiting.isEmpty else { return }
    let takers = await offered.offer(by: exchange)
    guard handover?.epoch == offered.epoch else { return }
    handover?.settle(takers)
    countWaitingCallers()
  }

  private func countWaitingCallers() {
    let count = handover?.waiting.count ?? 0
    served.change { $0.waitingCallerCount = count }
  }

  /// Before anybody is served from it, so that no request comes first.
  private func beginHandover(_ file: [UInt8], nodes: [String: String]) async throws {
    handover = try PeerHandover(file, nodes: nodes)
    countWaitingCallers()
    await handOverPeers()
  }

  /// Goes on where an earlier attempt failed: the nodes made their keys over one note, and the leaf is one.
  private func publish(_ epoch: UInt64) async throws {
    if let file = files.file(epoch: epoch) {
      rereadConfiguration()
      let restored = try await assembly.restore(file)
      try await beginHandover(file, nodes: restored.nodes)
      return try serve(restored)
    }
    if drafts[epoch] == nil { rereadConfiguration() }
    let note: [UInt8]
    if let kept = files.kept(.note, of: epoch) {
      note = kept
    } else {
      note = try files.keep(try await assembly.note(epoch: epoch), as: .note, of: epoch)
    }
    let draft: EpochAssembly.Draft
    if let known = drafts[epoch] { draft = known } else { draft = try await settledDraft(epoch, note: note) }
    drafts = [epoch: draft]
    let result = try await assembly.publish(draft)
    try files.keep(result.file, epoch: epoch)
    try await beginHandover(result.file, nodes: result.published.nodes)
    try serve(result.published)
    drafts = [:]
  }

  /// The draft that is kept, of whichever gateway, or a new one, which is kept before the log is asked to hold its leaf.
  private func settledDraft(_ epoch: UInt64, note: [UInt8]) async throws -> EpochAssembly.Draft {
    let assembly = assembly
    let earlier = files.kept(.draft, of: epoch)
    if let earlier, let draft = await assembly.draft(kept: earlier, epoch: epoch) { return draft }
    let draft = try await assembly.draft(epoch: epoch, note: note, known: try issuerKeys(publishedBefore: epoch))
    if earlier != nil { files.drop(.draft, of: epoch) }
    let kept = try files.keep(draft.encoded, as: .draft, of: epoch)
    guard kept != draft.encoded, let other = await assembly.draft(kept: kept, epoch: epoch) else { return draft }
    return other
  }

  /// The token keys of the newest epoch of the same issuer day that has a file, whichever gateway published it.
  private func issuerKeys(publishedBefore epoch: UInt64) throws -> [EpochBundle.IssuerKey] {
    let first = configuration.epochs.issuerDay(of: epoch) * EpochSchedule.epochsPerIssuerDay
    guard let file = (first..<epoch).reversed().lazy.compactMap({ [files] in files.file(epoch: $0) }).first else {
      return []
    }
    return try EpochBundle(decoding: try EpochFile(decoding: file).bundle).issuerKeys
  }

  /// After a new start: the epoch before, whose nodes may still be asked, and one of the day before, whose tokens are
  /// still good.
  private func restoreEpochs(before epoch: UInt64) async throws {
    guard epoch > 0 else { return }
    let today = configuration.epochs.issuerDay(of: epoch)
    let firstOfToday = today * EpochSchedule.epochsPerIssuerDay
    let yesterday = today > 0 ? (firstOfToday - EpochSchedule.epochsPerIssuerDay)..<firstOfToday : 0..<0
    let files = files
    let newestOfYesterday = yesterday.last { files.file(epoch: $0) != nil }
    // Where the log does not answer now, the tokens of the epoch before are taken all the same.
    if files.file(epoch: epoch) == nil, files.file(epoch: epoch - 1) != nil {
      try await holdSpentTokens(at: epoch - 1, through: epoch - 1)
    }
    for earlier in Set([epoch - 1, newestOfYesterday].compactMap { $0 }) {
      if let file = files.file(epoch: earlier), let restored = try? await assembly.restore(file) { try serve(restored) }
    }
  }

  /// Opens the record of spent tokens for yesterday, today, and ahead of time for tomorrow; nobody can spend the tokens
  /// of earlier days any more.
  private func holdSpentTokens(at epoch: UInt64, through newest: UInt64) async throws {
    let today = configuration.epochs.issuerDay(of: epoch)
    let days = (today > 0 ? today - 1 : 0)...configuration.epochs.issuerDay(of: newest)
    // Days are held until the days before them are dropped: what reaches no further has nothing to open or to drop.
    if let held = heldIssuerDays, held.lowerBound == days.lowerBound, held.upperBound >= days.upperBound { return }
    try await store.hold(issuerDays: days, servedThrough: newestServedDay(in: days))
    try configuration.keys.erase(before: days.lowerBound)
    heldIssuerDays = days
  }

  /// The newest day whose token keys an epoch file offers, whichever gateway published it.
  private func newestServedDay(in days: ClosedRange<UInt64>) -> UInt64? {
    days.last { day in
      let first = day * EpochSchedule.epochsPerIssuerDay
      return (first..<first + EpochSchedule.epochsPerIssuerDay).contains { files.file(epoch: $0) != nil }
    }
  }

  /// When `publishDueEpochs` has something to do again.
  public func nextDueTime() -> Date {
    let time = now()
    guard served.value.failure == nil, let current = try? configuration.epochs.epoch(at: time) else {
      return time.addingTimeInterval(1)
    }
    let lead = configuration.epochs.seconds(scaledMinutes: EpochSchedule.publicationLeadMinutes)
    let next = published[current + 1] == nil ? current : current + 1
    return max(configuration.epochs.end(of: next).addingTimeInterval(-lead), time.addingTimeInterval(1))
  }

  // MARK: Requests

  public nonisolated func requestBodyLimit(method: String, path: String) -> Int? {
    method == "POST" ? GatewayConfiguration.requestLimit : 0
  }

  public nonisolated func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    if request.method == "POST", request.path == OHTTPForm.gatewayPath {
      return await oblivious.respond(to: request, keys: served.value.keys, answer)
    }
    try? await answer.send(file(request.method, request.path))
  }

  private nonisolated func file(_ method: String, _ path: String) -> WholeResponse {
    switch (method, path) {
    case ("GET", "/health"): return health(served.value)
    case ("GET", OHTTPForm.gatewayPath):
      let offered = served.value.keyConfigurations
      // A list of none would be taken for a gateway's whole offer, and kept.
      guard !offered.isEmpty else { return .refusal(GatewayError.notReady, status: 503) }
      return WholeResponse(contentType: OHTTPForm.keysMediaType, body: KeyConfiguration.encodeList(offered))
    case ("GET", let path) where path.hasPrefix("/epoch/"):
      guard let epoch = UInt64(path.dropFirst("/epoch/".count)), path == "/epoch/\(epoch)",
        let file = files.file(epoch: epoch)
      else { return .refusal(GatewayError.epochUnknown, status: 404) }
      return WholeResponse(contentType: "application/octet-stream", body: file)
    default: return .notFound
    }
  }

  private nonisolated func health(_ state: ServedEpochs) -> WholeResponse {
    if let code = state.failure { return .refusal(code, status: 503) }
    guard let epoch = state.newestEpoch else { return .refusal(GatewayError.notReady, status: 503) }
    let servers = state.nodeServers
    let reachable = servers.filter { nodes.isReachable($0) }
    return .json(
      #"{"status":"ok","epoch":\#(epoch),"nodes":\#(servers.count),"reachableNodes":\#(reachable.count),"#
        + #""withoutPeers":\#(state.waitingCallerCount)}"#)
  }
}
