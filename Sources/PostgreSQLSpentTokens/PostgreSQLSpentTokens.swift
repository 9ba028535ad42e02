public import PostgreSQLClient
public import SpentTokens

/// Spent tokens in a PostgreSQL database, which any number of gateways share: one table per issuer day with one column
/// and one unique index, which alone decides who was first.
///
/// What the tables tell to whoever reads the server's files is in docs/operations/gateway.md.
public struct PostgreSQLSpentTokens: SpentTokenStore {
  private let writer: SpentTokenWriter<PostgreSQLDatabase>

  /// Connects and reads the server's settings. No table is made before `hold`.
  ///
  /// - Parameters:
  ///   - parameters: libpq's connection parameters, as `name=value` pairs or as an address. They may hold a password:
  ///     nothing prints them.
  ///   - limits: a redeemer waits at most for the batch before its own and for its own.
  /// - Throws: `token-store-library-missing`, `token-store-parameters-malformed`, `token-store-unavailable`, `token-store-slow`,
  ///   `token-store-not-durable`, `token-store-records-times`.
  public init(parameters: String, limits: PostgreSQLLimits = PostgreSQLLimits()) async throws(SpentTokenError) {
    writer = SpentTokenWriter(
      try PostgreSQLDatabase(parameters: parameters, limits: limits), label: "spent tokens (PostgreSQL)",
      waitLimit: limits.answer)
    _ = try await durabilitySettings()
  }

  public func spend(tokenDigest: [UInt8], issuerDay: UInt64) async throws(SpentTokenError) -> Bool {
    try await writer.spend(tokenDigest: tokenDigest, issuerDay: issuerDay)
  }

  public func hold(issuerDays: ClosedRange<UInt64>, servedThrough servedDay: UInt64?) async throws(SpentTokenError) {
    let wanted = IssuerDays(issuerDays)
    try await writer.perform { database throws(SpentTokenError) in try database.hold(wanted, servedThrough: servedDay) }
  }

  /// `fsync`, `full_page_writes` and `synchronous_commit`, as the server says them.
  package func durabilitySettings() async throws(SpentTokenError) -> [String: String] {
    try await writer.perform { database throws(SpentTokenError) in try database.durabilitySettings() }
  }
}
