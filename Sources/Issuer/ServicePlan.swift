/// A plan of service: what a gateway can tell about a token, and nothing else. Each plan has its own issuer key a day.
public struct ServicePlan: Sendable, Equatable {
  /// The largest daily quota, the most plans, and the longest name, in bytes.
  public static let dailyQuotaLimit = 100_000
  public static let countLimit = 16

  public let name: String
  /// Tokens that one account may draw of one issuer day.
  public let dailyQuota: Int

  /// - Throws: `issuer-configuration-invalid` unless the name is of letters, digits and `.-_@`, and the quota is from 1
  ///   to 100,000.
  public init(name: String, dailyQuota: Int) throws(IssuerError) {
    guard IssuerName.isValid(name) else { throw IssuerName.invalid("plan") }
    guard (1...Self.dailyQuotaLimit).contains(dailyQuota) else {
      throw IssuerError(
        IssuerError.configurationInvalid, "daily quota is \(dailyQuota), expected 1 to \(Self.dailyQuotaLimit)")
    }
    self.name = name
    self.dailyQuota = dailyQuota
  }

  /// `NAME=QUOTA`, as on the command line.
  ///
  /// - Throws: `issuer-configuration-invalid`.
  public init(parsing text: String) throws(IssuerError) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let quota = Int(parts[1]), String(quota) == parts[1] else {
      throw IssuerError(IssuerError.configurationInvalid, "plan is not written NAME=QUOTA")
    }
    try self.init(name: String(parts[0]), dailyQuota: quota)
  }
}

/// Names of accounts and plans: 1 to 64 letters, digits and `.-_@`, so that they are safe in file names and logs.
enum IssuerName {
  static let byteLimit = 64

  static func isValid(_ name: String) -> Bool {
    (1...byteLimit).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: ".-_@".utf8.contains(byte)
        }
      }
  }

  static func invalid(_ what: StaticString) -> IssuerError {
    IssuerError(
      IssuerError.configurationInvalid, "name of \(what) is not 1 to \(byteLimit) letters, digits and .-_@")
  }
}
