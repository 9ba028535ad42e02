import BinaryHTTP
import ErrorCodes
public import Foundation
public import HTTPMessages
import ObliviousHTTP
public import PartyHosting
import PrivacyPass
public import SpentTokens
import StrictJSON
import Trust
import WireFormat

/// Opens the outer encapsulation, spends the token, hands the inner message to the node that the client drew. It
/// never sees a client's address, and never a request's content.
///
/// - `POST /.well-known/ohttp-gateway`: encapsulated requests; `GET` there: key configurations (RFC 9540).
/// - `GET /epoch/<n>`: an epoch's file, the same bytes for everyone.
public actor GatewayService: WholeMessageParty {
  public nonisolated let name = "gateway"

  private let configuration: GatewayConfiguration
  private let exchange: any HTTPExchange
  private let store: any SpentTokenStore
  private let files: any EpochFileStore
  private let assembly: EpochAssembly
  private let opener: RequestOpener
  private let now: @Sendable () -> Date
  /// Epochs whose nodes may still be asked, or whose tokens are still good.
  private var published: [UInt64: EpochAssembly.Published] = [:]
  /// Notes and drafts of epochs that are not published yet.
  private var notes: [UInt64: [UInt8]] = [:]
  private var drafts: [UInt64: EpochAssembly.Draft] = [:]
  /// The issuer days that the record of spent tokens was last told to hold.
  private var heldIssuerDays: ClosedRange<UInt64>?
  private var lastFailure: ErrorCode?

  public init(
    _ configuration: GatewayConfiguration, exchange: any HTTPExchange, store: any SpentTokenStore,
    files: any EpochFileStore = MemoryEpochFiles(), now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.configuration = configuration
    self.exchange = exchange
    self.store = store
    self.files = files
    self.now = now
    assembly = EpochAssembly(configuration: configuration, exchange: exchange)
    opener = RequestOpener(keys: configuration.keys)
  }

  // MARK: Epochs

  /// Publishes the epoch that is under way, and its successor once it is near; does nothing where that is done.
  public func publishDueEpochs() async {
    do {
      let time = now()
      let current = try configuration.epochs.epoch(at: time)
      if published.isEmpty { await restoreEpochs(before: current) }
      if published[current] == nil { try await publish(current) }
      try await holdSpentTokens(current)
      let lead = configuration.epochs.seconds(scaledMinutes: EpochSchedule.publicationLeadMinutes)
      if published[current + 1] == nil, configuration.epochs.end(of: current).timeIntervalSince(time) <= lead {
        try await publish(current + 1)
        try await holdSpentTokens(current)
      }
      lastFailure = nil
    } catch let error as any CodedError {
      lastFailure = error.code
    } catch {
      lastFailure = GatewayError.epochIncomplete
    }
  }

  /// Goes on where an earlier attempt failed: the nodes made their keys over one note, and the leaf is one.
  private func publish(_ epoch: UInt64) async throws {
    if let file = files.file(epoch: epoch) {
      published[epoch] = try await assembly.restore(file)
      return
    }
    let note: [UInt8]
    if let known = notes[epoch] { note = known } else { note = try await assembly.note(epoch: epoch) }
    notes = [epoch: note]
    let draft: EpochAssembly.Draft
    if let known = drafts[epoch] { draft = known } else { draft = try await assembly.draft(epoch: epoch, note: note) }
    drafts = [epoch: draft]
    let result = try await assembly.publish(draft)
    try files.keep(result.file, epoch: epoch)
    published[epoch] = result.published
    drafts = [:]
    published = published.filter { $0.key + 2 * EpochSchedule.epochsPerIssuerDay >= epoch }
  }

  /// After a new start: the epoch before, whose nodes may still be asked, and one of the day before, whose tokens are
  /// still good.
  private func restoreEpochs(before epoch: UInt64) async {
    guard epoch > 0 else { return }
    let today = configuration.epochs.issuerDay(of: epoch)
    let firstOfToday = today * EpochSchedule.epochsPerIssuerDay
    let yesterday = today > 0 ? (firstOfToday - EpochSchedule.epochsPerIssuerDay)..<firstOfToday : 0..<0
    let files = files
    let newestOfYesterday = yesterday.last { files.file(epoch: $0) != nil }
    for earlier in Set([epoch - 1, newestOfYesterday].compactMap { $0 }) {
      if let file = files.file(epoch: earlier) { published[earlier] = try? await assembly.restore(file) }
    }
  }

  /// Opens the record of spent tokens for yesterday, today, and ahead of time for tomorrow; nobody can spend the tokens
  /// of earlier days any more.
  private func holdSpentTokens(_ epoch: UInt64) async throws {
    let today = configuration.epochs.issuerDay(of: epoch)
    let newest = configuration.epochs.issuerDay(of: published[epoch + 1] == nil ? epoch : epoch + 1)
    let days = (today > 0 ? today - 1 : 0)...newest
    guard days != heldIssuerDays else { return }
    try await store.hold(issuerDays: days)
    heldIssuerDays = days
  }

  /// When `publishDueEpochs` has something to do again.
  public func nextDueTime() -> Date {
    let time = now()
    guard lastFailure == nil, let current = try? configuration.epochs.epoch(at: time) else {
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

  public func respond(to request: WholeRequest) async -> WholeResponse {
    switch (request.method, request.path) {
    case ("GET", "/health"): return health()
    case ("GET", "/.well-known/ohttp-gateway"):
      return WholeResponse(
        contentType: OHTTPForm.keysMediaType,
        body: KeyConfiguration.encodeList(configuration.keys.map(\.keyConfiguration)))
    case ("POST", "/.well-known/ohttp-gateway"): return await answer(request)
    case ("GET", let path) where path.hasPrefix("/epoch/"):
      guard let epoch = UInt64(path.dropFirst("/epoch/".count)), path == "/epoch/\(epoch)",
        let file = files.file(epoch: epoch)
      else {
        return .refusal(GatewayError.epochUnknown, status: 404)
      }
      return WholeResponse(contentType: "application/octet-stream", body: file)
    default: return .notFound
    }
  }

  private func health() -> WholeResponse {
    if let code = lastFailure { return .refusal(code, status: 503) }
    guard let epoch = published.keys.max() else { return .refusal(GatewayError.notReady, status: 503) }
    return .json(#"{"status":"ok","epoch":\#(epoch)}"#)
  }

  private func answer(_ request: WholeRequest) async -> WholeResponse {
    guard request.field("content-type") == OHTTPForm.singleShot.requestMediaType else {
      return .refusal(GatewayError.requestMalformed, status: 415)
    }
    do {
      let opened = try opener.open(request.body)
      observe { $0.opened = .outer }
      let content = opened.request
      let sealer = opened.takeSealer()
      let response = await pass(content)
      let sealed = try sealer.seal(try response.encoded(paddedTo: GatewayAnswer.singleShotByteCount))
      return WholeResponse(contentType: OHTTPForm.singleShot.responseMediaType, body: sealed)
    } catch let error as OHTTPError where error.code == OHTTPError.keyUnknown {
      return WholeResponse(
        status: 422, contentType: "application/problem+json", body: Array(#"{"type":"\#(OHTTPKeyProblem.type)"}"#.utf8))
    } catch {
      return .refusal(GatewayError.requestMalformed, status: 400)
    }
  }

  /// Admits and routes one decrypted outer request. What goes wrong is an answer too, of the same size.
  private func pass(_ content: [UInt8]) async -> BinaryHTTP.Response {
    do {
      let request = try BinaryHTTP.Request(decoding: content)
      guard request.method == "POST", request.path.hasPrefix("/nodes/"),
        request.headerFields["content-type"] == OHTTPForm.singleShot.requestMediaType
      else { return Self.refusal(GatewayError.requestMalformed, status: 400) }
      let identifier = String(request.path.dropFirst("/nodes/".count))
      guard let server = published.values.lazy.compactMap({ $0.nodes[identifier] }).first else {
        return Self.refusal(GatewayError.nodeUnknown, status: 404)
      }
      let authorization = request.headerFields["authorization"]
      observe { $0.tokenDigest = authorization.flatMap { Self.tokenDigest($0) } }
      try await Admission(verifier: try tokenVerifier(), store: store).spend(authorization: authorization)
      return await handToNode(request.content, server: server)
    } catch let error as any CodedError {
      let isAdmission = error.code == GatewayError.tokenRefused
      let status = isAdmission ? 401 : error is BinaryHTTPError ? 400 : 503
      return Self.refusal(error is BinaryHTTPError ? GatewayError.requestMalformed : error.code, status: status)
    } catch {
      return Self.refusal(GatewayError.requestMalformed, status: 400)
    }
  }

  private func handToNode(_ message: [UInt8], server: String) async -> BinaryHTTP.Response {
    let request = WholeRequest(
      method: "POST", path: "/.well-known/ohttp-gateway",
      fields: [HTTPField("content-type", OHTTPForm.singleShot.requestMediaType)], body: message)
    guard
      let answer = try? await exchange.send(request, to: server, bodyLimit: GatewayConfiguration.answerLimit),
      answer.status == 200, answer.field("content-type") == OHTTPForm.singleShot.responseMediaType
    else { return Self.refusal(GatewayError.nodeUnreachable, status: 502) }
    return BinaryHTTP.Response(
      statusCode: 200, headerFields: ["content-type": "message/ohttp-res"], content: answer.body)
  }

  private static func refusal(_ code: ErrorCode, status: Int) -> BinaryHTTP.Response {
    BinaryHTTP.Response(
      statusCode: status, headerFields: ["content-type": "application/json"],
      content: JSONValue.object(["code": .string(code.rawValue)]).canonicalBytes)
  }

  private static func tokenDigest(_ authorization: String) -> String? {
    (try? PrivateTokenAuthorization.token(fieldValue: authorization))?.digest.hexadecimal
  }

  /// Tokens of the issuer day under way, and of the day before.
  private func tokenVerifier() throws -> DailyTokenVerifier {
    let current = configuration.epochs.issuerDay(of: try configuration.epochs.epoch(at: now()))
    var days: [UInt64: DailyTokenVerifier.IssuerDay] = [:]
    for epoch in published.values where epoch.issuerDay <= current && epoch.issuerDay + 1 >= current {
      days[epoch.issuerDay] = DailyTokenVerifier.IssuerDay(
        issuerDay: epoch.issuerDay, keys: epoch.issuerKeys,
        challenge: try TokenChallenge.cloister(
          issuerName: configuration.issuerName, originInfo: configuration.operatorOrigin, issuerDay: epoch.issuerDay))
    }
    return DailyTokenVerifier(days: Array(days.values))
  }
}
