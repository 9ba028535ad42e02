/// What an issuer is started with.
public struct IssuerConfiguration: Sendable {
  /// The largest daily quota.
  public static let dailyQuotaLimit = 100_000

  public let calendar: IssuerCalendar
  public let accounts: AccountList
  /// Tokens that one account may draw of one issuer day.
  public let dailyQuota: Int
  /// Folder of keys (`keys/`) and counts (`draws.sqlite`).
  public let stateFolder: String

  /// - Throws: `issuer-configuration-invalid`.
  public init(
    calendar: IssuerCalendar, accounts: AccountList, dailyQuota: Int, stateFolder: String
  ) throws(IssuerError) {
    guard (1...Self.dailyQuotaLimit).contains(dailyQuota) else {
      throw IssuerError(
        IssuerError.configurationInvalid, "daily quota is \(dailyQuota), expected 1 to \(Self.dailyQuotaLimit)")
    }
    self.calendar = calendar
    self.accounts = accounts
    self.dailyQuota = dailyQuota
    self.stateFolder = stateFolder
  }
}
