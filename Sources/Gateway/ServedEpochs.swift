import ErrorCodes
import Foundation
package import ObliviousHTTP
import PrivacyPass
import Synchronization
package import Trust

/// What requests need of the published epochs. Replaced as a whole, so that a request reads one state and waits for
/// nobody.
package struct ServedEpochs: Sendable {
  private(set) var newestEpoch: UInt64?
  /// Keys of the outer encapsulation by issuer day.
  private var generations: [UInt64: [GatewayKey]] = [:]
  /// Those that open requests, the newest first.
  package private(set) var keys: [GatewayKey] = []
  /// Why the last attempt to publish an epoch failed.
  var failure: ErrorCode?
  /// Nodes that call others and have not taken the newest epoch.
  var waitingCallerCount = 0
  private let schedule: EpochSchedule
  /// Hexadecimal node identifier to the node's server.
  private var servers: [String: String] = [:]
  /// By the issuer day under way: a day's tokens are good on it and on the next.
  private var verifiers: [UInt64: DailyTokenVerifier] = [:]
  /// By issuer day: what whoever has no good token is told to draw.
  private var challengeFields: [UInt64: String] = [:]

  /// The largest `www-authenticate`, in bytes: with it a refusal fits the smallest class of answers. Some 20 keys.
  static let challengeFieldByteLimit = 12 << 10

  /// Nothing is published yet.
  package init(schedule: EpochSchedule) { self.schedule = schedule }

  /// What is offered: the newest generation, the key that bundles name first.
  package var keyConfigurations: [KeyConfiguration] {
    generations.max { $0.key < $1.key }?.value.map(\.keyConfiguration) ?? []
  }

  /// Opens requests of a day's keys, and of the days from the one before on.
  package mutating func open(_ generation: [GatewayKey], issuerDay: UInt64) {
    generations[issuerDay] = generation
    let newest = generations.keys.max() ?? issuerDay
    generations = generations.filter { $0.key + 1 >= newest }
    keys = generations.sorted { $0.key > $1.key }.flatMap(\.value)
  }

  /// - Parameter published: epochs whose nodes may still be asked, or whose tokens are still good.
  package mutating func replace(
    _ published: [EpochAssembly.Published], issuerName: String, operatorOrigin: String
  ) throws {
    var days: [UInt64: DailyTokenVerifier.IssuerDay] = [:]
    for epoch in published {
      days[epoch.issuerDay] = DailyTokenVerifier.IssuerDay(
        issuerDay: epoch.issuerDay, keys: epoch.issuerKeys,
        challenge: try TokenChallenge.cloister(
          issuerName: issuerName, originInfo: operatorOrigin, issuerDay: epoch.issuerDay))
    }
    let underWay = Set(days.keys.flatMap { [$0, $0 + 1] })
    verifiers = Dictionary(
      uniqueKeysWithValues: underWay.map { day in
        let good = [day > 0 ? days[day - 1] : nil, days[day]]
        return (day, DailyTokenVerifier(days: good.compactMap { $0 }))
      })
    challengeFields = days.mapValues { Self.challengeField(of: $0) }
    servers = published.reduce(into: [:]) { $0.merge($1.nodes) { _, newer in newer } }
    newestEpoch = published.map(\.epoch).max()
  }

  var nodeServers: Set<String> { Set(servers.values) }

  /// - Parameter identifier: of the node's key configuration, hexadecimal.
  func server(of identifier: String) -> String? { servers[identifier] }

  /// Tokens of the issuer day under way, and of the day before.
  func tokenVerifier(at time: Date) throws(TrustError) -> DailyTokenVerifier {
    verifiers[schedule.issuerDay(of: try schedule.epoch(at: time))] ?? DailyTokenVerifier(days: [])
  }

  /// The challenges of the issuer day under way, one for each key (RFC 9577, section 2.1). Nil before its first bundle.
  func challengeField(at time: Date) -> String? {
    (try? schedule.epoch(at: time)).flatMap { challengeFields[schedule.issuerDay(of: $0)] }
  }

  private static func challengeField(of day: DailyTokenVerifier.IssuerDay) -> String {
    let challenge = day.challenge.encoded
    var value = ""
    for key in day.keys {
      let next = PrivateTokenChallenge(challenge: challenge, tokenKey: key.subjectPublicKeyInfo).fieldValue
      guard value.utf8.count + next.utf8.count + 2 <= challengeFieldByteLimit else { break }
      value += (value.isEmpty ? "" : ", ") + next
    }
    return value
  }

  /// The one state that all requests read.
  package final class Holder: Sendable {
    private let current: Mutex<ServedEpochs>

    package init(_ first: ServedEpochs) { current = Mutex(first) }

    var value: ServedEpochs { current.withLock { $0 } }

    package func change<Failure: Error>(_ change: (inout ServedEpochs) throws(Failure) -> Void) throws(Failure) {
      try current.withLock { (value) throws(Failure) in try change(&value) }
    }
  }
}
