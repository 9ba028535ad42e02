import Crypto
import DurableFiles
import Foundation
import HTTPMessages
import Log
import PartyHosting
import Synchronization
import Testing
import TransparencyLog
import Witness

/// Carries requests to parties in memory; servers can be taken away.
final class MemoryExchange: HTTPExchange {
  private let parties: Mutex<[String: any WholeMessageParty]>
  /// Bodies of every request, in order.
  let sent = Mutex<[[UInt8]]>([])
  private let missing = Mutex<Set<String>>([])

  init(_ parties: [String: any WholeMessageParty]) { self.parties = Mutex(parties) }

  func setMissing(_ servers: Set<String>) { missing.withLock { $0 = servers } }

  func replace(_ server: String, with party: any WholeMessageParty) { parties.withLock { $0[server] = party } }

  func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    sent.withLock { $0.append(request.body) }
    guard !missing.withLock({ $0.contains(server) }), let party = parties.withLock({ $0[server] }) else {
      throw HTTPExchangeError(HTTPExchangeError.unreachable, "missing")
    }
    return await party.respond(to: request)
  }
}

/// Answers every request alike.
struct FixedParty: WholeMessageParty {
  let name = "fixed"
  let answer: WholeResponse

  func requestBodyLimit(method: String, path: String) -> Int? { nil }

  func respond(to request: WholeRequest) async -> WholeResponse { answer }
}

/// A clock that tests set.
final class TestClock: Sendable {
  private let time = Mutex(Date(timeIntervalSince1970: 1_700_000_000))

  var now: Date { time.withLock { $0 } }

  func advance(by seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

/// A log with four witnesses in memory, of which three must cosign, and its files in a folder of its own.
final class LogFixture: Sendable {
  static let origin = "log.example/epochs"
  static let submissionKey = "submission-key"

  let state: String
  let key: NoteSigningKey
  let clock = TestClock()
  let witnessKeys: [NoteSigningKey]
  let exchange: MemoryExchange

  init() throws {
    state = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)").path
    key = try LogKeyFile.createOrRead(state: state, origin: Self.origin)
    witnessKeys = try (1...4).map { try NoteSigningKey(name: "witness.example/\($0)", type: .cosignature) }
    let clock = clock
    let logKey = key.verifierKey
    exchange = MemoryExchange(
      Dictionary(
        uniqueKeysWithValues: witnessKeys.enumerated().map { index, key in
          let service = WitnessService(
            key: key, logs: [logKey], store: MemoryWitnessStore(), now: { clock.now })
          return (Self.server(index), WitnessParty(service) as any WholeMessageParty)
        }))
  }

  deinit { try? FileManager.default.removeItem(atPath: state) }

  var folder: String { LogKeyFile.folder(state: state, origin: Self.origin) }

  static func server(_ index: Int) -> String { "http://witness-\(index)" }

  static func servers(_ indices: Int...) -> Set<String> { Set(indices.map(server)) }

  /// - Parameters:
  ///   - key: the log's own where nil.
  ///   - files: the log's folder below `state` where nil.
  func open(
    _ admission: EntryAdmission = .everyEntry, key: NoteSigningKey? = nil, successor: NoteSigningKey? = nil,
    threshold: Int = 3, files: (any DurableFileSystem)? = nil
  ) throws -> LogService {
    let clock = clock
    return try LogService(
      key: key ?? self.key, successor: successor, admission: admission,
      files: try files ?? LogKeyFile.files(state: state, origin: Self.origin),
      witnesses: witnessKeys.enumerated().map { WitnessEndpoint(key: $1.verifierKey, server: Self.server($0)) },
      threshold: threshold, exchange: exchange, now: { clock.now })
  }

  func verifier(_ key: NoteSigningKey? = nil) throws -> LogVerifier {
    LogVerifier(
      logKey: (key ?? self.key).verifierKey,
      witnesses: try WitnessPolicy(
        witnesses: witnessKeys.map(\.verifierKey), threshold: 3, declaredFaults: 1))
  }

  func party(_ service: LogService) -> LogParty {
    LogParty(
      logs: ["epoch": service], submissionKeyDigest: Array(SHA256.hash(data: Array(Self.submissionKey.utf8))))
  }
}

let witnessQuorum = LogError(TransparencyLogError.witnessQuorum, "")
let stateUnusable = LogError(LogError.stateUnusable, "")
