public import SpentTokens

/// Spent tokens in a PostgreSQL database, which any number of gateways share: one table per issuer day with one column
/// and one unique index, which alone decides who was first.
///
/// What the tables tell to whoever reads the server's files is in docs/operations/gateway.md.
public struct PostgreSQLSpentTokens: SpentTokenStore {
  /// Bounds on waiting for the server.
  public struct Limits: Sendable {
    /// For one statement, by the server's clock; this side gives the session up half a second later. A redeemer waits
    /// at most for the batch before its own and for its own.
    public var answer: Duration = .seconds(2)
    /// For a new session.
    public var connect: Duration = .seconds(3)
    /// After a first failed attempt to connect, and doubled after each further one.
    public var firstReconnectDelay: Duration = .milliseconds(100)
    public var lastReconnectDelay: Duration = .seconds(5)

    public init() {}
  }

  private let writer: SpentTokenWriter<PostgreSQLDatabase>

  /// Connects and reads the server's settings. No table is made before `hold`.
  ///
  /// - Parameter parameters: libpq's connection parameters, as `name=value` pairs or as an address. They may hold a
  ///   password: nothing prints them.
  /// - Throws: `token-store-library-missing`, `token-store-parameters-malformed`, `token-store-unavailable`, `token-store-slow`,
  ///   `token-store-not-durable`, `token-store-records-times`.
  public init(parameters: String, limits: Limits = Limits()) async throws(SpentTokenError) {
    guard PostgreSQLConnection.isAvailable else {
      throw SpentTokenError(SpentTokenError.libraryMissing, "PostgreSQL's library libpq.so.5 is not installed")
    }
    guard PostgreSQLConnection.areWellFormed(parameters: parameters) else {
      throw SpentTokenError(SpentTokenError.parametersMalformed, "PostgreSQL connection parameters are malformed")
    }
    writer = SpentTokenWriter(
      PostgreSQLDatabase(parameters: parameters, limits: limits), label: "spent tokens (PostgreSQL)",
      waitLimit: limits.answer)
    _ = try await durabilitySettings()
  }

  public func spend(tokenDigest: [UInt8], issuerDay: UInt64) async throws(SpentTokenError) -> Bool {
    try await writer.spend(tokenDigest: tokenDigest, issuerDay: issuerDay)
  }

  public func hold(issuerDays: ClosedRange<UInt64>) async throws(SpentTokenError) {
    let wanted = IssuerDays(issuerDays)
    try await writer.perform { database throws(SpentTokenError) in try database.hold(wanted) }
  }

  /// `fsync`, `full_page_writes` and `synchronous_commit`, as the server says them.
  package func durabilitySettings() async throws(SpentTokenError) -> [String: String] {
    try await writer.perform { database throws(SpentTokenError) in try database.durabilitySettings() }
  }
}
