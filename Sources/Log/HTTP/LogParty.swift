import Crypto
public import HTTPMessages
public import PartyHosting
import TransparencyLog

/// Serves several logs, each under `/logs/<name>`: the files of C2SP tlog-tiles for everyone, `add` and `refresh`
/// for the submitter alone.
public struct LogParty: WholeMessageParty {
  public let name = "log"
  private let logs: [String: LogService]
  /// SHA-256 of the submission key, 32 bytes: the key itself is not kept.
  private let submissionKeyDigest: [UInt8]

  /// A little more than the largest entry is read, so that one too large gets its own code.
  private static let bodyLimit = 2 * EntryBundle.entryByteLimit

  public init(logs: [String: LogService], submissionKeyDigest: [UInt8]) {
    self.logs = logs
    self.submissionKeyDigest = submissionKeyDigest
  }

  public func requestBodyLimit(method: String, path: String) -> Int? { method == "POST" ? Self.bodyLimit : 0 }

  public func respond(to request: WholeRequest) async -> WholeResponse {
    if request.path == "/health" { return await health() }
    guard let (log, resource) = target(request.path) else { return .notFound }
    do {
      switch (request.method, resource) {
      case ("POST", "add"):
        guard isSubmitter(request) else { return Self.submissionRefused }
        return Self.text(try await log.append(request.body).encoded)
      case ("POST", "refresh"):
        guard isSubmitter(request) else { return Self.submissionRefused }
        return Self.text(try await log.refresh())
      case (_, "add"), (_, "refresh"): return .methodNotAllowed
      case ("GET", "checkpoint"):
        guard let note = await log.publishedNote else { return .notFound }
        return Self.text(note)
      case ("GET", _): return try await publicFile(resource, of: log)
      default: return .methodNotAllowed
      }
    } catch {
      return .refusal(error.code, status: Self.status(of: error))
    }
  }

  private func publicFile(_ resource: String, of log: LogService) async throws(LogError) -> WholeResponse {
    if resource.hasPrefix("consistency/") {
      let sizes = resource.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        .compactMap { text in UInt64(text).flatMap { String($0) == text ? $0 : nil } }
      guard sizes.count == 2, resource == "consistency/\(sizes[0])/\(sizes[1])" else { return .notFound }
      let (oldRoot, proof) = try await log.consistency(from: sizes[0], to: sizes[1])
      return Self.text(Array(([oldRoot] + proof.hashes).map { $0.base64 + "\n" }.joined().utf8))
    }
    let bytes: [UInt8]?
    if let tile = try? Tile(path: resource) {
      bytes = await log.hashes(of: tile)
    } else if let tile = try? Tile(entriesPath: resource) {
      bytes = await log.entries(under: tile)
    } else {
      bytes = nil
    }
    guard let bytes else { return .notFound }
    return WholeResponse(contentType: "application/octet-stream", body: bytes)
  }

  /// Refuses while any log has entries that it could not publish.
  private func health() async -> WholeResponse {
    for name in logs.keys.sorted() {
      if let code = await logs[name]?.health { return .refusal(code, status: 503) }
    }
    return .json(#"{"status":"ok"}"#)
  }

  private func target(_ path: String) -> (LogService, String)? {
    let parts = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].isEmpty, parts[1] == "logs", let log = logs[String(parts[2])] else { return nil }
    return (log, String(parts[3]))
  }

  /// Compares digests in constant time.
  private func isSubmitter(_ request: WholeRequest) -> Bool {
    let scheme = "Bearer "
    guard let value = request.field("authorization"), value.hasPrefix(scheme) else { return false }
    return SHA256.hash(data: Array(value.utf8.dropFirst(scheme.utf8.count))) == submissionKeyDigest
  }

  private static let submissionRefused = WholeResponse.refusal(LogError.submissionRefused, status: 401)

  private static func text(_ bytes: [UInt8]) -> WholeResponse {
    WholeResponse(contentType: "text/plain; charset=utf-8", body: bytes)
  }

  private static func status(of error: LogError) -> Int {
    switch error.code {
    case LogError.entryTooLarge: 413
    case LogError.entryMalformed: 400
    case LogError.epochIndex: 409
    case TransparencyLogError.treeSizeUnknown: 404
    case TransparencyLogError.witnessQuorum, LogError.busy: 503
    default: 500
    }
  }
}
