import ArgumentParser
import Crypto
import CryptoExtras
import Foundation
import GRDB
import PostgreSQLClient
import PostgreSQLSpentTokens
import PrivacyPass
import SpentTokens
import TemporaryPostgreSQL

/// Redeeming tokens with many redeemers at once, against the two things that it cannot do without: bare verification
/// over all cores, and bare durable inserts in batches.
struct SpentTokensBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spent", abstract: "Redeem tokens, as a ratio to bare verification and to bare durable inserts.",
    discussion: """
      A redeemer verifies its token, spends it and goes on with the next one. Bars: 0.7 times the slower of the two
      bare rates; 10,000 a second with SQLite, 5,000 with PostgreSQL over loopback. The bare inserts go through the
      same library, in batches as large as the number of redeemers, one after the other, each on the disk before the
      next. PostgreSQL is one of its own, in a temporary folder, ended afterwards.
      """)

  @Option(help: "Concurrent redeemers.")
  var redeemers = 64

  @Option(help: "Tokens that each redeemer spends in one round.")
  var tokens = 400

  @Option(help: "Rounds; the median counts.")
  var rounds = 5

  mutating func run() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("spent-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let token = try VerifiedToken()
    let path = folder.appendingPathComponent("spent.sqlite").path
    let barePath = folder.appendingPathComponent("bare.sqlite").path
    try await compare(
      "SQLite", token, store: try SQLiteSpentTokens(path: path), bare: try BareSQLite(path: barePath), bar: 10_000)
    let (redeemers, tokens, rounds) = (redeemers, tokens, rounds)
    try await TemporaryPostgreSQL.withServer { server in
      var bench = SpentTokensBench()
      (bench.redeemers, bench.tokens, bench.rounds) = (redeemers, tokens, rounds)
      try await bench.compare(
        "PostgreSQL", token, store: try await PostgreSQLSpentTokens(parameters: server.parameters),
        bare: try BarePostgreSQL(parameters: server.parameters), bar: 5_000)
    }
  }

  /// Rounds of the three alternate, so that a noisy minute falls on all of them.
  private func compare(
    _ name: String, _ token: VerifiedToken, store: some SpentTokenStore, bare: some BareInserts, bar: Double
  ) async throws {
    var digests = DigestSource()
    try await store.hold(issuerDays: 1...1)
    var verification: [Double] = []
    var inserts: [Double] = []
    var redeeming: [Double] = []
    let total = redeemers * tokens
    for _ in 0..<rounds {
      verification.append(try await rate(total) { try await token.verifyOnAllCores(count: total) })
      let batches = (0..<tokens).map { _ in digests.next(redeemers).map { TokenDigest($0) }.sorted() }
      inserts.append(try await rate(total) { for batch in batches { try bare.insert(batch) } })
      let shares = (0..<redeemers).map { _ in digests.next(tokens) }
      redeeming.append(try await rate(total) { try await redeem(shares, token, store) })
    }
    let slower = min(verification.median, inserts.median)
    print(
      "\(name): \(Int(redeeming.median)) tokens/s with \(redeemers) redeemers (bar \(Int(bar))); bare verification "
        + "\(Int(verification.median))/s, bare inserts \(Int(inserts.median))/s; "
        + "ratio \((redeeming.median / slower * 100).rounded() / 100) (bar 0.7)")
  }

  private func redeem(_ shares: [[[UInt8]]], _ token: VerifiedToken, _ store: some SpentTokenStore) async throws {
    try await withThrowingTaskGroup { group in
      for share in shares {
        group.addTask {
          for digest in share {
            let issuerDay = try token.verify()
            guard try await store.spend(tokenDigest: digest, issuerDay: issuerDay) else {
              throw ValidationError("a fresh token was refused")
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private func rate(_ count: Int, _ body: () async throws -> Void) async throws -> Double {
    let start = ContinuousClock.now
    try await body()
    return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
  }
}

/// One genuine token, verified again and again; digests are made up, since a token costs an issuer half a millisecond.
private struct VerifiedToken: Sendable {
  private let token: Token
  private let verifier: DailyTokenVerifier
  /// What the library alone does of it: one signature over one message.
  private let key: _RSA.BlindSigning.PublicKey<SHA384>
  private let signature: _RSA.Signing.RSASignature
  private let message: [UInt8]

  init() throws {
    let issuer = try TokenIssuer()
    let challenge = try TokenChallenge.cloister(issuerName: "issuer.test", originInfo: "operator.test", issuerDay: 1)
    let pending = try PendingToken(challenge: challenge, key: issuer.publicKey)
    let response = try issuer.issue(pending.request)
    token = try pending.finalize(response)
    verifier = DailyTokenVerifier(days: [.init(issuerDay: 1, keys: [issuer.publicKey], challenge: challenge)])
    // Behind a fixed prefix, 256 bytes of modulus stand at the end, but for the exponent's five.
    let modulus = issuer.publicKey.subjectPublicKeyInfo.dropLast(5).suffix(256)
    key = try _RSA.BlindSigning.PublicKey(
      n: Array(modulus), e: [1, 0, 1] as [UInt8], parameters: .RSABSSA_SHA384_PSS_Deterministic)
    signature = _RSA.Signing.RSASignature(rawRepresentation: token.authenticator)
    message = token.encoded.dropLast(token.authenticator.count)
    guard isValid() else { throw ValidationError("the bare verification refuses the token") }
  }

  func verify() throws -> UInt64 {
    let issuerDay = try verifier.verify(token)
    use(token.digest)
    return issuerDay
  }

  func verifyOnAllCores(count: Int) async throws {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    await withTaskGroup { group in
      for _ in 0..<cores { group.addTask { for _ in 0..<(count / cores) { use(isValid()) } } }
    }
  }

  private func isValid() -> Bool { key.isValidSignature(signature, for: key.prepare(message)) }
}

/// 32 random bytes each, as digests are.
private struct DigestSource {
  private var generator = SystemRandomNumberGenerator()

  mutating func next(_ count: Int) -> [[UInt8]] {
    (0..<count).map { _ in (0..<4).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } } }
  }
}

/// Durable inserts of whole batches by one thread, without anything around them.
private protocol BareInserts {
  func insert(_ batch: [TokenDigest]) throws
}

private struct BareSQLite: BareInserts {
  private let queue: DatabaseQueue

  init(path: String) throws {
    var configuration = Configuration()
    configuration.journalMode = .wal
    queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.inDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA secure_delete = ON")
    }
    try queue.write {
      try $0.execute(sql: "CREATE TABLE bare (digest BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID")
    }
  }

  func insert(_ batch: [TokenDigest]) throws {
    try queue.write { database in
      let insert = try SQLiteInsert(into: "bare", in: database)
      for digest in batch { _ = try insert.insert(digest) }
    }
  }
}

private struct BarePostgreSQL: BareInserts {
  private let connection: PostgreSQLConnection

  init(parameters: String) throws {
    connection = try PostgreSQLConnection(parameters: parameters, limit: .seconds(10))
    try connection.run("CREATE TABLE bare (digest bytea PRIMARY KEY)", limit: .seconds(10))
  }

  func insert(_ batch: [TokenDigest]) throws {
    try connection.run(
      "INSERT INTO bare (digest) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING",
      [PostgreSQLByteArrays.encode(batch)], name: "bare", limit: .seconds(10))
  }
}

extension [Double] {
  fileprivate var median: Double { sorted()[count / 2] }
}
